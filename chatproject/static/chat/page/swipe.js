/** A finger that draws a message to the left, to answer it. Pure: positions in, how far the message follows out. */

const BEGINS_PX = 12; // less is a touch
const FAR_PX = 56; // lifted from there on, it answers
const MOST_PX = 72; // the message follows no further

export class Swipe {
  #start;
  #isBegun = false;
  #isOver = false; // it was something else: scrolling, say
  offset = 0;

  constructor(start) {
    this.#start = start;
  }

  get isBegun() {
    return this.#isBegun;
  }

  /** Lifted now, it answers. */
  get isFar() {
    return this.offset <= -FAR_PX;
  }

  /** The finger is there: return whether the message follows it. */
  move({ x, y }) {
    const [right, down] = [x - this.#start.x, y - this.#start.y];
    if (!this.#isBegun && !this.#isOver && Math.hypot(right, down) >= BEGINS_PX) {
      this.#isBegun = -right > 1.5 * Math.abs(down);
      this.#isOver = !this.#isBegun;
    }
    this.offset = this.#isBegun ? Math.max(-MOST_PX, Math.min(0, right + BEGINS_PX)) : 0;
    return this.#isBegun;
  }
}
