/** The notices that a room has had, the newest first. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { lineOf } from "./file-words.js";
import { goneWords, isGone } from "./gone.js";
import { onDeleted } from "./forgetting.js";
import { speakerOf } from "./speaker.js";
import { failureOf, t, whenOf } from "./texts.js";

const LOST = { deletedAt: "", hiddenAt: null }; // not there at all

export class NoticeHistory {
  #client;
  #nameOf;
  #onJump;
  #dialog = dialogOf("notices-dialog");
  #list = byId("notices-list");
  #more = byId("notices-more");
  #isGone;
  #shown = null; // `{ room, next }`, an object of its own each time it is opened

  /** `nameOf(memberId)`, as far as known; `onJump(seq)`: show that message. */
  constructor(client, { nameOf, onJump }) {
    this.#client = client;
    this.#nameOf = nameOf;
    this.#onJump = onJump;
    this.#isGone = onDeleted(client, (message) => this.#forget(message));
    this.#more.addEventListener("click", () => this.#load());
  }

  open(room) {
    this.#shown = { room, next: null };
    this.#list.replaceChildren();
    this.#dialog.showModal();
    this.#load();
  }

  async #load() {
    const shown = this.#shown;
    const waiting = make("li", { className: "hint waiting", textContent: t("One moment…") });
    this.#more.hidden = true;
    this.#list.append(waiting);
    const page = await this.#client.pins(shown.room.roomId, { before: shown.next ?? undefined }).catch((error) => error);
    if (this.#shown !== shown) return; // another one was opened meanwhile
    waiting.remove();
    if (page instanceof Error) return this.#say(failureOf(page));
    this.#list.append(...page.pins.map((pin) => this.#entry(pin)));
    if (this.#list.childElementCount === 0) this.#say(t("This room has had no notice yet."));
    shown.next = page.next;
    this.#more.hidden = page.next === null;
  }

  /** That there was a notice stays, what it said goes. */
  #forget(message) {
    const { roomId, seq } = message;
    if (this.#shown?.room.roomId !== roomId) return;
    for (const entry of this.#list.querySelectorAll(`[data-seq="${seq}"]`)) {
      entry.querySelector("span").textContent = goneWords(message);
      entry.querySelector("button")?.remove();
    }
  }

  #say(textContent) {
    this.#list.append(make("li", { className: "hint", textContent }));
  }

  #entry({ seq, pinnedBy, pinnedAt, unpinnedAt, message }) {
    const isLost = message === null || isGone(message) || this.#isGone(message);
    const words = isLost ? goneWords(message ?? LOST) : `${speakerOf(message)}: ${lineOf(message)}`;
    const jump = () => {
      this.#dialog.close();
      this.#onJump(seq);
    };
    const show = make("button", { type: "button", className: "link", textContent: t("Show"), "aria-label": t("Show message %(seq)s", { seq }), onclick: jump });
    const span = [this.#nameOf(pinnedBy), `${whenOf(pinnedAt)} – ${unpinnedAt === null ? t("now") : whenOf(unpinnedAt)}`];
    return make("li", { "data-seq": seq }, make("span", { textContent: words }), " ", isLost ? null : show, make("small", { textContent: span.filter(Boolean).join(" · ") }));
  }
}
