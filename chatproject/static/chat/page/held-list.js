/** What waits for a manager in a room: looked at, let go or rejected. */

import { make } from "./dom.js";
import { saidWith } from "./file-words.js";
import { oneAtATime, orNotify } from "./notices.js";
import { PagedList } from "./paged-list.js";
import { dateTimeOf, t } from "./texts.js";

const PAGE = 20;

export class HeldList {
  #client;
  #paged = new PagedList("held", (after) => this.#read(after));
  #roomId = null;

  constructor(client) {
    this.#client = client;
  }

  open(roomId) {
    this.#roomId = roomId;
    this.#paged.open();
  }

  async #read(after) {
    const { held, next } = await this.#client.held.of(this.#roomId, { after, limit: PAGE });
    return { items: held.map((one) => this.#item(one)), next };
  }

  #item({ heldId, nickName, message, why, found, heldAt, attachments = [] }) {
    const because = why === "flood" ? t("Said again and again") : t("Found: %(words)s", { words: found });
    const reason = make("input", { name: "reason", type: "text", maxLength: 200, required: true, autocomplete: "off" });
    const form = make(
      "form",
      { className: "decision" },
      make("button", { type: "button", className: "button", textContent: t("Publish"), onclick: oneAtATime(() => this.#decide(item, heldId, { release: true })) }),
      make("label", { className: "labelled" }, t("Or why not"), reason),
      make("button", { type: "submit", className: "button quiet", textContent: t("Reject") }),
    );
    const reject = oneAtATime(() => this.#decide(item, heldId, { release: false, reason: reason.value.trim() }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      reject();
    });
    const item = make(
      "li",
      { className: "case" },
      make("p", { className: "report-head" }, make("strong", { textContent: nickName })),
      make("small", { textContent: `${dateTimeOf(heldAt)} · ${because}` }),
      make("p", { className: "report-words", textContent: saidWith({ message, attachments }) }),
      form,
    );
    return item;
  }

  async #decide(item, heldId, decision) {
    const done = await orNotify(() => this.#client.held.decide(this.#roomId, heldId, decision).then(() => true));
    if (done) this.#paged.finish(item);
  }
}
