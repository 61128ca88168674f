/** A dialog with a list that comes page by page, and a word where there is nothing in it. */

import { dialogOf } from "./dialog.js";
import { byId } from "./dom.js";
import { oneAtATime, orNotify } from "./notices.js";

export class PagedList {
  dialog;
  list;
  #more;
  #none;
  #read;
  #next = null; // the cursor of the next page
  #opening = 0; // what is read for an earlier one is dropped

  /**
   * Of the elements `{name}-dialog`, `-list`, `-more` and `-none`. `read(cursor)`, undefined for the first page, resolves
   * with `{ items, next }`: elements, and the next cursor or null.
   */
  constructor(name, read) {
    this.dialog = dialogOf(`${name}-dialog`);
    [this.list, this.#more, this.#none] = ["list", "more", "none"].map((part) => byId(`${name}-${part}`));
    this.#read = read;
    this.#more.addEventListener("click", oneAtATime(() => this.#load()));
  }

  /** From its beginning, also where it is open already. */
  open() {
    this.#opening += 1;
    this.#next = null;
    this.list.replaceChildren();
    this.#more.hidden = this.#none.hidden = true;
    if (!this.dialog.open) this.dialog.showModal();
    this.#load();
  }

  async #load() {
    const opening = this.#opening;
    const page = await orNotify(() => this.#read(this.#next ?? undefined));
    if (opening !== this.#opening || page === undefined) return;
    this.#next = page.next;
    this.list.append(...page.items);
    this.#more.hidden = page.next === null;
    this.#showNone();
  }

  #showNone() {
    this.#none.hidden = this.list.childElementCount > 0 || this.#next !== null;
  }

  remove(item) {
    item.remove();
    this.#showNone();
  }

  /** Somebody is through with it: on to the next one. */
  finish(item) {
    const next = item.nextElementSibling;
    this.remove(item);
    (next?.querySelector("button") ?? this.dialog.querySelector("[data-close]")).focus();
  }
}
