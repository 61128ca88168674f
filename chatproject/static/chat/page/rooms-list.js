/** My rooms: where something is unread, the newest first; they move by themselves. */

import { foldedText } from "./blocked-people.js";
import { avatar, byId, hiddenText, make, place } from "./dom.js";
import { lineOf } from "./file-words.js";
import { goneWords, isGone } from "./gone.js";
import { orNotify } from "./notices.js";
import { speakerOf } from "./speaker.js";
import { t, tn, whenOf } from "./texts.js";

const SPARE = 4; // of the rooms one socket may listen to: for those that are opened later
const REFRESH_MS = 60_000; // what is told of new rooms may be lost
const UNREAD_SHOWN_MAX = 999;

export class RoomsList {
  #client;
  #online;
  #list = byId("rooms-list");
  #filter = byId("rooms-filter");
  #rooms = new Map(); // roomId -> as `client.myRooms()` has it, the newest first
  #rows = new Map();
  #typing = new Map(); // roomId -> name
  #frame = 0;
  #loads = 0; // begun so far
  #newest = 0; // of them, whose answer is shown
  #title = document.title;
  openId = null;
  onLoad = () => {};

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
    this.#rows.get(roomId)?.querySelector("a").focus({ preventScroll: true });
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
    const shown = [...this.#rooms.values()].filter(({ roomId }) => this.nameOf(roomId).toLocaleLowerCase().includes(wanted));
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
    const name = this.nameOf(roomId);
    const last = known.lastMessage;
    const unread = this.#unread(roomId);
    const mentions = this.#mentions(roomId);
    const isOpen = roomId === this.openId;
    const preview = this.#preview(roomId, last, known);
    const isOnline = this.#online.is(known.otherMemberId);
    const when = last === null ? null : whenOf(last.createdAt);
    const signature = JSON.stringify([name, when, unread, mentions, known.notify, isOpen, preview, isOnline]);
    let row = this.#rows.get(roomId);
    if (row === undefined) this.#rows.set(roomId, (row = make("li", {}, make("a", { href: `#/room/${roomId}` }))));
    if (row.dataset.signature === signature) return row;
    row.dataset.signature = signature;
    this.#fill(row.firstChild, known, { name, last, when, unread, mentions, isOpen, preview, isOnline });
    return row;
  }

  #preview(roomId, last, { isGroupChat }) {
    const typing = this.#typing.get(roomId);
    if (typing) return t("%(names)s is typing…", { names: typing.join(", ") });
    if (last === null) return isGroupChat ? t("Group room") : t("Private chat");
    if (isGone(last)) return goneWords(last);
    if (this.#client.blocked.has(last.senderId)) return foldedText();
    const isOwn = last.senderId !== null && last.senderId === this.#client.me?.memberId;
    const name = isOwn ? t("You") : speakerOf(last);
    return isGroupChat || isOwn ? `${name}: ${lineOf(last)}` : lineOf(last);
  }

  /** The link itself stays, or who presses it just now would click in vain. */
  #fill(link, known, { name, last, when, unread, mentions, isOpen, preview, isOnline }) {
    const { roomId, isGroupChat, notify } = known;
    const isQuiet = notify !== "all" || this.#isOfBlocked(known);
    const shown = unread > UNREAD_SHOWN_MAX ? `${UNREAD_SHOWN_MAX}+` : String(unread);
    const at = make("span", { className: "badge at" }, `@${mentions}`, hiddenText(tn(" mention of you", " mentions of you", { count: mentions })));
    const badge = make("span", { className: isQuiet ? "badge quiet" : "badge" }, shown, hiddenText(tn(" unread message", " unread messages", { count: unread })));
    link.className = isOpen ? "room-link open" : "room-link";
    link.ariaCurrent = isOpen ? "page" : null;
    link.replaceChildren(
      avatar(name, roomId, { className: isGroupChat ? "group" : isOnline ? "online" : "" }),
      make(
        "span",
        { className: "room-lines" },
        make(
          "span",
          { className: "room-line" },
          make("strong", { textContent: name }),
          isOnline ? hiddenText(t("Online")) : null,
          last ? make("time", { dateTime: last.createdAt, textContent: when }) : null,
        ),
        make("span", { className: "room-line" }, make("span", { className: "preview", textContent: preview }), mentions > 0 ? at : null, unread > 0 ? badge : null),
      ),
    );
  }
}

/** Of two messages of a room the later one, or of one message its later state; either may be null. */
function newer(one, other) {
  if (one === null || other === null) return one ?? other;
  const isLater = other.seq > one.seq || (other.seq === one.seq && other.version >= one.version);
  return isLater ? other : one;
}
