/** What I could say next, as the assistant would put it: alternatives to choose from. Nothing is sent here. */

import { byId, make } from "./dom.js";
import { failureOf, t } from "./texts.js";

const ALTERNATIVES = 3;

export class DraftPanel {
  #panel = byId("draft-panel");
  #answers = byId("draft-answers");
  #toggle = byId("draft");
  #under = null; // the request under way
  #tone = "";

  /** `roomId()` of the open room; `onChoose(text)`: this one, into the composer. */
  constructor(client, { roomId, onChoose }) {
    this.client = client;
    [this.roomId, this.onChoose] = [roomId, onChoose];
    this.#toggle.addEventListener("click", () => (this.#panel.hidden ? this.#open() : this.close()));
    byId("draft-close").addEventListener("click", () => this.close());
    this.#panel.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
    const tones = { "": t("As I write"), polite: t("Polite"), friendly: t("Friendly"), warm: t("Warm"), brief: t("Brief") };
    byId("draft-tones").append(...Object.entries(tones).map(([tone, label]) => this.#toneButton(tone, label)));
  }

  close() {
    if (this.#panel.hidden) return;
    this.end();
    this.#toggle.focus();
  }

  /** What was asked is broken off, also where another room is opened. */
  end() {
    this.#under?.abort();
    this.#panel.hidden = true;
    this.#toggle.setAttribute("aria-expanded", "false");
  }

  #open() {
    this.#panel.hidden = false;
    this.#toggle.setAttribute("aria-expanded", "true");
    this.#draft();
  }

  #toneButton(tone, label) {
    return make("button", {
      type: "button",
      className: "chip",
      textContent: label,
      value: tone,
      onclick: () => {
        this.#tone = tone;
        this.#draft();
      },
    });
  }

  async #draft() {
    this.#under?.abort();
    const { signal } = (this.#under = new AbortController());
    for (const button of byId("draft-tones").children) button.setAttribute("aria-pressed", String(button.value === this.#tone));
    this.#answers.replaceChildren(make("p", { className: "hint waiting", textContent: t("Thinking of something to say…") }));
    try {
      const options = { count: ALTERNATIVES, signal, ...(this.#tone && { tone: this.#tone }) };
      const { answers, model } = await this.client.draft(this.roomId(), options);
      const label = make("p", { className: "hint", textContent: `${t("AI")} · ${model}` });
      this.#answers.replaceChildren(...answers.map((text) => this.#choice(text)), label);
      if (!this.#isElsewhere()) this.#answers.firstElementChild.focus();
    } catch (error) {
      if (signal.aborted) return;
      this.#answers.replaceChildren(make("p", { className: "hint", textContent: failureOf(error) }));
    }
  }

  /** Has the reader gone on, to write something perhaps? Then the keys they press are not for this panel. */
  #isElsewhere() {
    const { activeElement, body } = document;
    return ![body, this.#toggle].includes(activeElement) && !this.#panel.contains(activeElement);
  }

  #choice(text) {
    const choose = () => {
      this.end();
      this.onChoose(text);
    };
    return make("button", { type: "button", className: "choice", textContent: text, onclick: choose });
  }
}
