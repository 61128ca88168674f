/** Which of a room's messages are in the document: a window that moves with the reader. Pure. */

const FIRST = 80; // messages: several screens
const STEP = 60;
export const WINDOW_MAX = 240;

const indexOf = (messages, seq) => {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle].seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
};

export class TimelineWindow {
  #firstSeq = null; // null: the newest FIRST messages
  #lastSeq = null; // null: up to the newest

  /** Whether it ends with the room's newest message. */
  get followsNewest() {
    return this.#lastSeq === null;
  }

  /** The messages in the window. */
  slice(messages) {
    return messages.slice(...this.#range(messages));
  }

  /** While it follows the newest it grows with them: cut off what is far from the reader, who is at its end or not. */
  settle(messages, isAtEnd) {
    const [start, end] = this.#range(messages);
    if (end - start > WINDOW_MAX) {
      if (isAtEnd) this.#set(messages, end - FIRST, end);
      else this.#set(messages, start, start + WINDOW_MAX);
    } else if (start < end) this.#firstSeq = messages[start].seq;
  }

  /** Begin further up; False where there is nothing more. */
  moveUp(messages) {
    const [start, end] = this.#range(messages);
    if (start === 0) return false;
    const first = Math.max(0, start - STEP);
    this.#set(messages, first, Math.min(end, first + WINDOW_MAX));
    return true;
  }

  /** End further down; False where there is nothing more. */
  moveDown(messages) {
    const [start, end] = this.#range(messages);
    if (this.#lastSeq === null) return false;
    const last = Math.min(messages.length, end + STEP);
    this.#set(messages, Math.max(start, last - WINDOW_MAX), last);
    return true;
  }

  showAround(messages, seq) {
    const middle = indexOf(messages, seq);
    this.#set(messages, Math.max(0, middle - STEP), Math.min(messages.length, middle + STEP));
  }

  #range(messages) {
    const end = this.#lastSeq === null ? messages.length : indexOf(messages, this.#lastSeq + 1);
    const start = this.#firstSeq === null ? Math.max(0, end - FIRST) : indexOf(messages, this.#firstSeq);
    return [start, end];
  }

  #set(messages, start, end) {
    this.#firstSeq = messages[start].seq;
    this.#lastSeq = end === messages.length ? null : messages[end - 1].seq;
  }
}
