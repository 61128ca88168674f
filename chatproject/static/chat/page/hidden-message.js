/** What stands in place of a hidden message; for managers also what it says, fetched when they want to see it. */

import { attachmentsOf } from "./attachments.js";
import { make } from "./dom.js";
import { formatted } from "./formatting.js";
import { goneWords, isHidden } from "./gone.js";
import { orNotify } from "./notices.js";
import { dateTimeOf, t } from "./texts.js";

const COVERED = { text: null, reasons: [], attachments: [] };
const placeOf = ({ roomId, seq }) => `${roomId} ${seq}`;

/** As nodes, of which the first is a `.text`. `uncovered`: null for who is no manager, else as `HiddenMessages.of`. */
export function hiddenBody(message, uncovered, addresses) {
  const words = make("p", { className: "text gone", textContent: goneWords(message) });
  if (uncovered === null) return [words];
  const { text, reasons, attachments } = uncovered;
  const view = text === null ? [link("uncover", t("View"))] : [];
  const acts = make("p", { className: "hidden-acts" }, ...view, link("unhide", t("Show to everyone again")));
  const shown = text === null ? [] : [make("div", { className: "text uncovered", dir: "auto" }, ...formatted(text)), ...attachmentsOf({ attachments }, addresses), ...reasons.map(reasonLine)];
  return [words, ...shown, acts];
}

const reasonLine = ({ reason, until }) => {
  const words = until === null ? t("Hidden: %(reason)s", { reason }) : t("Hidden until %(when)s: %(reason)s", { reason, when: dateTimeOf(until) });
  return make("p", { className: "hint", textContent: words });
};

const link = (act, label) => make("button", { type: "button", className: "link", textContent: label, tabIndex: -1, "data-act": act });

/** The texts that this manager has looked at. Each is forgotten when its message is shown again, deleted, or the room left. */
export class HiddenMessages {
  #client;
  #onChange;
  #texts = new Map(); // by place

  constructor(client, onChange) {
    [this.#client, this.#onChange] = [client, onChange];
    client.on("change", ({ message }) => !isHidden(message) && this.#texts.delete(placeOf(message)));
    client.on("removed", ({ room }) => this.#forgetRoom(room.roomId));
  }

  /** { text, reasons: [{ reason, until }], attachments } of a hidden message; `text` null: not looked at. */
  of(message) {
    return this.#texts.get(placeOf(message)) ?? COVERED;
  }

  async uncover(message) {
    const found = await orNotify(() => this.#client.uncovered(message.roomId, message.seq));
    if (found === undefined) return;
    this.#texts.set(placeOf(message), { text: found.message.message, reasons: found.hidings, attachments: found.message.attachments });
    this.#onChange();
  }

  /** To everyone, again. */
  async show(message) {
    await orNotify(() => this.#client.room(message.roomId).unhide(message));
  }

  #forgetRoom(roomId) {
    for (const place of this.#texts.keys()) if (place.startsWith(`${roomId} `)) this.#texts.delete(place);
  }
}
