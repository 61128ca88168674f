/** What this member does to what was said in a room. Each is sent until it is answered; a refusal is thrown. */

import { Act } from "./acts.js";
import { ChatError } from "./errors.js";

const NOT_SENT = { type: "error", code: "E-MS001", message: "The message is not acknowledged yet." };

export class RoomActs {
  #client;
  #room; // { roomId, reactions, find(seq), changed(message) }

  constructor(client, room) {
    [this.#client, this.#room] = [client, room];
  }

  edit(message, text, { mentions, everyone, assisted } = {}) { return this.#do(message, { type: "edit", message: text, mentions, everyone, assisted: assisted || undefined }); }
  delete(message) { return this.#do(message, { type: "delete" }); }
  pin(message, on) { return this.#do(message, { type: "pin", on }); }
  async hide(message, { reason, until }) { return this.#do(message, { type: "hide", on: true, reason, until }); }
  async unhide(message, { reason } = {}) { return this.#do(message, { type: "hide", on: false, reason }); }

  /** Shown at once. */
  async react({ seq }, key, on) {
    const shown = this.#room.find(seq);
    const settle = shown && this.#room.reactions.begin(shown, key, on, this.#client.me?.memberId);
    const show = () => shown && this.#room.changed(shown);
    show();
    await this.#do({ seq }, { type: "react", key, on }, (reply) => {
      settle?.(reply);
      show();
    });
  }

  async #do({ seq }, fields, answered) {
    const act = new Act({ ...fields, roomId: this.#room.roomId, seq });
    if (seq === null) act.settle(NOT_SENT);
    else this.#client._do(act);
    const reply = await act.reply;
    answered?.(reply);
    if (reply.type === "error") throw new ChatError(reply);
  }
}
