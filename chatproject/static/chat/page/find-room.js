/** Finding a group room, joining it (with a code, or by asking), or making one. */

import { dialogOf } from "./dialog.js";
import { avatar, byId, make, place } from "./dom.js";
import { JoinClosed } from "./join-closed.js";
import { oneAtATime, orNotify } from "./notices.js";
import { t } from "./texts.js";

const PAGES_AT_ONCE = 3; // of five rooms each

export class FindRoom {
  #dialog = dialogOf("find-dialog");
  #list = byId("find-list");
  #more = byId("find-more");
  #name = byId("find-name");
  #page = 0;
  #rooms = [];

  /** `isMine(roomId)`; `onEnter(roomId, { quietly })` when a room was joined or made. */
  constructor(client, { isMine, onEnter }) {
    this.client = client;
    this.isMine = isMine;
    this.onEnter = onEnter;
    this.closed = new JoinClosed(client);
    byId("find-open").addEventListener("click", () => this.open());
    this.#more.addEventListener("click", () => this.#load());
    this.#name.addEventListener("input", () => this.#show());
    byId("find-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#find();
    });
    byId("find-make").addEventListener("click", oneAtATime(() => this.#make()));
  }

  open() {
    this.#rooms = [];
    this.#page = 0;
    this.#name.value = "";
    this.#more.hidden = true;
    this.#show();
    this.#dialog.showModal();
    this.#name.focus();
    this.#load();
  }

  async #load() {
    const rooms = this.#rooms; // those of this opening
    for (let pages = 0; pages < PAGES_AT_ONCE; pages += 1) {
      const found = await orNotify(() => this.client.groupRooms(this.#page));
      if (this.#rooms !== rooms) return;
      this.#more.hidden = found?.hasNext === false; // after a failure it tries again
      if (found === undefined) break;
      this.#page += 1;
      this.#add(found.rooms);
      if (!found.hasNext) break;
    }
    this.#show();
  }

  #add(found) {
    const known = new Set(this.#rooms.map(({ roomId }) => roomId)); // pages move when rooms are made
    const others = found.filter(({ roomId }) => !known.has(roomId));
    this.#rooms.push(...others.map((room) => ({ ...room, row: this.#row(room) }))); // it stays, for who presses it just then
  }

  /** The whole name finds a room on any page. */
  async #find() {
    const name = this.#name.value.trim();
    if (name === "") return;
    try {
      this.#add([await this.client.findGroupRoom(name)]);
    } catch (error) {
      if (error.status !== 404 && error.status !== 400) await orNotify(() => Promise.reject(error));
    }
    this.#show();
    if (this.#name.value.trim() !== name) return; // somebody who writes on is not to be interrupted
    const exact = this.#rooms.find(({ roomName }) => roomName === name);
    if (exact) exact.row.querySelector("button").focus();
    else byId("find-make").focus();
  }

  #show() {
    const name = this.#name.value.trim();
    const wanted = name.toLocaleLowerCase();
    const shown = this.#rooms.filter(({ roomName }) => roomName.toLocaleLowerCase().includes(wanted));
    place(this.#list, shown.map(({ row }) => row));
    const canMake = name.length >= 2 && !this.#rooms.some(({ roomName }) => roomName === name);
    byId("find-make").hidden = !canMake;
    byId("find-make-text").textContent = t("Make the room “%(name)s”", { name });
    byId("find-none").hidden = shown.length > 0 || name === "";
  }

  #row(room) {
    const { roomId, roomName } = room;
    const isMine = this.isMine(roomId);
    const mark = avatar(roomName, roomId, { className: "group" });
    const name = make("span", { textContent: roomName });
    if (!isMine && room.joining) return make("li", { className: "closed-room" }, mark, name, this.closed.form(room, () => this.#leaveTo(roomId, this.#rooms)));
    const button = make("button", {
      type: "button",
      className: isMine ? "button quiet" : "button",
      textContent: isMine ? t("Open") : t("Join"),
      "aria-label": isMine ? t("Open %(name)s", { name: roomName }) : t("Join %(name)s", { name: roomName }),
      onclick: () => this.#enter(roomId),
    });
    return make("li", {}, mark, name, button);
  }

  async #enter(roomId) {
    const rooms = this.#rooms;
    if (!this.isMine(roomId)) {
      const joined = await orNotify(() => this.client.joinRoom(roomId)); // if it was closed meanwhile, that says so
      if (joined === undefined) return;
    }
    this.#leaveTo(roomId, rooms);
  }

  async #make() {
    const rooms = this.#rooms;
    const made = await orNotify(() => this.client.createRoom(this.#name.value.trim()));
    if (made !== undefined) this.#leaveTo(made.roomId, rooms);
  }

  /** Who closed the dialog before the answer came, the one that showed these `rooms`, is led nowhere. */
  #leaveTo(roomId, rooms) {
    const quietly = !this.#dialog.open || this.#rooms !== rooms;
    if (!quietly) this.#dialog.close();
    this.onEnter(roomId, { quietly });
  }
}
