/** The open room's own rules of the word filter, for its managers. */

import { dialogOf } from "./dialog.js";
import { byId, hiddenText, make } from "./dom.js";
import { oneAtATime, orNotify } from "./notices.js";
import { t } from "./texts.js";

const ACTIONS = () => ({
  hold: t("It waits for a manager"),
  block: t("It is refused"),
  flag: t("It is only noted"),
  allow: t("It is an exception"),
});

export class RoomFilter {
  #client;
  #dialog = dialogOf("filter-dialog");
  #form = byId("filter-form");
  #list = byId("filter-list");
  #roomId = null;
  #asked = null; // stands for what was asked last: earlier answers are dropped

  constructor(client) {
    this.#client = client;
    const add = oneAtATime(() => this.#add());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      add();
    });
  }

  open(roomId) {
    this.#roomId = roomId;
    this.#list.replaceChildren();
    this.#form.reset();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#load();
  }

  async #load() {
    const asked = (this.#asked = {});
    const rules = await orNotify(() => this.#client.held.rules(this.#roomId));
    if (rules === undefined || this.#asked !== asked) return;
    this.#list.replaceChildren(...rules.map((rule) => this.#item(rule)));
    byId("filter-none").hidden = rules.length > 0;
  }

  #item({ ruleId, pattern, action }) {
    const remove = oneAtATime(() => this.#remove(ruleId));
    return make(
      "li",
      { className: "case" },
      make("p", { className: "report-head" }, make("strong", { textContent: pattern })),
      make("small", { textContent: ACTIONS()[action] }),
      make("button", { type: "button", className: "link", onclick: remove }, t("Remove"), hiddenText(` ${pattern}`)),
    );
  }

  async #add() {
    const { pattern, action } = this.#form.elements;
    const rule = { pattern: pattern.value.trim(), action: action.value };
    const made = await orNotify(() => this.#client.held.setRule(this.#roomId, rule));
    if (made === undefined) return;
    pattern.value = "";
    await this.#load();
    pattern.focus();
  }

  async #remove(ruleId) {
    if (await orNotify(() => this.#client.held.deleteRule(this.#roomId, ruleId).then(() => true))) await this.#load();
    this.#form.elements.pattern.focus();
  }
}
