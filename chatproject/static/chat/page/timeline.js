/**
 * The messages of one room on the screen, and the position in them.
 *
 * Only a window of the room's messages is in the document, so that a long history costs no more than a short one. What
 * is looked at stays where it is, whatever comes above or below; at the newest message the view follows what comes.
 */

import { byId, make, place, redraw } from "./dom.js";
import { onFormattingLearned } from "./formatting.js";
import { listenForMenu } from "./menu-gestures.js";
import { drawMessage, signatureOf } from "./message.js";
import { showUnread } from "./message-meta.js";
import { Quotes } from "./quotes.js";
import { fillRun } from "./run.js";
import { dayOf, t } from "./texts.js";
import { timelineItems } from "./timeline-items.js";
import { TimelineWindow } from "./timeline-window.js";

const NEAR_PX = 800; // that close to an end of the window, more is brought
const AT_END_PX = 48;
const PAGE = 100; // messages of one request
const NOTES_MAX = 50;

export class Timeline {
  #scroller = byId("scroller");
  #list = byId("timeline");
  #older = byId("older");
  #elements = new Map(); // by an item's key
  #signatures = new WeakMap(); // of elements
  #shown = new WeakMap(); // element -> the message in it
  #frame = 0;
  #loading = null; // the room whose older messages are on their way
  #notes = []; // what happened beside the messages
  #room = null;
  #unreadAfter = null;
  #starts = false; // the position is still to be found
  #begun; // kept when it is
  #hasBegun;
  #client;
  #act;
  #onMove;
  #onDraw;
  #context;

