/** What one has missed, in points; each leads to the message that it rests on. For this member only. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { failureOf, t, tn } from "./texts.js";

export class CatchUp {
  #dialog = dialogOf("catch-up-dialog");
  #points = byId("catch-up-points");
  #under = null;

  /** `onJump(seq)`: show that message. */
  constructor(client, { onJump }) {
    this.client = client;
    this.onJump = onJump;
    this.#dialog.addEventListener("close", () => this.#under?.abort());
  }

  async open(room) {
    this.#under?.abort();
    const { signal } = (this.#under = new AbortController());
    this.#points.replaceChildren(make("li", { className: "hint waiting", textContent: t("Reading what you have missed…") }));
    this.#dialog.showModal();
    try {
      const summary = await this.client.summary(room.roomId, { signal });
      this.#points.replaceChildren(...summary.points.map((point) => this.#point(point)), ...remarks(summary));
    } catch (error) {
      if (signal.aborted) return;
      this.#points.replaceChildren(make("li", { className: "hint", textContent: failureOf(error) }));
    }
  }

  #point({ text, seq }) {
    const jump = () => {
      this.#dialog.close();
      this.onJump(seq);
    };
    return make("li", {}, make("span", { textContent: text }), " ", make("button", { type: "button", className: "link", textContent: t("Show"), "aria-label": t("Show message %(seq)s", { seq }), onclick: jump }));
  }
}

/** What the points leave out. */
function remarks({ points, withheld, truncated }) {
  const words = [
    points.length === 0 && t("There is nothing new to read."),
    truncated && t("There was more before: only the newer part was read."),
    withheld > 0 && tn("%(count)s message was left out, at its author's wish.", "%(count)s messages were left out, at their authors' wish.", { count: withheld }),
  ];
  return words.filter(Boolean).map((textContent) => make("li", { className: "hint", textContent }));
}
