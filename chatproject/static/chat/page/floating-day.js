/** The day of what one is scrolling through, above the messages: while one scrolls, where its own line is out of sight. */

import { byId } from "./dom.js";
import { dayOf } from "./texts.js";

const STAYS_MS = 1_500; // after the last step

export class FloatingDay {
  #mark = byId("floating-day");
  #timer = 0;
  #words = "";

  /** The position is another: `position` is the timeline's. */
  moved(position) {
    let first = position.firstInSight();
    while (first && !first.matches("[data-at], .day")) first = first.nextElementSibling;
    const at = first?.dataset.at;
    if (at === undefined) return this.hide(); // its line is there, or nothing was said
    this.#say(dayOf(at));
    this.#mark.classList.add("shown");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), STAYS_MS);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#mark.classList.remove("shown");
  }

  #say(words) {
    if (words === this.#words) return;
    this.#words = words;
    this.#mark.textContent = words;
  }
}
