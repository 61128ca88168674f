/** My rooms: where something is unread, the newest first; they move by themselves. */

import { byId, place } from "./dom.js";
import { orNotify } from "./notices.js";
import { RoomRow } from "./room-row.js";

const SPARE = 4; // of the rooms one socket may listen to: for those that are opened later
const REFRESH_MS = 60_000; // what is told of new rooms may be lost

export class RoomsList {
  #client;
  #online;
  #list = byId("rooms-list");
  #filter = byId("rooms-filter");
  #rooms = new Map(); // roomId -> as `client.myRooms()` has it, the newest first
  #rows = new Map(); // roomId -> RoomRow
  #typing = new Map(); // roomId -> names
  #frame = 0;
  #loads = 0; // begun so far
  #newest = 0; // of them, whose answer is shown
  #title = document.title;
  openId = null;
  onLoad = () => {};
  isAway = () => false; // which rooms are not shown: this member is leaving them

  constructor(client, { online }) {
    [this.#client, this.#online] = [client, online];
    online.onChange(() => this.#refresh());
    this.#filter.addEventListener("input", () => this.#refresh());
    for (const name of ["room", "message", "change", "beyond", "older", "reset"]) client.on(name, (event) => this.#heard(name, event));
    client.on("removed", ({ room }) => this.#remove(room.roomId));
    const look = () => !document.hidden && client.state === "open" && this.load();
    document.addEventListener("visibilitychange", look);
    setInterval(look, REFRESH_MS);
  }

  /** Read which rooms there are, and listen to them. */
  async load() {
    const load = (this.#loads += 1);
    const rooms = await orNotify(() => this.#client.myRooms());
    if (rooms === undefined || load < this.#newest) return; // overtaken by one that knows more
    this.#newest = load;
    const before = this.#rooms;
    const lastOf = ({ roomId, lastMessage }) => newer(lastMessage, before.get(roomId)?.lastMessage ?? null); // heard meanwhile
    this.#rooms = new Map(rooms.map((room) => [room.roomId, { ...room, lastSeq: room.readSeq + room.unReadCount, lastMessage: lastOf(room) }]));
    this.#listenToFewer();
    for (const { roomId } of rooms.slice(0, this.#most())) {
      const room = this.#client.room(roomId);
      if (room.state !== "live" && room.state !== "joining") room.subscribe({ history: 0 });
    }
    for (const { roomId } of [...rooms].reverse()) this.#heard("room", { room: this.#client.room(roomId) }); // may know more
    this.#online.watch("rooms", rooms.map(({ otherMemberId }) => otherMemberId).filter((memberId) => memberId !== null));
    this.#refresh();
    this.onLoad();
  }

  #most() {
    return (this.#client.limits.roomsPerSocket || Infinity) - SPARE;
  }

  /** A room far down is listened to while it is open. */
  #listenToFewer() {
    for (const known of [...this.#rooms.values()].slice(this.#most())) {
      const room = this.#client.room(known.roomId);
      if (room.state === "idle" || known.roomId === this.openId) continue;
      if (room.lastSeq > 0) Object.assign(known, { unReadCount: room.unread, readSeq: room.readSeq });
      room.unsubscribe();
    }
  }

  /** What this member is told of there, since they said so just now. */
  setLevel(roomId, level) {
    if (this.#rooms.has(roomId)) this.#rooms.get(roomId).notify = level;
    this.#refresh();
  }

  /** What is known of the room; undefined for one that is not mine. */
  get(roomId) {
    return this.#rooms.get(roomId);
  }

  /** What the room is called: of a private one, the other's name. */
  nameOf(roomId) {
    const { roomName, isGroupChat } = this.#rooms.get(roomId) ?? { roomName: "", isGroupChat: true };
    const own = this.#client.me?.nickName;
    if (isGroupChat || own === undefined) return roomName;
    if (roomName.startsWith(`${own}-`)) return roomName.slice(own.length + 1);
    return roomName.endsWith(`-${own}`) ? roomName.slice(0, -own.length - 1) : roomName;
  }

  mark(roomId) {
    this.openId = roomId;
    this.#listenToFewer();
    this.#refresh();
  }

  /** To where one came from. */
  focus(roomId) {
    this.#rows.get(roomId)?.focus();
  }

  showTyping(roomId, names) {
    if (names.length > 0) this.#typing.set(roomId, names);
    else this.#typing.delete(roomId);
    this.#refresh();
  }

  #heard(name, { room, message }) {
    const known = this.#rooms.get(room.roomId);
    if (known === undefined) return;
    const last = message ?? room.messages.at(-1) ?? null;
    if (last !== null && last.seq !== null) known.lastMessage = newer(known.lastMessage, last);
    const isSending = name === "message" && message.seq === null;
    if (isSending || room.lastSeq > known.lastSeq) {
      known.lastSeq = Math.max(known.lastSeq, room.lastSeq);
      this.#rooms.delete(room.roomId); // to the top
      this.#rooms = new Map([[room.roomId, known], ...this.#rooms]);
    }
    this.#refresh();
  }

  #remove(roomId) {
    this.#rooms.delete(roomId);
    this.#refresh();
  }

  refresh() {
    this.#refresh();
  }

  #refresh() {
    this.#frame ||= requestAnimationFrame(() => this.#render());
  }

  /** What was said between the list and the subscription is no message that comes. */
  #fetchMissing() {
    for (const { roomId, lastMessage } of this.#rooms.values()) {
      const room = this.#client.room(roomId);
      if (room.state === "live" && room.lastSeq > (lastMessage?.seq ?? 0)) room.subscribe({ history: 1 });
    }
  }

  #render() {
    this.#frame = 0;
    this.#fetchMissing();
    const wanted = this.#filter.value.trim().toLocaleLowerCase();
    const shown = [...this.#rooms.values()].filter(({ roomId }) => !this.isAway(roomId) && this.nameOf(roomId).toLocaleLowerCase().includes(wanted));
    place(this.#list, shown.map((room) => this.#row(room)));
    byId("rooms-empty").hidden = this.#rooms.size > 0;
    let unread = 0;
    for (const known of this.#rooms.values()) if (!this.#isOfBlocked(known)) unread += this.#unread(known.roomId);
    document.title = unread > 0 ? `(${unread}) ${this.#title}` : this.#title;
  }

  #unread(roomId) {
    const room = this.#client.room(roomId);
    return room.lastSeq > 0 ? room.unread : this.#rooms.get(roomId).unReadCount; // 0: it has not said yet
  }

  /** A private chat with somebody whom this member blocks, who spoke last. */
  #isOfBlocked({ isGroupChat, lastMessage }) {
    return !isGroupChat && lastMessage !== null && this.#client.blocked.has(lastMessage.senderId);
  }

  /** How many of them mention this member. */
  #mentions(roomId) {
    return this.#unread(roomId) === 0 ? 0 : this.#client.room(roomId).mentionCount;
  }

  #row(known) {
    const { roomId } = known;
    if (!this.#rows.has(roomId)) this.#rows.set(roomId, new RoomRow(this.#client, roomId));
    const row = this.#rows.get(roomId);
    row.show(known, {
      name: this.nameOf(roomId),
      unread: this.#unread(roomId),
      mentions: this.#mentions(roomId),
      isOpen: roomId === this.openId,
      isOnline: this.#online.is(known.otherMemberId),
      isOfBlocked: this.#isOfBlocked(known),
      typing: this.#typing.get(roomId) ?? [],
    });
    return row.element;
  }
}

/** Of two messages of a room the later one, or of one message its later state; either may be null. */
function newer(one, other) {
  if (one === null || other === null) return one ?? other;
  const isLater = other.seq > one.seq || (other.seq === one.seq && other.version >= one.version);
  return isLater ? other : one;
}
