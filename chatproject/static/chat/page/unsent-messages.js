/** What was said and did not arrive: again, away, or back where it was written. */

import { notify } from "./notices.js";
import { failureOf } from "./texts.js";

export const NO_ASSISTANT = "E-A001"; // the same again would be refused, too

export class UnsentMessages {
  #client;
  #composer;
  #files;

  constructor(client, { composer, files }) {
    [this.#client, this.#composer, this.#files] = [client, composer, files];
  }

  /** By the `data-act` of the buttons below such a message. */
  acts = {
    retry: (message) => this.#roomOf(message).retry(message),
    discard: (message) => this.#discard(message),
    takeBack: (message) => this.#takeBack(message),
  };

  /** A question that nobody will answer goes back into the field, unless something else is being written there. */
  hear(message) {
    const isLost = message.state === "failed" && message.error?.code === NO_ASSISTANT;
    if (!isLost || !this.#composer.isEmpty) return;
    this.#takeBack(message);
    notify(failureOf(message.error));
  }

  #takeBack(message) {
    this.#roomOf(message).discard(message);
    this.#composer.add(message.message, message.assisted);
    if (message.state === "failed") this.#files.takeBack(message); // those of a rejected one are gone
  }

  #discard(message) {
    this.#roomOf(message).discard(message);
    if (message.state === "failed") this.#files.discard(message);
  }

  #roomOf({ roomId }) {
    return this.#client.room(roomId);
  }
}