  /**
   * `act`: what people want of a message; `openMenu(message, { element, point })`: whether it has one; `context()`: who
   * looks; `onMove()`: the position changed; `onDraw(element)`: a message is there, or is another than before.
   */
  constructor({ client, act, openMenu, context, onMove, onDraw }) {
    this.#onDraw = onDraw;
    this.#client = client;
    this.#act = act;
    this.#context = context;
    this.#onMove = onMove;
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#scroller.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("focusin", ({ target }) => this.#activate(target.closest(".message")));
    listenForMenu(this.#list, (element, point) => openMenu(this.#shown.get(element), { element, point }));
    onFormattingLearned(() => this.refresh());
    new ResizeObserver(() => this.isAtEnd && this.#toEnd()).observe(this.#scroller);
  }

  /** Show this room (null: none), from where the unread begin: after the seq `unreadAfter`, null if there are none. */
  open(room, { unreadAfter = null } = {}) {
    this.#room = room;
    this.#elements.clear();
    this.#list.replaceChildren();
    this.#notes = [];
    this.window = new TimelineWindow();
    this.quotes = room && new Quotes(this.#client, room, () => this.refresh());
    this.#unreadAfter = unreadAfter;
    this.isAtEnd = true;
    this.#start();
    if (room !== null) this.render();
  }

  /** Put these words below what has been said so far, as long as the room is open. */
  note(text) {
    this.#notes = [...this.#notes, { text, after: this.#room.lastSeq, key: Symbol(text) }].slice(-NOTES_MAX);
    this.refresh();
  }

  /** Draw with the next frame. */
  refresh() {
    this.#frame ||= requestAnimationFrame(() => this.render());
  }

  /** Begin again at the newest: the messages were replaced as a whole. */
  reset() {
    this.window = new TimelineWindow();
    this.quotes = new Quotes(this.#client, this.#room, () => this.refresh()); // what was missed may have deleted one
    this.#start();
    this.refresh();
  }

  /** A message is not what it was: of those in the room, or of those that they answer. */
  hear(message) {
    this.quotes.hear(message);
    this.refresh();
  }

  render() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const room = this.#room;
    if (room === null) return;
    const isEarly = this.#waitsForHistory();
    this.#older.hidden = !isEarly && this.#loading !== room;
    if (isEarly) return;
    this.window.settle(room.messages, this.isAtEnd);
    const shown = this.window.slice(room.messages);
    const isWhole = this.#endsWithNewest();
    const items = timelineItems({
      messages: shown,
      notes: isWhole ? this.#notes : this.#notes.filter(({ after }) => after < shown.at(-1).seq),
      pending: isWhole ? room.pending : [],
      runs: isWhole ? [...room.runs.values()] : [],
      unreadAfter: this.#unreadAfter,
      me: this.#context().me,
    });
    const hadFocus = this.#list.contains(document.activeElement);
    this.#keepPosition(() => place(this.#list, items.map((item) => this.#element(item))));
    if (hadFocus && !this.#list.contains(document.activeElement)) this.#scroller.focus({ preventScroll: true });
    this.#forget(items);
    if (this.#starts && room.messages.length > 0) this.#begin();
    this.#onMove();
  }

  /** A room in the list has its last message only; the rest is on its way. */
  #waitsForHistory() {
    return this.#starts && this.#room.state === "joining" && this.#client.state === "open";
  }

  /** The seq of the last message whose end is in sight; 0 where there is none. */
  lastSeen() {
    const end = this.#scroller.scrollTop + this.#scroller.clientHeight + 8;
    const messages = this.window.slice(this.#room.messages);
    for (let index = messages.length - 1; index >= 0; index -= 1) {
      const element = this.#elements.get(messages[index]);
      if (element && element.offsetTop + element.offsetHeight <= end) return messages[index].seq ?? 0;
    }
    return 0;
  }

  async toNewest() {
    const room = this.#room;
    if (room.isDetached) await room.returnToNewest();
    if (room !== this.#room) return;
    this.window = new TimelineWindow();
    this.isAtEnd = true;
    this.render();
    this.#toEnd();
    room.trim();
  }

  /** Bring message `seq` into the middle and point to it, loading what is around it. */
  async jumpTo(seq) {
    const room = this.#room;
    await this.#begun; // the history may be on its way
    if (room !== this.#room) return;
    const find = () => room.messages.find((one) => one.seq === seq);
    if (find() === undefined) await this.#bringTo(room, seq);
    const message = find();
    if (room !== this.#room || message === undefined) return;
    this.#endStart(); // where the messages were replaced
    this.window.showAround(room.messages, seq);
    this.isAtEnd = false;
    this.render();
    const element = this.#elements.get(message);
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
    element.classList.remove("pointed");
    void element.offsetWidth; // so that the same message can be pointed to twice
    element.classList.add("pointed");
  }

  // --- elements

  #element(item) {
    let element = this.#elements.get(item.key);
    if (element === undefined) this.#elements.set(item.key, (element = make("li", { onclick: ({ target }) => this.#press(target, item) })));
    if (item.kind === "message") this.#fill(element, item);
    else if (item.kind === "run") fillRun(element, item.run, this.#context().forRun(item.run));
    else this.#fillMark(element, item);
    return element;
  }

  #fillMark(element, { kind, at, text }) {
    const words = { day: () => dayOf(at), unread: () => t("New since your last visit"), note: () => text }[kind]();
    if (element.textContent === words) return; // "today" is "yesterday" one day
    element.className = kind;
    element.replaceChildren(make("span", { textContent: words }));
  }

  #fill(element, item) {
    const quote = item.message.replyTo === null ? null : this.quotes.of(item.message.replyTo);
    const shown = { ...this.#context().shownOf(item, quote), quote };
    const signature = signatureOf(item, shown);
    if (this.#signatures.get(element) === signature) return void showUnread(element, shown.unread);
    this.#signatures.set(element, signature);
    this.#shown.set(element, item.message);
    const hadFocus = element.contains(document.activeElement);
    redraw(element, drawMessage(item, shown));
    this.#onDraw(element);
    if (!hadFocus) return;
    if (!element.contains(document.activeElement)) element.focus({ preventScroll: true }); // what had it is gone
    this.#activate(element);
  }

  #press(target, { message }) {
    const button = target.closest("[data-act]");
    if (button !== null) this.#act[button.dataset.act](message, button);
  }

  #forget(items) {
    const keys = new Set(items.map((item) => item.key));
    for (const key of this.#elements.keys()) if (!keys.has(key)) this.#elements.delete(key);
  }

  // --- position

  #start() {
    if (!this.#starts) this.#begun = new Promise((resolve) => { this.#hasBegun = resolve; });
    this.#starts = true;
  }

  #endStart() {
    this.#starts = false;
    this.#hasBegun();
  }

  #begin() {
    this.#endStart();
    const mark = this.#elements.get("unread");
    this.#toEnd();
    if (mark) {
      this.#scroller.scrollTop = Math.min(this.#scroller.scrollTop, mark.offsetTop - 24);
      this.isAtEnd = this.#distanceToEnd() < AT_END_PX;
    }
    if (this.#scroller.scrollHeight === this.#scroller.clientHeight) this.#bringOlder(); // nobody can scroll up to it
  }

  #keepPosition(change) {
    const follows = this.isAtEnd && this.#endsWithNewest();
    const anchor = follows ? null : this.#firstInSight();
    const before = anchor === null ? 0 : anchor.offsetTop - this.#scroller.scrollTop;
    change();
    if (follows) this.#toEnd();
    else if (anchor?.isConnected) {
      const top = anchor.offsetTop - before;
      if (Math.abs(top - this.#scroller.scrollTop) >= 1) this.#scroller.scrollTop = top;
    }
  }

  #firstInSight() {
    const top = this.#scroller.scrollTop;
    const elements = this.#list.children;
    let low = 0;
    let high = elements.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (elements[middle].offsetTop + elements[middle].offsetHeight > top) high = middle;
      else low = middle + 1;
    }
    // a day's line may go when messages come before it: hold on to a message
    let element = elements[low] ?? null;
    while (element?.nextElementSibling && !element.classList.contains("message")) element = element.nextElementSibling;
    return element;
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #distanceToEnd() {
    return this.#scroller.scrollHeight - this.#scroller.scrollTop - this.#scroller.clientHeight;
  }

  #scrolled() {
    if (this.#room === null) return;
    const wasAtEnd = this.isAtEnd;
    this.isAtEnd = this.#endsWithNewest() && this.#distanceToEnd() < AT_END_PX;
    if (this.isAtEnd && !wasAtEnd) this.#room.trim();
    if (this.#scroller.scrollTop < NEAR_PX) this.#bringOlder();
    else if (this.#distanceToEnd() < NEAR_PX) this.#bringNewer();
    this.#onMove();
  }

  async #bringOlder() {
    const room = this.#room;
    if (this.window.moveUp(room.messages)) {
      this.render();
      return;
    }
    if (this.#loading === room || !room.hasOlder || room.messages.length === 0) return;
    this.#loading = room;
    this.#older.hidden = false;
    const page = await room.loadOlder(PAGE).catch(() => null); // the next scroll tries again
    if (this.#loading === room) this.#loading = null;
    if (room !== this.#room) return;
    if (page !== null) this.window.moveUp(room.messages);
    this.render();
  }

  async #bringNewer() {
    const room = this.#room;
    if (this.window.moveDown(room.messages)) this.refresh();
    else if (room.isDetached) await room.loadNewer(PAGE).then(() => this.refresh(), () => null); // the next scroll tries again
  }

  /** Near ones with what lies between; else the messages around it take the place of those here. */
  async #bringTo(room, seq) {
    const isNear = !room.isDetached && room.messages[0]?.seq - seq < PAGE;
    if (isNear && seq < room.messages[0].seq) await room.loadOlder(2 * PAGE);
    else await room.loadAround(seq, PAGE);
  }

  /** Does what is in the document end with the room's newest message? */
  #endsWithNewest() {
    return this.window.followsNewest && !this.#room.isDetached;
  }

  // --- keyboard

  #activate(message) {
    for (const button of this.#list.querySelectorAll("button[tabindex='0']")) button.tabIndex = -1;
    for (const button of message?.querySelectorAll("button") ?? []) button.tabIndex = 0;
  }

  #key(event) {
    const steps = { ArrowUp: -1, ArrowDown: 1 };
    if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    const messages = [...this.#list.querySelectorAll(".message")];
    const at = messages.indexOf(document.activeElement?.closest(".message"));
    const next = at < 0 ? messages.at(-1) : messages[at + steps[event.key]];
    if (next === undefined) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
}
