/**
 * Which messages of a room are at hand, and how others come to hand: the newest, or, detached from them, those around an
 * older one. Pages are read over HTTP while frames come; what is heard meanwhile is in them when they are shown.
 */

import { Stretch } from "./stretch.js";

export class Timeline {
  lastSeq = 0; // the newest of the room
  heardSeq = 0; // the newest that was heard, or read at the beginning
  firstSeq = 1; // the oldest that the room keeps
  #stretch = new Stretch();
  #room; // { read(query), begun(), isBegun(), claim(message), tell(name, event) }
  #max;
  #capacity; // how many messages are kept while new ones come
  #readers = new Set(); // for each page that is being read: what is heard meanwhile
  #loads = {}; // by direction: the promise of the page
  #jump = null; // the last one wanted

  constructor(room, max) {
    [this.#room, this.#max, this.#capacity] = [room, max, max];
  }

  get messages() { return this.#stretch.messages; }
  get from() { return this.#stretch.from; }
  get isDetached() { return this.#stretch.to !== Infinity; }
  find(seq) { return this.#stretch.find(seq); }

  clear() {
    this.#stretch = new Stretch();
    this.lastSeq = this.heardSeq = 0;
    this.firstSeq = 1;
  }

  /** Where to read when all has to be read again: as far as is at hand, or so many of the newest. */
  range(history) {
    const { from, to, messages } = this.#stretch;
    const highest = this.isDetached ? to : this.lastSeq;
    const known = messages.length && highest + 1 - from;
    const wanted = Math.min(this.#capacity, this.isDetached ? known : Math.max(known, history));
    return { highest, lowest: Math.max(this.firstSeq, highest + 1 - wanted) };
  }

  /** These are at hand from now on, and all is known up to the seq `to`. */
  show(page, to) {
    const messages = page.map((message) => this.#room.claim(message));
    this.#stretch = new Stretch(messages[0]?.seq ?? to + 1, this.#reach(to), messages);
  }

  /** The room keeps no message before this one any more. */
  beginAt(seq) {
    this.firstSeq = seq;
    this.#tellTrim(this.#stretch.dropBefore(seq));
  }

  #reach(to) { return to >= this.lastSeq ? Infinity : to; }

  // --- what is heard

  /** A message, new or changed. True where it is newer than all that was heard. */
  hear(message) {
    for (const heard of this.#readers) heard.push(message);
    const isNew = message.seq > this.heardSeq;
    this.heardSeq = Math.max(this.heardSeq, message.seq);
    this.lastSeq = Math.max(this.lastSeq, message.seq);
    return isNew;
  }

  put(message) { return this.#stretch.put(message); }

  /** Forget the oldest where there are too many. */
  bound() {
    this.#tellTrim(this.#stretch.dropOldest(this.#capacity));
  }

  trim() {
    this.#capacity = this.#max;
    this.bound();
  }

  #tellTrim(messages) {
    if (messages.length) this.#room.tell("trim", { messages });
  }

  // --- pages

  async #read(query) {
    const heard = [];
    this.#readers.add(heard);
    try {
      return updated(await this.#room.read(query), heard, query.after);
    } finally {
      this.#readers.delete(heard);
    }
  }

  /** One page in each direction at a time. */
  #load(direction, read) {
    this.#loads[direction] ??= read().finally(() => { this.#loads[direction] = null; });
    return this.#loads[direction];
  }

  loadOlder(limit) { return this.#load("older", () => this.#readOlder(limit)); }
  loadNewer(limit) { return this.#load("newer", () => this.#readNewer(limit)); }

  async #readOlder(limit) {
    const stretch = this.#stretch;
    const { from } = stretch;
    if (from <= this.firstSeq) return [];
    const page = await this.#read({ before: from, limit });
    if (this.#stretch !== stretch || stretch.from !== from) return this.#readOlder(limit); // trimmed, or begun anew
    const older = page.filter(({ seq }) => seq < from).map((message) => this.#room.claim(message));
    stretch.prepend(older);
    if (this.isDetached) this.#tellTrim(stretch.dropNewest(Math.max(this.#max, older.length)));
    else this.#capacity = Math.max(this.#capacity, this.messages.length + this.#max);
    return older;
  }

  async #readNewer(limit) {
    const stretch = this.#stretch;
    const { to } = stretch;
    if (to === Infinity) return [];
    const page = await this.#read({ after: to, limit });
    if (this.#stretch !== stretch || stretch.to !== to) return this.#readNewer(limit);
    const newer = page.map((message) => this.#room.claim(message));
    stretch.append(newer, this.#reach(newer.at(-1)?.seq ?? to));
    this.#tellTrim(stretch.dropOldest(Math.max(this.#max, newer.length)));
    if (!this.isDetached) this.#room.tell("room");
    return newer;
  }

  loadAround(seq, limit) { return this.#jumpTo({ around: seq, limit }, () => this.find(seq)); }
  returnToNewest(limit) { return this.#jumpTo({ limit }, () => !this.isDetached); }

  async #jumpTo(query, isThere) {
    const jump = (this.#jump = {});
    for (;;) {
      await this.#room.begun();
      if (this.#jump !== jump || isThere()) return;
      const stretch = this.#stretch;
      const page = await this.#read(query);
      if (this.#jump !== jump || page.length === 0) return;
      if (this.#stretch !== stretch || !this.#room.isBegun()) continue; // the page may be older than what is known
      this.#capacity = this.#max;
      this.show(page, page.at(-1).seq);
      this.#room.tell("reset");
      if (query.around) return;
    }
  }
}

/** The page with what was heard since it was asked for: changes of its messages, and those that follow it. */
function updated(page, heard, after = 0) {
  for (const message of heard.sort((one, other) => one.seq - other.seq || one.version - other.version)) {
    const same = page.find(({ seq }) => seq === message.seq);
    if (same?.version < message.version) Object.assign(same, message);
    else if (!same && message.seq === (page.at(-1)?.seq ?? after) + 1) page.push(message);
  }
  return page;
}
