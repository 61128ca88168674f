/** Leaving a room: asked before, with what is lost by it; for some seconds it can be undone; then, or when the page is left, it is told. */

import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { announce, orNotify } from "./notices.js";
import { failureOf, t, tn } from "./texts.js";

const UNDO_MS = 6_000;

export class Leaving {
  #client;
  #dialog = dialogOf("leave-dialog");
  #losses = byId("leave-losses");
  #yes = byId("leave-yes");
  #box = byId("leave-undo");
  #asked = null; // { roomId, name }, an object of its own each time it is asked
  #going = new Map(); // roomId -> { name, timer }; timer null: the server has been told

  /**
   * `access()`: the token, for a request that outlives the page; `onOut(roomId)`: one is on the way out of there;
   * `onBack(roomId)`: one stays; `onGone(roomId)`: it is done.
   */
  constructor(client, { access, onOut, onBack, onGone }) {
    [this.#client, this.access] = [client, access];
    [this.onOut, this.onBack, this.onGone] = [onOut, onBack, onGone];
    this.#yes.addEventListener("click", () => this.#go());
    byId("leave-undo-all").addEventListener("click", () => this.#stay());
    addEventListener("pagehide", () => this.#leaveAtOnce());
    document.addEventListener("visibilitychange", () => document.hidden && this.#leaveAtOnce()); // phones may end it there
  }

  /** Whether this member is on the way out of there. */
  has(roomId) {
    return this.#going.has(roomId);
  }

  async ask({ room, name }) {
    const asked = (this.#asked = { roomId: room.roomId, name });
    byId("leave-name").textContent = name;
    this.#losses.replaceChildren(make("li", { textContent: t("One moment…") }));
    this.#yes.textContent = t("Leave");
    this.#yes.disabled = true;
    this.#dialog.showModal();
    const card = await room.loadRules().catch((error) => error);
    if (this.#asked !== asked) return;
    if (card instanceof Error) return void this.#losses.replaceChildren(make("li", { textContent: failureOf(card) }));
    this.#losses.replaceChildren(...lossesOf(card).map((textContent) => make("li", { textContent })));
    if (card.memberCount === 1) this.#yes.textContent = t("Leave, and delete the room");
    this.#yes.disabled = false;
  }

  #go() {
    const { roomId, name } = this.#asked;
    this.#dialog.close();
    if (this.#going.has(roomId)) return;
    this.#going.set(roomId, { name, timer: setTimeout(() => this.#due(roomId), UNDO_MS) });
    announce(t("You left. For 6 seconds this can be undone."));
    this.#show();
    this.onOut(roomId);
  }

  /** Back into this room, or into all of them. */
  #stay() {
    for (const [roomId, { timer }] of this.#going) if (timer !== null) this.keep(roomId);
  }

  keep(roomId) {
    const going = this.#going.get(roomId);
    if (!going?.timer) return;
    clearTimeout(going.timer);
    this.#going.delete(roomId);
    this.#show();
    this.onBack(roomId);
  }

  /** Who is at the button just now gets the time again. */
  #due(roomId) {
    const going = this.#going.get(roomId);
    if (this.#box.matches(":focus-within, :hover")) going.timer = setTimeout(() => this.#due(roomId), UNDO_MS);
    else this.#tell(roomId, () => this.#client.leaveRoom(roomId));
  }

  async #tell(roomId, request) {
    const going = this.#going.get(roomId);
    clearTimeout(going.timer);
    going.timer = null;
    this.#show();
    const isGone = (await orNotify(() => request().then(() => true))) ?? false;
    if (isGone) await this.onGone(roomId);
    this.#going.delete(roomId);
    if (!isGone) this.onBack(roomId);
  }

  #leaveAtOnce() {
    for (const [roomId, { timer }] of this.#going) if (timer !== null) this.#tell(roomId, () => this.#askAtOnce(roomId));
  }

  async #askAtOnce(roomId) {
    const options = { method: "DELETE", keepalive: true, headers: { access: this.access() } };
    const isDone = await fetch(`/v1/chat/room/group/${roomId}/leave`, options).then(({ ok }) => ok, () => false);
    if (!isDone) await this.#client.leaveRoom(roomId); // which says what is wrong
  }

  #show() {
    const undoable = [...this.#going.values()].filter(({ timer }) => timer !== null);
    this.#box.hidden = undoable.length === 0;
    const { length: count } = undoable;
    byId("leave-undo-text").textContent =
      count === 0 ? "" : count === 1 ? t("You left “%(name)s”.", undoable[0]) : tn("You left %(count)s room.", "You left %(count)s rooms.", { count });
  }
}

/** What this member has no more, or others have not. */
function lossesOf({ role, memberCount, joining = "open" }) {
  if (memberCount === 1) return [t("You are the last one here. The room is deleted with all that was said in it.")];
  const losses = [];
  if (role === "owner") losses.push(t("You own this room. It passes to another member; to choose whom, hand it over first."));
  if (role === "manager") losses.push(t("You do not manage it any more, also when you come back."));
  if (joining === "code") losses.push(t("To come back you need its join code."));
  else if (joining === "approval") losses.push(t("To come back a manager has to let you in."));
  else losses.push(t("What was said stays there, and you can come back."));
  return losses;
}
