/** All rooms of this member, kept up to date by what the server tells of them. None has to be listened to for that. */

import { ChatError, CLOSED, isPassing } from "./errors.js";
import { InboxEntry } from "./inbox-entry.js";
import { isCallingMember } from "./mention-count.js";
import { received } from "./message.js";
import { persist } from "./trying.js";

const FIRST_PAGE = 50; // rooms: what a screen shows, soon
const PAGE_MAX = 200;
const ROOMS_FIRST_MS = 1_000; // so long the rooms that somebody looks at have the line and the processor for themselves
const AGAIN_MS = 5_000; // between two readings that nobody waits for
const REFRESH_MS = 600_000; // what is told of new rooms may be lost
const REFRESH_UNTOLD_MS = 60_000; // where the server tells nothing
const LISTENED_TO = ["live", "joining"]; // states of rooms

export class Inbox {
  isLive = false; // everything is told
  isComplete = false; // all rooms are known
  error = null; // why nothing is told
  #client;
  #isWanted;
  #connection = null; // stands for the present one
  #entries = new Map(); // roomId -> InboxEntry
  #rooms = null; // what `rooms` gives, while nothing changes
  #top = 0; // the highest and lowest numbers given to entries
  #bottom = 0;
  #reading = null; // the promise of the list
  #following = null; // and of the one after it
  #early = new Map(); // roomId -> frames of a room that is not known, while the list is read
  #gone = new Set(); // rooms that ended while it is read
  #isStale = false; // it is not right any more, as it is read
  #timer = null;
  #againAt = -Infinity; // when it was last read because something was missing

