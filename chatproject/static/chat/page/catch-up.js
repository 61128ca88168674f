/** What one has missed, in points; each leads to the message that it rests on. For this member only. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { onDeleted } from "./forgetting.js";
import { failureOf, t, tn } from "./texts.js";

export class CatchUp {
  #dialog = dialogOf("catch-up-dialog");
  #points = byId("catch-up-points");
  #under = null;
  #room = null; // whose points are shown
  #isGone;

  /** `onJump(seq)`: show that message. */
  constructor(client, { onJump }) {
    this.client = client;
    this.onJump = onJump;
    this.#dialog.addEventListener("close", () => this.#under?.abort());
    this.#isGone = onDeleted(client, ({ roomId, seq }) => roomId === this.#room?.roomId && this.#forget(seq));
  }

  async open(room) {
    this.#under?.abort();
    const { signal } = (this.#under = new AbortController());
    this.#room = room;
    this.#points.replaceChildren(make("li", { className: "hint waiting", textContent: t("Reading what you have missed…") }));
    this.#dialog.showModal();
    try {
      const summary = await this.client.summary(room.roomId, { signal });
      const points = summary.points.filter(({ seq }) => !this.#isGone({ roomId: room.roomId, seq }));
      this.#points.replaceChildren(...points.map((point) => this.#point(point)), ...remarks(summary));
    } catch (error) {
      if (signal.aborted) return;
      this.#points.replaceChildren(make("li", { className: "hint", textContent: failureOf(error) }));
    }
  }

  /** A point goes with the message that it rests on. */
  #forget(seq) {
    for (const point of [...this.#points.children]) if (Number(point.dataset.seq) === seq) point.remove();
  }

  #point({ text, seq }) {
    const jump = () => {
      this.#dialog.close();
      this.onJump(seq);
    };
    const point = make("li", {}, make("span", { textContent: text }), " ", make("button", { type: "button", className: "link", textContent: t("Show"), "aria-label": t("Show message %(seq)s", { seq }), onclick: jump }));
    point.dataset.seq = seq;
    return point;
  }
}

/** What the points leave out. */
function remarks({ points, withheld, truncated, deletedSeqs, model }) {
  const words = [
    points.length === 0 && deletedSeqs.length === 0 && t("There is nothing new to read."),
    truncated && t("There was more before: only the newer part was read."),
    deletedSeqs.length > 0 && t("What rested on messages that were deleted meanwhile was left out."),
    withheld > 0 && tn("%(count)s message was left out, at its author's wish.", "%(count)s messages were left out, at their authors' wish.", { count: withheld }),
    model && `${t("AI")} · ${model}`,
  ];
  return words.filter(Boolean).map((textContent) => make("li", { className: "hint", textContent }));
}
