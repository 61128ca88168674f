/** My rooms, the newest first; they move by themselves. What is known of them is the client's inbox. */

import { byId, place } from "./dom.js";
import { orNotify } from "./notices.js";
import { RoomRow } from "./room-row.js";

const KEPT = 4; // rooms that were open before are listened to still: the way back to them is short

export class RoomsList {
  #client;
  #online;
  #list = byId("rooms-list");
  #filter = byId("rooms-filter");
  #rows = new Map(); // roomId -> RoomRow
  #typing = new Map(); // roomId -> names
  #frame = 0;
  #title = document.title;
  #opened = []; // room ids, the newest first
  openId = null;
  onLoad = () => {};
  isAway = () => false; // which rooms are not shown: this member is leaving them

  constructor(client, { online }) {
    [this.#client, this.#online] = [client, online];
    online.onChange(() => this.#refresh());
    this.#filter.addEventListener("input", () => this.#refresh());
    client.on("blocked", () => this.#refresh());
    client.on("removed", ({ room }) => this.#forget(room.roomId));
    this.begun = new Promise((resolve) => {
      client.on("inbox", ({ room }) => {
        if (room === null) this.#heardList();
        this.#refresh();
        resolve();
      });
    });
  }

  /** Some rooms came, or went. */
  #heardList() {
    const others = [...this.#client.inbox.rooms.values()].map(({ otherMemberId }) => otherMemberId);
    this.#online.watch("rooms", others.filter((memberId) => memberId !== null));
    this.onLoad();
  }

  /** Read which rooms there are, for what the server may not have told. */
  load() {
    return orNotify(() => this.#client.inbox.load());
  }

  /** Have this room in the list, which one came into just now. */
  find(roomId) {
    return orNotify(() => this.#client.inbox.find(roomId));
  }

  /** What is known of the room; undefined for one that is not mine. */
  get(roomId) {
    return this.#client.inbox.rooms.get(roomId);
  }

  /** Whether it is mine, or may still turn out to be. */
  mayHave(roomId) {
    return this.get(roomId) !== undefined || !this.#client.inbox.isComplete;
  }

  /** What the room is called: of a private one, the other's name. */
  nameOf(roomId) {
    const { roomName, isGroupChat } = this.get(roomId) ?? { roomName: "", isGroupChat: true };
    const own = this.#client.me?.nickName;
    if (isGroupChat || own === undefined) return roomName;
    if (roomName.startsWith(`${own}-`)) return roomName.slice(own.length + 1);
    return roomName.endsWith(`-${own}`) ? roomName.slice(0, -own.length - 1) : roomName;
  }

  /** This room is open, or none. Those that were open long before are listened to no more. */
  mark(roomId) {
    this.openId = roomId;
    if (roomId !== null) this.#opened = [roomId, ...this.#opened.filter((one) => one !== roomId)];
    for (const left of this.#opened.splice(KEPT + 1)) this.#client.room(left).unsubscribe();
    this.#refresh();
  }

  #forget(roomId) {
    this.#opened = this.#opened.filter((one) => one !== roomId);
    this.#rows.delete(roomId);
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

  refresh() {
    this.#refresh();
  }

  #refresh() {
    this.#frame ||= requestAnimationFrame(() => this.#render());
  }

  #render() {
    this.#frame = 0;
    const rooms = [...this.#client.inbox.rooms.values()];
    const wanted = this.#filter.value.trim().toLocaleLowerCase();
    const shown = rooms.filter(({ roomId }) => !this.isAway(roomId) && this.nameOf(roomId).toLocaleLowerCase().includes(wanted));
    place(this.#list, shown.map((room) => this.#row(room)));
    byId("rooms-empty").hidden = rooms.length > 0;
    const unread = rooms.reduce((sum, room) => sum + (this.#isOfBlocked(room) ? 0 : room.unReadCount), 0);
    document.title = unread > 0 ? `(${unread}) ${this.#title}` : this.#title;
  }

  /** A private chat with somebody whom this member blocks, who spoke last. */
  #isOfBlocked({ isGroupChat, lastMessage }) {
    return !isGroupChat && lastMessage !== null && this.#client.blocked.has(lastMessage.senderId);
  }

  #row(room) {
    const { roomId } = room;
    if (!this.#rows.has(roomId)) this.#rows.set(roomId, new RoomRow(this.#client, roomId));
    const row = this.#rows.get(roomId);
    row.show(room, {
      name: this.nameOf(roomId),
      unread: room.unReadCount,
      mentions: room.mentionCount,
      isOpen: roomId === this.openId,
      isOnline: this.#online.is(room.otherMemberId),
      isOfBlocked: this.#isOfBlocked(room),
      typing: this.#typing.get(roomId) ?? [],
    });
    return row.element;
  }
}
