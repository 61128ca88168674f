/** Deleting with a way back: for some seconds a message is only shown as going; then, or when the page is left, it goes. */

import { byId } from "./dom.js";
import { announce, notify } from "./notices.js";
import { failureOf, t, tn } from "./texts.js";

const UNDO_MS = 5_000;

export class Undo {
  #going = new Map(); // placeOf(message) -> { message, timer }; timer null: the server has been told
  #box = byId("undo");
  #words = byId("undo-text");

  /** `onChange()`: another picture of some message; `access()`: the token for a request that outlives the page. */
  constructor(client, { onChange, access }) {
    this.client = client;
    this.onChange = onChange;
    this.access = access;
    byId("undo-all").addEventListener("click", () => this.#keepAll());
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("visibilitychange", () => document.hidden && this.#leave()); // phones may end it there
  }

  delete(message) {
    const place = placeOf(message);
    if (this.#going.has(place)) return;
    this.#going.set(place, { message, timer: setTimeout(() => this.#due(place), UNDO_MS) });
    announce(t("Deleted. For 5 seconds this can be undone."));
    this.#show();
  }

  keep(message) {
    const going = this.#going.get(placeOf(message));
    if (!going?.timer) return;
    clearTimeout(going.timer);
    this.#going.delete(placeOf(message));
    this.#show();
  }

  /** null: it stays; "undo": it can still be kept; "deleting": no more. */
  stateOf(message) {
    const going = this.#going.get(placeOf(message));
    if (going === undefined) return null;
    return going.timer === null ? "deleting" : "undo";
  }

  #keepAll() {
    for (const { message } of this.#undoable()) this.keep(message);
  }

  #undoable() {
    return [...this.#going.values()].filter(({ timer }) => timer !== null);
  }

  /** Who is at the button just now gets the time again. */
  #due(place) {
    const going = this.#going.get(place);
    const isHeld = this.#box.matches(":focus-within, :hover") || document.activeElement?.dataset.act === "undo";
    if (isHeld) going.timer = setTimeout(() => this.#due(place), UNDO_MS);
    else this.#tell(going, () => this.#ask(going.message));
  }

  async #tell(going, request) {
    clearTimeout(going.timer);
    going.timer = null;
    this.#show();
    try {
      if (going.message.deletedAt === null) await request();
    } catch (error) {
      notify(failureOf(error));
    }
    this.#going.delete(placeOf(going.message));
    this.#show();
  }

  #leave() {
    for (const going of this.#undoable()) this.#tell(going, () => this.#askAtOnce(going.message));
  }

  #ask(message) {
    return this.client.room(message.roomId).delete(message);
  }

  async #askAtOnce(message) {
    const address = `/v1/chat/room/${message.roomId}/message/${message.seq}`;
    const options = { method: "DELETE", keepalive: true, headers: { access: this.access() } };
    const isDone = await fetch(address, options).then(({ ok }) => ok, () => false);
    if (!isDone) await this.#ask(message); // which says what is wrong, or tries until there is a connection
  }

  #show() {
    const { length: count } = this.#undoable();
    this.#box.hidden = count === 0;
    this.#words.textContent = count === 0 ? "" : count === 1 ? t("Deleted.") : tn("%(count)s message deleted.", "%(count)s messages deleted.", { count });
    this.onChange();
  }
}

const placeOf = ({ roomId, seq }) => `${roomId} ${seq}`;