  constructor(client, { isWanted = false } = {}) {
    [this.#client, this.#isWanted] = [client, isWanted];
    for (const name of ["message", "change", "beyond", "older"]) client.on(name, ({ room, message }) => this.#hearOf(room, message, name));
    client.on("reset", ({ room }) => this.#hearNewest(room));
    client.on("room", ({ room }) => this.#follow(room));
    client.on("removed", ({ room }) => this.#remove(room.roomId));
    client.on("joined", ({ room, memberId }) => memberId === client.me?.memberId && this.#miss(room.roomId));
    client.on("blocked", () => this.#readSoon()); // what they said mentions nobody any more
  }

  /** Room ids -> rooms as `client.myRooms()` gives them, the newest first. A new map at each change, with new rooms. */
  get rooms() {
    const entries = () => [...this.#entries.values()].sort((one, other) => other.at - one.at);
    this.#rooms ??= new Map(entries().map(({ shown }) => [shown.roomId, shown]));
    return this.#rooms;
  }

  /** Know all rooms from now on, on every connection. */
  open() {
    if (this.#isWanted) return;
    this.#isWanted = true;
    if (this.#client.state === "open") this._begin();
  }

  close() {
    if (this.isLive) this.#client._request({ type: "inbox", on: false });
    this.#isWanted = false;
    this._pause();
    this.#entries.clear();
    this.isComplete = false;
    this.#tellList();
  }

  /** Read the list anew: all of it, from this moment on. */
  load() {
    if (!this.#reading) return this.#read(() => false);
    this.#following ??= this.#reading.catch(() => {}).then(() => this.#read(() => false));
    return this.#following;
  }

  /** The room, read from the server where it is not known yet; undefined where it is none of this member's. */
  async find(roomId) {
    if (this.#reading && !this.#entries.has(roomId)) await this.#reading.catch(() => {});
    if (!this.#entries.has(roomId)) await this.#read(() => this.#entries.has(roomId));
    return this.#entries.get(roomId)?.shown;
  }

  // --- the connection

  /** What is known was of another epoch. It is shown until the list is read. */
  _beginAnew() {
    this.#rooms = this.rooms;
    this.#entries.clear();
    this.isComplete = false;
  }

  _begin() {
    if (!this.#isWanted) return;
    const connection = (this.#connection = {});
    this.#client._request({ type: "inbox", on: true }, (reply) => {
      if (this.#connection !== connection || reply.code === CLOSED.code) return;
      if (isPassing(reply)) return setTimeout(() => this.#connection === connection && this._begin(), (reply.retryAfter ?? 1) * 1000);
      this.isLive = reply.type !== "error";
      this.error = this.isLive ? null : new ChatError(reply); // an older server; the list is there all the same
      this.#client._afterJoins(ROOMS_FIRST_MS).then(() => this.#connection === connection && this.#persist());
    });
  }

  _pause() {
    this.#connection = null;
    this.isLive = false;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  // --- the list

  #persist() {
    const connection = this.#connection;
    return persist(() => this.load(), () => this.#connection === connection).catch((error) => this.#client._emit("error", { error, room: null }));
  }

  /** Some of it is not right any more; but many rooms may say so at once. */
  #readSoon() {
    this.#isStale = this.#reading !== null;
    this.#readIn(Math.max(0, this.#againAt + AGAIN_MS - Date.now()), () => { this.#againAt = Date.now(); });
  }

  #readIn(wait, begun = () => {}) {
    if (this.#connection === null || this.#reading) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      begun();
      this.#persist();
    }, wait);
  }

  #read(isEnough) {
    this.#following = null;
    this.#isStale = false;
    this.#gone.clear();
    const reading = this.#readPages(isEnough).finally(() => {
      this.#reading = null;
      const isMissing = this.#isStale || this.#early.size > 0;
      this.#early.clear();
      if (isMissing) return this.#readSoon();
      this.#readIn((this.isLive ? REFRESH_MS : REFRESH_UNTOLD_MS) * (1 + Math.random() / 4)); // not all at one time
    });
    return (this.#reading = reading);
  }

  async #readPages(isEnough) {
    const unseen = new Set(this.#entries.keys());
    const isFirst = !this.isComplete;
    const page = async (query, { isAgain = false } = {}) => {
      const { rooms, next } = await this.#client._roomsPage(query);
      const mine = rooms.filter(({ roomId }) => !this.#gone.has(roomId));
      for (const { roomId } of mine) unseen.delete(roomId);
      this.#list(mine, { isFirst: isFirst && !isAgain });
      return next;
    };
    let next = await page({ limit: FIRST_PAGE });
    const isLong = next !== null;
    while (next !== null && !isEnough()) next = await page({ limit: PAGE_MAX, after: next });
    if (next !== null) return;
    const hasMoved = !this.isLive || unseen.size > 0 || this.#early.size > 0; // else of each that did is told
    if (isLong && hasMoved) await page({ limit: PAGE_MAX }, { isAgain: true }); // it is on the first page now
    for (const roomId of unseen) this.#entries.delete(roomId);
    this.isComplete = true;
    this.#tellList();
  }

  #list(rooms, { isFirst }) {
    const missed = [];
    for (const listed of isFirst ? rooms : [...rooms].reverse()) { // the newest goes to the top last
      const entry = this.#entries.get(listed.roomId) ?? this.#add(listed, { isFirst });
      const isNew = listed.lastSeq > entry.heardSeq;
      const isListenedTo = this.#isListenedTo(listed.roomId); // then it tells each message itself
      if (isNew) entry.at = this.#top += 1;
      if (isNew && !isListenedTo && listed.lastMessage !== null) missed.push([entry, listed.lastMessage]);
      entry.list(listed, { isHeard: !isListenedTo });
      const room = this.#client._knownRoom(listed.roomId);
      room?._hearCounts(listed);
      if (isListenedTo) this.#takeUp(entry, room);
    }
    const early = rooms.flatMap(({ roomId }) => this.#early.get(roomId) ?? []);
    for (const { roomId } of rooms) this.#early.delete(roomId);
    this.#tellList();
    for (const [entry, message] of missed) this.#tellArrived(entry, message, "new");
    for (const frame of early) this._hear(frame);
  }

  /** What was heard while the list was on its way. */
  #takeUp(entry, room) {
    this.#hearNewest(room);
    entry.follow(room);
  }

  #add(listed, { isFirst }) {
    const at = isFirst ? (this.#bottom -= 1) : (this.#top += 1);
    const isMine = ({ senderId }) => senderId !== null && senderId === this.#client.me?.memberId;
    const entry = new InboxEntry(listed, { isMine, isCalling: (message) => isCallingMember(message, this.#client), at });
    this.#entries.set(listed.roomId, entry);
    return entry;
  }

  // --- what is heard

  _hear(frame) {
    const { roomId, messages = [] } = frame;
    const entry = this.#entries.get(roomId);
    if (entry === undefined) return this.#miss(roomId, frame);
    const [before, told] = [entry.shown, []];
    for (const message of messages.map((one) => received(one, this.#client.me))) told.push([message, entry.hear(message)]);
    entry.hearSeqs(frame);
    if (told.some(([, kind]) => kind === "new")) entry.at = this.#top += 1;
    this.#tell(entry, before);
    for (const [message, kind] of told) {
      this.#tellArrived(entry, message, kind);
      if (kind === "changed" && !this.#isListenedTo(roomId)) this.#client.room(roomId)._emit("older", { message });
    }
  }

  /** This member's own marks there: on top, out of sight, to be read again. */
  _hearMine({ roomId, pinned, hidden, unread }) {
    this._set(roomId, { isPinned: pinned, isHidden: hidden, isMarkedUnread: unread });
  }

  /** How the room is kept now: it may be called otherwise. A private one is called by who is in it. */
  _hearRoom({ roomId, roomName, description = "", counselling = false }) {
    if (roomName) this._set(roomId, { roomName, description, isCounselling: counselling });
  }

  /** It is known here before the list says it. */
  _set(roomId, fields) {
    this.#change(roomId, (entry) => entry.set(fields));
  }

  /** A room that is not in the list yet. */
  #miss(roomId, frame) {
    this.#gone.delete(roomId);
    if (this.#entries.has(roomId)) return;
    if (this.#reading) this.#early.set(roomId, [...(this.#early.get(roomId) ?? []), ...(frame ? [frame] : [])]);
    else this.#readSoon();
  }

  #remove(roomId) {
    this.#gone.add(roomId);
    this.#early.delete(roomId);
    if (this.#entries.delete(roomId)) this.#tellList();
  }

  /** A room that is listened to tells of its messages itself, and every room of what is said here. */
  #hearOf(room, message, name) {
    const entry = this.#entries.get(room.roomId);
    if (entry === undefined) return;
    const before = entry.shown;
    const kind = message.seq === null ? null : entry.hear(message);
    if (this.#isListenedTo(room.roomId)) entry.follow(room);
    const isSaid = kind === "new" || (name === "message" && message.seq === null);
    if (isSaid) entry.at = this.#top += 1;
    this.#tell(entry, isSaid ? null : before);
    this.#tellArrived(entry, message, kind);
  }

  #hearNewest(room) {
    const newest = room.isDetached ? undefined : room.messages.at(-1);
    if (newest !== undefined && newest.seq !== null) this.#change(room.roomId, (entry) => entry.hear(newest));
  }

  #follow(room) {
    if (LISTENED_TO.includes(room.state)) this.#change(room.roomId, (entry) => entry.follow(room));
  }

  #isListenedTo(roomId) {
    return LISTENED_TO.includes(this.#client._knownRoom(roomId)?.state);
  }

  // --- what is told

  #change(roomId, change) {
    const entry = this.#entries.get(roomId);
    const before = entry?.shown;
    if (entry === undefined) return;
    change(entry);
    this.#tell(entry, before);
  }

  #tell(entry, before) {
    if (entry.shown === before) return;
    this.#rooms = null;
    this.#client._emit("inbox", { room: entry.shown });
  }

  #tellList() {
    this.#rooms = null;
    this.#client._emit("inbox", { room: null });
  }

  /** Of what changed only what calls this member. */
  #tellArrived(entry, message, kind) {
    if (kind === null || (kind === "changed" && !isCallingMember(message, this.#client))) return;
    this.#client._emit("arrived", { entry: entry.shown, message, isChange: kind === "changed" });
  }
}
