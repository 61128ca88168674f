/** The notice on top of the open room: as a line, in full, or folded away by this member until there is another one. */

import { copyCodeOf } from "./clipboard.js";
import { byId, redraw } from "./dom.js";
import { lineOf, wordsOf } from "./file-words.js";
import { formatted, onFormattingLearned } from "./formatting.js";
import { later } from "./later.js";
import { announce, oneAtATime, orNotify } from "./notices.js";
import { store, stored } from "./session.js";
import { speakerOf } from "./speaker.js";
import { t } from "./texts.js";

export class PinnedNotice {
  #client;
  #mayPin;
  #section = byId("pinned");
  #toggle = byId("pinned-toggle");
  #whole = byId("pinned-whole");
  #text = byId("pinned-text");
  #room = null;
  #heard = null; // the seq of the notice that was there or told already

  /** `mayPin()`: in the open room; `nameOf(memberId)`, as far as known; `onJump(seq)`: show that message. */
  constructor(client, { mayPin, nameOf, onJump }) {
    this.#client = client;
    this.#mayPin = mayPin;
    this.onJump = onJump;
    this.history = later(({ NoticeHistory }) => new NoticeHistory(client, { nameOf, onJump }));
    this.#toggle.addEventListener("click", () => this.#unfold(this.#whole.hidden));
    this.#section.addEventListener("keydown", ({ key }) => key === "Escape" && this.#close());
    this.#text.addEventListener("click", ({ target }) => copyCodeOf(target));
    byId("pinned-jump").addEventListener("click", () => this.#jump());
    byId("pinned-history").addEventListener("click", () => this.history.open(this.#room));
    byId("pinned-fold").addEventListener("click", () => this.#fold());
    byId("pinned-show").addEventListener("click", () => this.#takeOut());
    byId("pinned-down").addEventListener("click", oneAtATime(() => this.#takeDown()));
    client.on("pinned", ({ room }) => room === this.#room && this.#hear());
    onFormattingLearned(() => this.refresh());
  }

  /** Of this room; null: none is open. */
  open(room) {
    this.#room = room;
    this.#heard = room?.pinned ?? null;
    this.#unfold(false);
    this.refresh();
  }

  /** What may be done, or how the text looks, may have changed. */
  refresh() {
    const message = this.#room?.pinnedMessage ?? null;
    const hadFocus = this.#section.contains(document.activeElement);
    const isFolded = message !== null && stored("localStorage", this.#key()) === String(message.seq);
    this.#section.hidden = message === null;
    this.#section.classList.toggle("folded", isFolded);
    byId("pinned-show").hidden = !isFolded;
    byId("pinned-bar").hidden = isFolded;
    byId("pinned-down").hidden = !this.#mayPin();
    if (message !== null) this.#fill(message);
    else for (const part of [this.#text, byId("pinned-line"), byId("pinned-who")]) part.replaceChildren(); // it may be deleted
    if (hadFocus && message === null) byId("room-name").focus({ preventScroll: true }); // what had it is gone
  }

  #fill(message) {
    const drawn = this.#text.cloneNode();
    drawn.append(...formatted(message.message || wordsOf(message)));
    redraw(this.#text, drawn);
    byId("pinned-line").textContent = lineOf(message);
    byId("pinned-who").textContent = speakerOf(message);
  }

  #hear() {
    const { pinned, pinnedMessage } = this.#room;
    if (pinned !== this.#heard) this.#unfold(false);
    this.refresh();
    if (pinned === this.#heard || (pinned !== null && pinnedMessage === null)) return; // not at hand yet
    this.#heard = pinned;
    if (pinned === null) announce(t("The notice was taken down."));
    else announce(t("New notice: %(text)s", { text: wordsOf(pinnedMessage) }), pinnedMessage);
  }

  // --- what one does with it

  #unfold(isWhole) {
    this.#whole.hidden = !isWhole;
    this.#toggle.setAttribute("aria-expanded", String(isWhole));
  }

  #close() {
    if (this.#whole.hidden) return;
    this.#unfold(false);
    this.#toggle.focus();
  }

  #jump() {
    this.#unfold(false);
    this.onJump(this.#room.pinned);
  }

  #fold() {
    store("localStorage", this.#key(), String(this.#room.pinned));
    this.#unfold(false);
    this.refresh();
    byId("pinned-show").focus();
  }

  #takeOut() {
    store("localStorage", this.#key(), null);
    this.refresh();
    this.#toggle.focus();
  }

  async #takeDown() {
    const room = this.#room;
    await orNotify(() => room.pin(room.pinnedMessage, false));
  }

  #key() {
    return `chatNoticeFolded ${this.#client.me?.memberId} ${this.#room.roomId}`;
  }
}
