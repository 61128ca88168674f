/**
 * The list that an @ opens over a text field: members of the room, and everyone for those who may call them all.
 *
 * The field keeps the focus and stays a text field; aria-activedescendant says which name is chosen. Nothing is picked
 * by the keys of an input method that still composes. Who was picked is kept beside the text, by id.
 */

import { avatar, make, place } from "./dom.js";
import { beginsWith } from "./hangul.js";
import { queryAt, stillIn, withMention } from "./mention-text.js";
import { announce } from "./notices.js";
import { t, tn } from "./texts.js";

const SHOWN_MAX = 8;
const PAGE = 100; // members of one request
const ASK_AFTER_MS = 150; // without a key
const IME_KEY_CODE = 229;

const everyoneName = () => t("everyone"); // @모두

export class MentionPicker {
  #field;
  #list;
  #loadMembers;
  #known = new Map(); // memberId -> name, of the room
  #isComplete = false; // those are all
  #me = null;
  #room = 0; // counts the rooms: an answer about an earlier one is dropped
  #timer = null;
  #options = []; // shown
  #chosen = 0;
  #at = null; // { start, query } of the mention that is written
  #dismissed = null; // where Escape closed the list
  picked = []; // [{ memberId, name }], null for everyone
  mayCallAll = false; // everyone may be picked
  #kept = { mentions: [], everyone: false }; // of a message that is changed: those whose names do not stand in its text

  /** `loadMembers({ limit, prefix })`: a page of the room's members; `onPick()`: the text changed. */
  constructor(field, list, { loadMembers, onPick }) {
    [this.#field, this.#list, this.#loadMembers, this.onPick] = [field, list, loadMembers, onPick];
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    for (const name of ["input", "click", "keyup"]) field.addEventListener(name, () => this.#look());
    field.addEventListener("blur", () => this.close());
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", ({ target }) => {
      const at = [...list.children].indexOf(target.closest("[role=option]"));
      if (at >= 0) this.#pick(this.#options[at]);
    });
  }

  /** The members of another room from now on; `picked` stand in its text already. */
  open({ me, picked = [] }) {
    this.#room += 1;
    this.#known.clear();
    this.#isComplete = false;
    [this.#me, this.#dismissed] = [me, null];
    this.mayCallAll = false;
    this.take(picked);
    this.close();
  }

  /** These stand in the text now; of a `message` that is changed, whom else it mentions stays mentioned. */
  take(picked, { message: text = "", mentions = [], everyone = false } = {}) {
    this.picked = picked;
    const placed = stillIn(text, picked).map(({ memberId }) => memberId);
    this.#kept = { mentions: mentions.filter((id) => !placed.includes(id)), everyone: everyone && !placed.includes(null) };
  }

  /** What of the picked ones stands in the text, as a message has it. */
  mentions() {
    this.picked = stillIn(this.#field.value, this.picked);
    const ids = this.picked.map(({ memberId }) => memberId);
    const members = [...this.#kept.mentions, ...ids.filter((id) => id !== null)];
    return { mentions: [...new Set(members)], everyone: this.#kept.everyone || ids.includes(null) };
  }

  /** Whether the key was for the list. */
  press(event) {
    if (this.#list.hidden || event.isComposing || event.keyCode === IME_KEY_CODE) return false;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    const acts = {
      ArrowDown: () => this.#choose(this.#chosen + 1),
      ArrowUp: () => this.#choose(this.#chosen - 1),
      Enter: () => this.#pick(this.#options[this.#chosen]),
      Tab: () => this.#pick(this.#options[this.#chosen]),
      Escape: () => this.#dismiss(),
    };
    if (!(event.key in acts)) return false;
    event.preventDefault();
    acts[event.key]();
    return true;
  }

  /** Nothing is picked, and no list that is on its way opens. */
  close() {
    clearTimeout(this.#timer);
    this.#at = null;
    this.#hide();
  }

  #hide() {
    this.#list.hidden = true;
    this.#options = [];
    this.#field.removeAttribute("aria-activedescendant");
  }

  #dismiss() {
    this.#dismissed = this.#at.start;
    this.#hide();
  }

  #look() {
    const { value, selectionStart, selectionEnd } = this.#field;
    const at = selectionStart === selectionEnd ? queryAt(value, selectionStart) : null;
    if (at === null || at.start !== this.#dismissed) this.#dismissed = null;
    if (at?.start === this.#at?.start && at?.query === this.#at?.query && !this.#list.hidden) return;
    this.#at = at;
    if (at === null) return void this.close();
    if (this.#dismissed !== null) return void this.#hide();
    this.#show();
    clearTimeout(this.#timer);
    if (!this.#isComplete) this.#timer = setTimeout(() => this.#ask(at.query), this.#known.size === 0 ? 0 : ASK_AFTER_MS);
  }

  async #ask(prefix) {
    const room = this.#room;
    const page = await this.#loadMembers({ limit: PAGE, prefix: prefix || undefined }).catch(() => null);
    if (room !== this.#room || page === null) return;
    for (const { memberId, nickName } of page.members) this.#known.set(memberId, nickName);
    this.#isComplete ||= prefix === "" && page.next === null;
    if (this.#at !== null && this.#dismissed === null && document.activeElement === this.#field) this.#show();
  }

  #show() {
    const { query } = this.#at;
    const members = [...this.#known].map(([memberId, name]) => ({ memberId, name }));
    const all = this.mayCallAll ? [{ memberId: null, name: everyoneName() }] : [];
    const found = [...members, ...all].filter(({ memberId, name }) => memberId !== this.#me && beginsWith(name, query));
    const options = found.slice(0, SHOWN_MAX);
    if (options.length === 0) return void this.#hide();
    const wasHidden = this.#list.hidden;
    const before = this.#options[this.#chosen];
    this.#options = options;
    place(this.#list, options.map((who, at) => this.#option(who, at)));
    this.#list.hidden = false;
    this.#choose(Math.max(0, options.findIndex(({ memberId }) => before !== undefined && memberId === before.memberId)));
    if (wasHidden) announce(tn("%(count)s name; the arrow keys choose, Enter mentions.", "%(count)s names; the arrow keys choose, Enter mentions.", { count: options.length }));
  }

  #option({ memberId, name }, at) {
    const id = `${this.#list.id}-${at}`;
    const about = memberId === null ? make("small", { textContent: t("all who are in the room") }) : null;
    return make("li", { id, role: "option", "aria-selected": "false" }, avatar(memberId === null ? "@" : name, memberId), make("span", { textContent: name }), about);
  }

  #choose(at) {
    this.#chosen = (at + this.#options.length) % this.#options.length;
    for (const [place, option] of [...this.#list.children].entries()) option.setAttribute("aria-selected", String(place === this.#chosen));
    const option = this.#list.children[this.#chosen];
    this.#field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #pick(who) {
    const { value, selectionStart } = this.#field;
    const { text, caret } = withMention(value, { start: this.#at.start, caret: selectionStart, name: who.name });
    if (!this.picked.some(({ memberId }) => memberId === who.memberId)) this.picked = [...this.picked, who];
    this.close();
    this.#field.value = text;
    this.#field.setSelectionRange(caret, caret);
    this.onPick();
  }
}
