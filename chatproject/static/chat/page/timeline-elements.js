/** The elements of what the timeline shows, one for each item as long as it is shown; drawn anew only where they differ. */

import { make, redraw } from "./dom.js";
import { drawMessage, signatureOf } from "./message.js";
import { showUnread } from "./message-meta.js";
import { fillRun } from "./run.js";
import { dayOf, t } from "./texts.js";

export class TimelineElements {
  #known = new Map(); // by an item's key
  #signatures = new WeakMap(); // of elements
  #shown = new WeakMap(); // element -> the message in it
  #act;
  #onDraw;
  #onRedrawn;

  /**
   * `act`: what people want of a message; `onDraw(element)`: a message is there, or is another than before;
   * `onRedrawn(element)`: one that had the focus is.
   */
  constructor({ act, onDraw, onRedrawn }) {
    [this.#act, this.#onDraw, this.#onRedrawn] = [act, onDraw, onRedrawn];
  }

  /** What is shown as this item, undefined where it is not. */
  get(key) {
    return this.#known.get(key);
  }

  messageIn(element) {
    return this.#shown.get(element);
  }

  clear() {
    this.#known.clear();
  }

  /** All others are shown no more. */
  keepOnly(items) {
    const keys = new Set(items.map((item) => item.key));
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key);
  }

  /** `context` is the room's (shown-context.js); `quoteOf(message)`: what it answers. */
  draw(item, context, quoteOf) {
    let element = this.#known.get(item.key);
    if (element === undefined) this.#known.set(item.key, (element = make("li", { onclick: ({ target }) => this.#press(target, item) })));
    if (item.kind === "message") this.#fill(element, item, context, quoteOf(item.message));
    else if (item.kind === "run") fillRun(element, item.run, context.forRun(item.run));
    else this.#fillMark(element, item);
    return element;
  }

  #fillMark(element, { kind, at, text }) {
    const words = { day: () => dayOf(at), unread: () => t("New since your last visit"), note: () => text, cut: () => t("Earlier messages were deleted: they are kept for a time only.") }[kind]();
    if (element.textContent === words) return; // "today" is "yesterday" one day
    element.className = kind;
    element.replaceChildren(make("span", { textContent: words }));
  }

  #fill(element, item, context, quote) {
    const shown = { ...context.shownOf(item, quote), quote };
    const signature = signatureOf(item, shown);
    if (this.#signatures.get(element) === signature) return void showUnread(element, shown.unread);
    this.#signatures.set(element, signature);
    this.#shown.set(element, item.message);
    const hadFocus = element.contains(document.activeElement);
    redraw(element, drawMessage(item, shown));
    this.#onDraw(element);
    if (!hadFocus) return;
    if (!element.contains(document.activeElement)) element.focus({ preventScroll: true }); // what had it is gone
    this.#onRedrawn(element);
  }

  #press(target, { message }) {
    const button = target.closest("[data-act]");
    if (button !== null) this.#act[button.dataset.act](message, button);
  }
}
