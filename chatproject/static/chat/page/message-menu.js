/** A message's menu: reactions on top, then what else can be done with it. A sheet on phones, beside the message elsewhere. */

import { dialogOf } from "./dialog.js";
import { byId, icon, make } from "./dom.js";
import { faceOf, wordFor } from "./reactions.js";

const EDGE_PX = 8;

export class MessageMenu {
  #dialog = dialogOf("message-menu");
  #items = byId("message-menu-items");
  #message = null;
  #opener = null;

  /** `onChoose(message, button)`: what was chosen stands in the button's `data-act`. */
  constructor({ onChoose }) {
    this.onChoose = onChoose;
    this.#dialog.addEventListener("keydown", (event) => this.#press(event));
    this.#dialog.addEventListener("contextmenu", (event) => event.preventDefault());
    this.#dialog.addEventListener("close", () => this.#restoreFocus());
    this.#items.addEventListener("click", ({ target }) => this.#choose(target.closest("button")));
  }

  /** Of `message`, at `point` or beside `element`. `reactions`: `{ key, isMine }`; `entries`: `{ act, label, icon }`. */
  open(message, { element, point, reactions, entries }) {
    if (this.#dialog.open) return; // some browsers tell of a long press as of a right click too
    this.#message = message;
    this.#opener = element;
    const quick = make("div", { role: "group", className: "quick", hidden: reactions.length === 0 }, ...reactions.map(quickReaction));
    this.#items.replaceChildren(quick, ...entries.map(entry));
    element.focus({ preventScroll: true }); // where the focus comes back to
    this.#dialog.showModal();
    const { left, bottom } = (element.querySelector(".bubble") ?? element).getBoundingClientRect();
    this.#place(point ?? { x: left, y: bottom });
    this.#lines().flat()[0].focus({ preventScroll: true });
  }

  /** What it offers may not be there any more. */
  closeFor(message) {
    if (this.#message?.roomId === message.roomId && this.#message.seq === message.seq) this.#dialog.close();
  }

  #place({ x, y }) {
    const { width, height } = this.#dialog.getBoundingClientRect();
    this.#dialog.style.left = `${Math.max(EDGE_PX, Math.min(x, innerWidth - width - EDGE_PX))}px`;
    this.#dialog.style.top = `${Math.max(EDGE_PX, Math.min(y, innerHeight - height - EDGE_PX))}px`;
  }

  #choose(button) {
    if (button === null) return;
    const message = this.#message;
    this.#dialog.close();
    this.onChoose(message, button);
  }

  #restoreFocus() {
    this.#message = null;
    if (document.activeElement !== document.body) return;
    const back = this.#opener.isConnected ? this.#opener : byId("scroller"); // it may be gone
    back.focus({ preventScroll: true });
  }

  // --- keyboard

  /** The items as they stand: the reactions in one line, each entry in its own. */
  #lines() {
    const [quick, ...entries] = this.#items.children;
    return [[...quick.children], ...entries.map((one) => [one])].filter((line) => line.length > 0);
  }

  #press(event) {
    const next = this.#next(event.key);
    if (event.key === "Tab") this.#dialog.close();
    else if (next === undefined) return;
    else next.focus();
    event.preventDefault();
  }

  #next(key) {
    const lines = this.#lines();
    const at = lines.findIndex((line) => line.includes(document.activeElement));
    const line = lines[at] ?? lines[0];
    const place = line.indexOf(document.activeElement);
    const beside = (step) => line[(place + step + line.length) % line.length];
    const below = (step) => lines[(at + step + lines.length) % lines.length][0];
    const steps = {
      ArrowDown: () => below(1),
      ArrowUp: () => below(-1),
      ArrowRight: () => beside(1),
      ArrowLeft: () => beside(-1),
      Home: () => lines[0][0],
      End: () => lines.at(-1)[0],
    };
    return steps[key]?.();
  }
}

function quickReaction({ key, isMine }) {
  return make(
    "button",
    {
      type: "button",
      role: "menuitemcheckbox",
      className: "quick-reaction",
      tabIndex: -1,
      title: wordFor(key),
      "aria-label": wordFor(key),
      "aria-checked": String(isMine),
      "data-act": "react",
      "data-key": key,
    },
    faceOf(key),
  );
}

function entry({ act, label, icon: name, isGrave = false }) {
  const className = isGrave ? "menu-entry danger" : "menu-entry";
  return make("button", { type: "button", role: "menuitem", className, tabIndex: -1, "data-act": act }, icon(name), label);
}
