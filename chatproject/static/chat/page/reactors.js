/** Who reacted to a message, reaction by reaction. */

import { dialogOf } from "./dialog.js";
import { avatar, byId, make } from "./dom.js";
import { faceOf, wordFor } from "./reactions.js";
import { failureOf, t, tn } from "./texts.js";

export class Reactors {
  #dialog = dialogOf("reactors-dialog");
  #parts = byId("reactors");
  #message = null; // which it is about

  constructor(reactions) {
    this.reactions = reactions;
  }

  open(message) {
    this.#message = message;
    this.#parts.replaceChildren(...message.reactions.map((one) => this.#part(message, one)));
    this.#dialog.showModal();
  }

  #part(message, { key, count }) {
    const names = make("ul", { className: "find-list" });
    const words = tn("%(name)s: %(count)s", "%(name)s: %(count)s", { name: wordFor(key), count });
    const more = make("button", { type: "button", className: "button quiet", textContent: t("Show more"), hidden: true });
    let after = null;
    const load = async () => {
      const page = await this.reactions.who(message, key, after).catch((error) => error);
      if (this.#message !== message) return; // another one was opened meanwhile
      if (page instanceof Error) return void names.append(make("li", { className: "hint", textContent: failureOf(page) }));
      names.append(...page.members.map(({ memberId, nickName }) => make("li", {}, avatar(nickName, memberId), make("span", { textContent: nickName }))));
      after = page.next;
      more.hidden = after === null;
    };
    more.addEventListener("click", load);
    load();
    return make("section", {}, make("h3", {}, faceOf(key), " ", words), names, more);
  }
}
