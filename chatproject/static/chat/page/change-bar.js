/** Above the field: that a message is being changed; and what was being written before waits here. */

import { byId } from "./dom.js";
import { goneWords, isGone } from "./gone.js";
import { t } from "./texts.js";

export class ChangeBar {
  #message = null;
  #waiting = null;

  get message() {
    return this.#message;
  }

  /** What waits: `{ text, reply, isAsking, picked, assisted }`; null: nothing is being changed. */
  get waiting() {
    return this.#waiting;
  }

  /** What is written will change a message; where that was deleted or hidden meanwhile it will be a new one. */
  get isChange() {
    return this.#message !== null && !isGone(this.#message);
  }

  /** Change this message; `waiting` is kept, unless another message was being changed. */
  begin(message, waiting) {
    this.#waiting ??= waiting;
    this.#message = message;
    this.#show();
  }

  /** Return what waited. */
  end() {
    const waiting = this.#waiting;
    this.#message = this.#waiting = null;
    this.#show();
    return waiting;
  }

  /** The message is like this now. */
  hear(message) {
    this.#message = message;
    this.#show();
  }

  #show() {
    const isLost = this.#message !== null && isGone(this.#message);
    byId("editing").hidden = this.#waiting === null;
    byId("editing-text").textContent = isLost ? [goneWords(this.#message), t("What you write here is sent as a new one.")].join(" ") : t("You are changing your message");
    byId("composer").classList.toggle("editing", this.#waiting !== null);
  }
}
