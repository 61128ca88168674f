/** Finding a group room among all there are, by parts of its name, and coming in; or making one. */

import { dialogOf } from "./dialog.js";
import { byId, hiddenText, make, place } from "./dom.js";
import { JoinClosed } from "./join-closed.js";
import { oneAtATime, orNotify } from "./notices.js";
import { roomLines, roomMark } from "./room-card.js";
import { t } from "./texts.js";

const TYPING_MS = 150; // nobody is asked for at each key
const WORDS_MAX = 5; // that the server looks for
const NAME_MIN = 2; // characters

export class FindRoom {
  #dialog = dialogOf("find-dialog");
  #list = byId("find-list");
  #more = byId("find-more");
  #name = byId("find-name");
  #opening = null; // stands for this opening: answers for an earlier one lead nowhere
  #asked = null; // stands for what was asked last: earlier answers are dropped
  #next = null;
  #rooms = [];
  #rows = new Map(); // roomId -> its row, which stays for who presses it just then
  #timer = null;

  /** `isMine(roomId)`; `onEnter(roomId, { quietly })` when a room was joined or made. */
  constructor(client, { isMine, onEnter }) {
    [this.client, this.isMine, this.onEnter] = [client, isMine, onEnter];
    this.closed = new JoinClosed(client);
    byId("find-open").addEventListener("click", () => this.open());
    this.#more.addEventListener("click", () => this.#load());
    this.#name.addEventListener("input", () => {
      byId("find-make").hidden = true; // until it is known that there is none
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#begin(), TYPING_MS);
    });
    byId("find-form").addEventListener("submit", (event) => {
      event.preventDefault();
      (this.#list.querySelector("button, input") ?? byId("find-make")).focus(); // what there is before what could be
    });
    byId("find-make").addEventListener("click", oneAtATime(() => this.#make()));
  }

  open(name = "") {
    this.#opening = {};
    this.#rows.clear();
    this.#name.value = name;
    this.#list.replaceChildren();
    for (const id of ["find-more", "find-make", "find-none"]) byId(id).hidden = true;
    this.#dialog.showModal();
    this.#name.focus();
    this.#begin();
  }

  #begin() {
    this.#asked = null;
    this.#next = null;
    this.#load();
  }

  async #load() {
    if (this.#asked) return; // it is on its way
    const asked = (this.#asked = { name: this.#name.value.trim(), after: this.#next });
    const found = await orNotify(() => this.#search(asked));
    if (this.#asked !== asked) return;
    this.#asked = null;
    if (found === undefined) return void (this.#more.hidden = false); // it tries again
    this.#next = found.next;
    this.#rooms = asked.after === null ? found.rooms : [...this.#rooms, ...found.rooms];
    this.#show(asked.name);
  }

  /** A page; on the first one stands the room that is called exactly so, wherever it would come. */
  async #search({ name, after }) {
    const q = name.split(/\s+/).slice(0, WORDS_MAX).join(" ");
    const found = await this.client.searchRooms({ q: q || undefined, after: after ?? undefined });
    if (after !== null || name === "") return found;
    const exact = found.rooms.find(({ roomName }) => roomName === name) ?? (found.next === null ? null : await this.#called(name));
    return exact === null ? found : { ...found, rooms: [exact, ...found.rooms] };
  }

  async #called(name) {
    const find = async () => this.client.roomCard((await this.client.findGroupRoom(name)).roomId);
    return find().catch(() => null);
  }

  #show(name) {
    const shown = new Map(this.#rooms.map((room) => [room.roomId, room])); // pages move while rooms do
    place(this.#list, [...shown.values()].map((room) => this.#row(room)));
    this.#more.hidden = this.#next === null;
    const isThere = this.#rooms.some(({ roomName }) => roomName === name);
    byId("find-make").hidden = [...name].length < NAME_MIN || isThere;
    byId("find-make-text").textContent = t("Make the room “%(name)s”", { name });
    byId("find-none").hidden = shown.size > 0;
    byId("find-none").textContent = name === "" ? t("There is no room yet. Write a name, and make the first one.") : t("No room is called so.");
  }

  #row(room) {
    const { roomId } = room;
    if (!this.#rows.has(roomId)) this.#rows.set(roomId, this.#made(room));
    return this.#rows.get(roomId);
  }

  #made(room) {
    const { roomId, roomName } = room;
    const isMine = room.isMine || this.isMine(roomId);
    const parts = [roomMark(room), roomLines(room)];
    if (!isMine && room.joining) {
      const opening = this.#opening;
      return make("li", { className: "room-card closed-room" }, ...parts, this.closed.form(room, () => this.#leaveTo(roomId, opening)));
    }
    const button = make(
      "button",
      { type: "button", className: isMine ? "button quiet" : "button", onclick: oneAtATime(() => this.#enter(roomId)) },
      hiddenText(`${roomName} `),
      isMine ? t("Open") : t("Join"),
    );
    return make("li", { className: "room-card" }, ...parts, button);
  }

  async #enter(roomId) {
    const opening = this.#opening;
    if (!this.isMine(roomId)) {
      const joined = await orNotify(() => this.client.joinRoom(roomId)); // if it was closed meanwhile, that says so
      if (joined === undefined) return;
    }
    this.#leaveTo(roomId, opening);
  }

  async #make() {
    const opening = this.#opening;
    const made = await orNotify(() => this.client.createRoom(this.#name.value.trim()));
    if (made !== undefined) this.#leaveTo(made.roomId, opening);
  }

  /** Who closed the dialog before the answer came, the one of that opening, is led nowhere. */
  #leaveTo(roomId, opening) {
    const quietly = !this.#dialog.open || this.#opening !== opening;
    if (!quietly) this.#dialog.close();
    this.onEnter(roomId, { quietly });
  }
}
