/** Finding a group room, joining it, or making one. */

import { dialogOf } from "./dialog.js";
import { avatar, byId, make } from "./dom.js";
import { orNotify } from "./notices.js";
import { t } from "./texts.js";

const PAGES_AT_ONCE = 3; // of five rooms each

export class FindRoom {
  #dialog = dialogOf("find-dialog");
  #list = byId("find-list");
  #more = byId("find-more");
  #name = byId("find-name");
  #page = 0;
  #rooms = [];

  /** `isMine(roomId)`; `onEnter(roomId)` when a room was joined or made. */
  constructor(client, { isMine, onEnter }) {
    this.client = client;
    this.isMine = isMine;
    this.onEnter = onEnter;
    byId("find-open").addEventListener("click", () => this.open());
    this.#more.addEventListener("click", () => this.#load());
    this.#name.addEventListener("input", () => this.#show());
    byId("find-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#find();
    });
    byId("find-make").addEventListener("click", () => this.#make());
  }

  open() {
    this.#rooms = [];
    this.#page = 0;
    this.#name.value = "";
    this.#list.replaceChildren();
    this.#show();
    this.#dialog.showModal();
    this.#name.focus();
    this.#load();
  }

  async #load() {
    for (let pages = 0; pages < PAGES_AT_ONCE; pages += 1) {
      const found = await orNotify(() => this.client.groupRooms(this.#page));
      if (found === undefined) break;
      this.#page += 1;
      this.#add(found.rooms);
      this.#more.hidden = !found.hasNext;
      if (!found.hasNext) break;
    }
    this.#show();
  }

  #add(rooms) {
    const known = new Set(this.#rooms.map(({ roomId }) => roomId)); // pages move when rooms are made
    this.#rooms.push(...rooms.filter(({ roomId }) => !known.has(roomId)));
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
    const exact = this.#rooms.find(({ roomName }) => roomName === name);
    if (exact) this.#list.querySelector(`[data-room-id="${exact.roomId}"] button`)?.focus();
    else byId("find-make").focus();
  }

  #show() {
    const name = this.#name.value.trim();
    const wanted = name.toLocaleLowerCase();
    const shown = this.#rooms.filter(({ roomName }) => roomName.toLocaleLowerCase().includes(wanted));
    this.#list.replaceChildren(...shown.map((room) => this.#row(room)));
    const canMake = name.length >= 2 && !this.#rooms.some(({ roomName }) => roomName === name);
    byId("find-make").hidden = !canMake;
    byId("find-make-text").textContent = t("Make the room “%(name)s”", { name });
    byId("find-none").hidden = shown.length > 0 || name === "";
  }

  #row({ roomId, roomName }) {
    const isMine = this.isMine(roomId);
    const button = make("button", {
      type: "button",
      className: isMine ? "button quiet" : "button",
      textContent: isMine ? t("Open") : t("Join"),
      "aria-label": isMine ? t("Open %(name)s", { name: roomName }) : t("Join %(name)s", { name: roomName }),
      onclick: () => this.#enter(roomId),
    });
    return make("li", { "data-room-id": roomId }, avatar(roomName, roomId, { className: "group" }), make("span", { textContent: roomName }), button);
  }

  async #enter(roomId) {
    if (!this.isMine(roomId)) {
      const joined = await orNotify(() => this.client.joinRoom(roomId));
      if (joined === undefined) return;
    }
    this.#dialog.close();
    this.onEnter(roomId);
  }

  async #make() {
    const made = await orNotify(() => this.client.createRoom(this.#name.value.trim()));
    if (made === undefined) return;
    this.#dialog.close();
    this.onEnter(made.roomId);
  }
}
