/** Who is in a room and how far each has read: read once, then moved by what is heard. Knows nothing of messages. */

import { persist } from "./trying.js";

export const PLACES_MAX = 300; // in larger rooms read marks are not told
const REFRESH_MS = 300_000; // what is told of places is the first that a busy socket is spared
const AGAIN_MS = 5_000; // between two readings because somebody is not known

export class Places {
  all = null; // by member id; null while not watched or not known, and where there are too many
  #load;
  #mine;
  #tell;
  #isWatched = false;
  #isLive = false;
  #reading = null; // what was heard while the list is read, in its order
  #readAt = -Infinity;
  #absent = new Map(); // the marks of others: who has left may be back, and speak before we hear of it
  #tooMany = 0; // so many members, where that is more than are kept
  #marks = null; // the read marks in their order, for counting
  #timer = null;

  /** `load()`: the first 300 members, as REST gives them; `mine()`: the own mark; `tell()`: something changed. */
  constructor({ load, mine, tell }) {
    [this.#load, this.#mine, this.#tell] = [load, mine, tell];
  }

  watch() {
    if (this.#isWatched) return;
    this.#isWatched = true;
    if (this.#isLive) this.#read();
  }

  /** The room is listened to from now on: what happens to a place after this is heard. */
  begin() {
    this.#isLive = true;
    this.#reading = null;
    if (this.#isWatched) this.#read();
  }

  /** Nothing is heard for now. */
  pause() {
    this.#isLive = false;
    this.#reading = null;
    clearTimeout(this.#timer);
  }

  end() {
    this.pause();
    this.unwatch();
  }

  unwatch() {
    clearTimeout(this.#timer);
    this.#isWatched = false;
    this.#reading = null;
    this.#tooMany = 0;
    this.#show(null);
  }

  /** How many members have not read as far as `seq`, its author left out; null where that is not known. */
  unreadOf({ seq, senderId }) {
    if (this.all === null || seq === null) return null;
    const author = this.all.get(senderId);
    this.#marks ??= [...this.all.values()].map(({ readSeq }) => readSeq).sort((one, other) => one - other);
    return countBelow(this.#marks, seq) - (author?.readSeq < seq ? 1 : 0);
  }

  // --- what is heard

  /** A frame; `lastSeq`: the newest message before it. To have spoken is to have read. */
  hear(type, event, lastSeq) {
    if (type === "joined") this.#hearJoined(event);
    else if (type === "left") this.#hearLeft(event);
    else if (type === "read") this.hearRead(event);
    else if ((type === "chat" || type === "changed") && event.senderId !== null) {
      this.hearRead({ memberId: event.senderId, seq: event.seq, isNews: event.seq > lastSeq });
    }
  }

  #hearJoined({ memberId, nickName, seq }) {
    if (this.#tooMany) this.#tooMany += 1;
    this.#note((places, absent) => {
      if (places.has(memberId)) return raise(places, absent, memberId, seq);
      const readSeq = Math.max(seq, absent.get(memberId) ?? 0);
      return places.set(memberId, { memberId, nickName, role: "member", readSeq, joinedSeq: seq });
    });
    if (this.all?.size > PLACES_MAX) this.#showTooMany(this.all.size);
  }

  #hearLeft({ memberId }) {
    this.#note((places, absent) => {
      absent.set(memberId, places.get(memberId)?.readSeq ?? absent.get(memberId) ?? 0);
      return places.delete(memberId);
    });
    if (this.#tooMany && (this.#tooMany -= 1) <= PLACES_MAX) this.#read();
  }

  /** A member has read so far, or said that message. Who is not known came in unheard, but for an old message. */
  hearRead({ memberId, seq, isNews = true }) {
    if (isNews && this.all && !this.all.has(memberId) && !this.#absent.has(memberId)) this.#readAgain();
    this.#note((places, absent) => raise(places, absent, memberId, seq));
  }

  /** Of what is known, and of what is being read, which may be older or newer than this. */
  #note(change) {
    this.#reading?.push(change);
    if (this.all && change(this.all, this.#absent)) this.#changed();
  }

  // --- the list

  async #read() {
    const reading = (this.#reading = []);
    this.#readAt = Date.now();
    clearTimeout(this.#timer);
    const isWanted = () => this.#reading === reading;
    const page = await persist(this.#load, isWanted).catch(() => null); // of a room that is none of ours any more
    if (!isWanted()) return;
    this.#reading = null;
    if (page === null) return;
    this.#wait(REFRESH_MS * (1 + Math.random() / 2), () => this.#read()); // not all at one time
    if (page.next !== null) return this.#showTooMany(page.memberCount);
    const places = new Map(page.members.map((place) => [place.memberId, { ...place }]));
    const absent = new Map();
    for (const change of reading) change(places, absent);
    raise(places, absent, ...this.#mine());
    this.#absent = absent;
    this.#tooMany = 0;
    this.#show(places);
  }

  #readAgain() {
    if (this.#reading) return;
    const rest = this.#readAt + AGAIN_MS - Date.now();
    this.#wait(Math.max(0, rest), () => this.#read());
  }

  #wait(milliseconds, call) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(call, milliseconds);
  }

  #showTooMany(count) {
    clearTimeout(this.#timer); // nobody needs the list of such a room again and again
    this.#tooMany = count;
    this.#show(null);
  }

  #show(places) {
    if (places === null && this.all === null) return;
    this.all = places;
    this.#changed();
  }

  #changed() {
    this.#marks = null;
    this.#tell();
  }
}

/** Returns whether that moved the member's mark. */
function raise(places, absent, memberId, seq) {
  const place = places.get(memberId);
  if (place === undefined) absent.set(memberId, Math.max(seq, absent.get(memberId) ?? 0));
  if (place === undefined || place.readSeq >= seq) return false;
  place.readSeq = seq;
  return true;
}

/** How many of these numbers, in their order, are below `limit`. */
function countBelow(ordered, limit) {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ordered[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
