/** So many at once; the others wait for their turn. */

import { ChatError } from "./errors.js";

export class Turns {
  #free;
  #waiting = []; // what hands a turn over, the oldest first

  constructor(most) {
    this.#free = most;
  }

  /** What `act()` gives, when its turn has come; "aborted" by the signal before that. */
  async take(act, signal) {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    try {
      return await act();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  #turn(signal) {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal?.addEventListener("abort", () => {
        if (!this.#waiting.includes(resolve)) return;
        this.#waiting = this.#waiting.filter((other) => other !== resolve);
        reject(new ChatError({ code: "aborted" }));
      });
    });
  }
}
