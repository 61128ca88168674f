/** How far one has read in the open room: what was in sight is read; what is new below is counted, what was missed offered in points. */

import { byId } from "./dom.js";
import { t, tn } from "./texts.js";

const OFFER_FROM = 8; // unread messages; fewer are read faster than a summary

export class RoomReading {
  #room = null;
  #timeline;
  #maySum;
  #newBelow = 0;
  #offers = false;
  #isOpening = false; // nobody knows yet how much is unread

  /** `timeline()` of the open room; `maySum()`: whether there is an assistant that sums up. */
  constructor({ timeline, maySum }) {
    [this.#timeline, this.#maySum] = [timeline, maySum];
    window.addEventListener("focus", () => this.#read());
    document.addEventListener("visibilitychange", () => this.#read());
  }

  /**
   * The seq after which the unread begin, null where nothing is. `known` is the room as the list has it, undefined
   * where that is on its way: then `begin` says it. Ask before anything is shown, and thereby read.
   */
  open(room, known) {
    this.#room = room;
    this.#newBelow = 0;
    this.#offers = this.#isOpening = false;
    if (room === null) return null;
    if (room.lastSeq > 0) return this.#count(room.unread, room.readSeq);
    this.#isOpening = known === undefined;
    return known === undefined ? null : this.#count(known.unReadCount, known.readSeq);
  }

  /** The room has its messages. The same, where it was not known before; else undefined. */
  begin() {
    if (!this.#isOpening) return undefined;
    this.#isOpening = false;
    return this.#count(this.#room.unread, this.#room.readSeq);
  }

  #count(unread, readSeq) {
    this.#offers = unread >= OFFER_FROM;
    return unread === 0 ? null : readSeq;
  }

  /** Another's message came. */
  came() {
    if (!this.#timeline().isAtEnd) this.#newBelow += 1;
  }

  /** The position is another. */
  moved() {
    if (this.#room === null) return;
    const { isAtEnd } = this.#timeline();
    if (isAtEnd) this.#newBelow = 0;
    byId("to-newest").hidden = isAtEnd;
    byId("to-newest-text").textContent =
      this.#newBelow > 0
        ? tn("%(count)s new message", "%(count)s new messages", { count: this.#newBelow })
        : t("To the newest");
    this.#read();
  }

  /** Called when anything is learned that it depends on, of a room that may be closed by then. */
  showOffer() {
    if (this.#room === null) return;
    const { unread } = this.#room;
    byId("catch-up-offer").hidden = !this.#offers || !this.#maySum() || unread === 0;
    byId("catch-up-text").textContent = tn("%(count)s unread message", "%(count)s unread messages", { count: unread });
  }

  /** While a summary of the unread is offered, only when all of them were in sight. */
  #read() {
    const room = this.#room;
    if (room?.state !== "live" || room.isDetached || room.unread === 0 || document.hidden || !document.hasFocus()) return;
    if (this.#timeline().isAtEnd) {
      this.#offers = false;
      room.read();
    } else if (!this.#offers) room.read(this.#timeline().lastSeen());
    this.showOffer();
  }
}
