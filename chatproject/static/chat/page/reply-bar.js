/** Above the field: which message is answered. */

import { byId } from "./dom.js";
import { lineOf } from "./file-words.js";
import { goneWords, isGone } from "./gone.js";
import { speakerOf } from "./speaker.js";

export class ReplyBar {
  #message = null;

  get message() {
    return this.#message;
  }

  /** Null: none. */
  show(message) {
    this.#message = message;
    byId("reply-to").hidden = message === null;
    if (message === null) return;
    byId("reply-name").textContent = speakerOf(message);
    byId("reply-text").textContent = isGone(message) ? goneWords(message) : lineOf(message);
  }
}
