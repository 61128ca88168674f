/** My rooms, the newest first; they move by themselves. What is known of them is the client's inbox. */

import { byId, place } from "./dom.js";
import { orNotify } from "./notices.js";
import { RoomRow } from "./room-row.js";
import { roomsShown } from "./rooms-shown.js";
import { t, tn } from "./texts.js";

const KEPT = 4; // rooms that were open before are listened to still: the way back to them is short

export class RoomsList {
  #client;
  #online;
  #written;
  #showsHidden = false;
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

  /** `written` knows what was written and not sent. */
  constructor(client, { online, written }) {
    [this.#client, this.#online, this.#written] = [client, online, written];
    written.onChange(() => this.#refresh());
    byId("rooms-hidden").addEventListener("click", () => {
      this.#showsHidden = !this.#showsHidden;
      this.#refresh();
    });
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

  /** All of them, the newest first. */
  all() {
    return [...this.#client.inbox.rooms.values()];
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

  /** The room is called so by now; "" where that is not known. */
  rename(roomId, roomName) {
    const known = this.get(roomId);
    if (known?.isGroupChat && roomName !== "" && known.roomName !== roomName) this.load().then(() => this.onLoad());
  }

  /** What was looked for here, to be looked for elsewhere. */
  takeFilter() {
    const wanted = this.#filter.value.trim();
    this.#filter.value = "";
    this.#refresh();
    return wanted;
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
    const rooms = this.all();
    place(this.#list, this.#shown(rooms).map((room) => this.#row(room)));
    byId("rooms-empty").hidden = rooms.length > 0 || !this.#client.inbox.isComplete;
    const unread = rooms.reduce((sum, room) => sum + (this.#isOfBlocked(room) ? 0 : room.unReadCount), 0);
    document.title = unread > 0 ? `(${unread}) ${this.#title}` : this.#title;
  }

  #shown(rooms) {
    const wanted = this.#filter.value.trim();
    const nameOf = (roomId) => this.nameOf(roomId);
    const shown = roomsShown(rooms, { wanted, nameOf, isAway: this.isAway, showsHidden: this.#showsHidden, openId: this.openId });
    byId("rooms-none").hidden = wanted === "" || shown.length > 0;
    byId("rooms-none-text").textContent = wanted === "" ? "" : t("None of your rooms is called “%(name)s”.", { name: wanted });
    const count = rooms.filter(({ isHidden = false }) => isHidden).length;
    byId("rooms-hidden").hidden = count === 0 || wanted !== "";
    byId("rooms-hidden").textContent = this.#showsHidden ? t("Put hidden chats away") : tn("Show %(count)s hidden chat", "Show %(count)s hidden chats", { count });
    return shown;
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
      draft: this.#written.draftOf(roomId),
    });
    return row.element;
  }
}
