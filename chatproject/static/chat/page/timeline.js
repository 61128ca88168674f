/**
 * The messages of one room on the screen, and the position in them.
 *
 * Only a window of the room's messages is in the document, so that a long history costs no more than a short one. What
 * is looked at stays where it is, whatever comes above or below; at the newest message the view follows what comes.
 */

import { byId, place } from "./dom.js";
import { FloatingDay } from "./floating-day.js";
import { onFormattingLearned } from "./formatting.js";
import { listenForMenu } from "./menu-gestures.js";
import { listenForSwipes } from "./swipe-gestures.js";
import { Quotes } from "./quotes.js";
import { TimelineElements } from "./timeline-elements.js";
import { timelineItems } from "./timeline-items.js";
import { activate, listenForKeys } from "./timeline-keys.js";
import { TimelinePosition } from "./timeline-position.js";
import { TimelineWindow } from "./timeline-window.js";

const NEAR_PX = 800; // that close to an end of the window, more is brought
const PAGE = 100; // messages of one request
const NOTES_MAX = 50;

export class Timeline {
  #scroller = byId("scroller");
  #list = byId("timeline");
  #older = byId("older");
  #position = new TimelinePosition(this.#scroller, this.#list);
  #elements;
  #day = new FloatingDay();
  #frame = 0;
  #loading = null; // the room whose older messages are on their way
  #notes = []; // what happened beside the messages
  #room = null;
  #unreadAfter = null;
  #starts = false; // the position is still to be found
  #begun; // kept when it is
  #hasBegun;
  #client;
  #top = 0; // where it was at the last scroll
  #onMove;
  #context;

  /**
   * `act`: what people want of a message; `openMenu(message, { element, point })`: whether it has one; `mayReply(message)`;
   * `context()`: who looks; `onMove()`: the position changed; `onDraw(element)`: a message is there, or is another than before.
   */
  constructor({ client, act, openMenu, mayReply, context, onMove, onDraw }) {
    this.#client = client;
    this.#elements = new TimelineElements({ act, onDraw, onRedrawn: (element) => activate(this.#list, element) });
    this.#context = context;
    this.#onMove = onMove;
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    listenForKeys(this.#scroller, this.#list);
    listenForMenu(this.#list, (element, point) => openMenu(this.#elements.messageIn(element), { element, point }));
    listenForSwipes(this.#list, { mayReply: (element) => mayReply(this.#elements.messageIn(element)), onReply: (element) => act.reply(this.#elements.messageIn(element)) });
    onFormattingLearned(() => this.refresh());
    new ResizeObserver(() => this.isAtEnd && this.#position.goToEnd()).observe(this.#scroller);
  }

  /** Show this room (null: none), from where the unread begin: after the seq `unreadAfter`, null if there are none. */
  open(room, { unreadAfter = null } = {}) {
    this.#room = room;
    this.#elements.clear();
    this.#list.replaceChildren();
    this.#day.hide();
    this.#notes = [];
    this.window = new TimelineWindow();
    this.quotes = room && new Quotes(this.#client, room, () => this.refresh());
    this.#unreadAfter = unreadAfter;
    this.isAtEnd = true;
    this.#top = 0; // not where the room before was
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

  /** Draw at once, and stay with what is looked at, also at the end: something there becomes longer. */
  renderInPlace() {
    this.isAtEnd = false;
    this.render();
    this.#scrolled();
  }

  /** Begin again at the newest: the messages were replaced as a whole. `unreadAfter` as for `open`; else as it was. */
  reset({ unreadAfter = this.#unreadAfter } = {}) {
    this.#unreadAfter = unreadAfter;
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
      isCut: room.firstSeq > 1 && !room.hasOlder && shown[0] === room.messages[0],
    });
    const hadFocus = this.#list.contains(document.activeElement);
    const follows = this.isAtEnd && this.#endsWithNewest();
    this.#position.keep(() => place(this.#list, this.#draw(items)), { follows });
    if (hadFocus && !this.#list.contains(document.activeElement)) this.#scroller.focus({ preventScroll: true });
    this.#elements.keepOnly(items);
    if (this.#starts && room.messages.length > 0) this.#begin();
    this.#onMove();
  }

  /** A room in the list has its last message only; the rest is on its way. */
  #waitsForHistory() {
    return this.#starts && this.#room.state === "joining" && this.#client.state === "open";
  }

  /** The seq of the last message whose end is in sight; 0 where there is none. */
  lastSeen() {
    const messages = this.window.slice(this.#room.messages);
    for (let index = messages.length - 1; index >= 0; index -= 1) {
      const element = this.#elements.get(messages[index]);
      if (element && this.#position.hasSeen(element)) return messages[index].seq ?? 0;
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
    this.#position.goToEnd();
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

  #draw(items) {
    const quoteOf = ({ replyTo }) => (replyTo === null ? null : this.quotes.of(replyTo));
    const context = this.#context();
    return items.map((item) => this.#elements.draw(item, context, quoteOf));
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
    this.#position.goToEnd();
    if (mark) {
      this.#position.top = Math.min(this.#position.top, mark.offsetTop - 24);
      this.isAtEnd = this.#position.isAtEnd;
    }
    if (this.#position.isAllInSight) this.#bringOlder(); // nobody can scroll up to it
  }

  #scrolled() {
    if (this.#room === null) return;
    const wasAtEnd = this.isAtEnd;
    const hasLeft = this.#position.top < this.#top; // else what is below became longer, and this is heard late
    if (wasAtEnd && !hasLeft && !this.#position.isAtEnd) this.#position.goToEnd();
    this.#top = this.#position.top;
    this.isAtEnd = this.#endsWithNewest() && this.#position.isAtEnd;
    if (this.isAtEnd && !wasAtEnd) this.#room.trim();
    if (this.isAtEnd) this.#day.hide(); // what comes moves it, too
    else this.#day.moved(this.#position);
    if (this.#position.top < NEAR_PX) this.#bringOlder();
    else if (this.#position.toEnd < NEAR_PX) this.#bringNewer();
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
}
