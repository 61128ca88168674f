/** What waits for a manager in a room: looked at, let go or rejected. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { saidWith } from "./file-words.js";
import { oneAtATime, orNotify } from "./notices.js";
import { dateTimeOf, t } from "./texts.js";

const PAGE = 20;

export class HeldList {
  #client;
  #dialog = dialogOf("held-dialog");
  #list = byId("held-list");
  #more = byId("held-more");
  #roomId = null;
  #next = null;
  #opening = 0;

  constructor(client) {
    this.#client = client;
    this.#more.addEventListener("click", oneAtATime(() => this.#load()));
  }

  open(roomId) {
    this.#opening += 1;
    [this.#roomId, this.#next] = [roomId, null];
    this.#list.replaceChildren();
    this.#more.hidden = byId("held-none").hidden = true;
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#load();
  }

  async #load() {
    const opening = this.#opening;
    const page = await orNotify(() => this.#client.held.of(this.#roomId, { after: this.#next ?? undefined, limit: PAGE }));
    if (opening !== this.#opening || page === undefined) return;
    this.#next = page.next;
    this.#list.append(...page.held.map((held) => this.#item(held)));
    this.#more.hidden = page.next === null;
    this.#showNone();
  }

  #showNone() {
    byId("held-none").hidden = this.#list.childElementCount > 0 || !this.#more.hidden;
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
    if (!done) return;
    const next = item.nextElementSibling;
    item.remove();
    (next?.querySelector("button") ?? this.#dialog.querySelector("[data-close]")).focus();
    this.#showNone();
  }
}
