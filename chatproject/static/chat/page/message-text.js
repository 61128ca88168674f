/** The text of one message, where a finger can select a part of it: in the room a long press opens the menu instead. */

import { copyAloud } from "./clipboard.js";
import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { formatted } from "./formatting.js";
import { isGone } from "./gone.js";

/** Whether there is need for it. */
export const selectsByFinger = () => matchMedia("(pointer: coarse)").matches;

export class MessageText {
  #dialog = dialogOf("text-dialog");
  #message = null;

  constructor(client) {
    byId("text-copy").addEventListener("click", () => copyAloud(this.#message.message));
    this.#dialog.addEventListener("close", () => byId("text-words").replaceChildren());
    for (const name of ["change", "older"]) client.on(name, ({ message }) => this.#hear(message));
  }

  open(message) {
    this.#show(message);
    this.#dialog.showModal();
  }

  /** It goes with the message, and changes with it. */
  #hear(message) {
    const isSame = this.#dialog.open && message.roomId === this.#message.roomId && message.seq === this.#message.seq;
    if (!isSame) return;
    if (isGone(message)) this.#dialog.close();
    else this.#show(message);
  }

  #show(message) {
    if (this.#dialog.open && message.message === this.#message.message) return; // a part of it may be selected
    this.#message = { ...message };
    byId("text-words").replaceChildren(...formatted(message.message));
    for (const button of byId("text-words").querySelectorAll("[data-act]")) button.remove(); // all of it is copied below
  }
}
