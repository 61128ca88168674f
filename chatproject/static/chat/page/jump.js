/** Ctrl+K: straight to a room, a person or something to do, by a part of its name. */

import { addressOfRoom } from "./addresses.js";
import { dialogOf } from "./dialog.js";
import { avatar, byId, icon, make } from "./dom.js";
import { found } from "./jump-list.js";
import { orNotify } from "./notices.js";
import { t } from "./texts.js";

const TYPING_MS = 150; // nobody is asked for at each key
const OTHERS_MAX = 5; // rooms of others, and people

export class Jump {
  #client;
  #rooms;
  #roomId;
  #onEnter;
  #dialog = dialogOf("jump-dialog");
  #field = byId("jump-text");
  #list = byId("jump-list");
  #shown = [];
  #chosen = 0;
  #others = []; // what the server found
  #timer = null;
  #asked = null; // stands for what was asked last: earlier answers are dropped

  /** `rooms` is the list of mine; `roomId()` of the open one; `onEnter(roomId, { quietly })`: one came into that room. */
  constructor(client, { rooms, roomId, onEnter }) {
    [this.#client, this.#rooms, this.#roomId, this.#onEnter] = [client, rooms, roomId, onEnter];
    this.#field.addEventListener("input", () => this.#typed());
    this.#field.addEventListener("keydown", (event) => this.#move(event));
    byId("jump-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#go(this.#shown[this.#chosen]);
    });
    this.#list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.#go(this.#shown[[...this.#list.children].indexOf(option)]);
    });
  }

  open() {
    this.#field.value = "";
    this.#others = [];
    this.#dialog.showModal();
    this.#field.focus();
    this.#show();
  }

  #typed() {
    this.#others = [];
    this.#show();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), TYPING_MS);
  }

  /** Rooms of others, and who is in the open one. */
  async #ask() {
    const typed = this.#field.value.trim();
    const asked = (this.#asked = {});
    if (typed === "") return;
    const roomId = this.#roomId();
    const people = roomId === null ? Promise.resolve([]) : this.#client.members(roomId, { prefix: typed, limit: OTHERS_MAX }).then(({ members }) => members);
    const rooms = this.#client.searchRooms({ q: typed, limit: OTHERS_MAX }).then((page) => page.rooms);
    const [members, cards] = await Promise.all([people, rooms].map((answer) => answer.catch(() => []))); // what is not found is not shown
    if (this.#asked !== asked || !this.#dialog.open) return;
    const others = members.filter(({ memberId }) => memberId !== this.#client.me?.memberId);
    this.#others = [...others.map((member) => this.#person(member)), ...cards.filter(({ isMine }) => !isMine).map(anotherRoom)];
    this.#show({ isKept: true });
  }

  #person({ memberId, nickName }) {
    const go = async () => {
      const roomId = await orNotify(() => this.#client.openPrivateRoom(memberId));
      if (roomId !== undefined) this.#onEnter(roomId, { quietly: false });
    };
    return { name: nickName, kind: t("Chat privately"), mark: avatar(nickName, memberId), go };
  }

  #mine() {
    return this.#rooms.all().map(({ roomId, isGroupChat, otherMemberId }) => {
      const name = this.#rooms.nameOf(roomId);
      const mark = isGroupChat ? avatar(name, roomId, { className: "group" }) : avatar(name, otherMemberId ?? roomId);
      return { name, kind: isGroupChat ? t("My room") : t("Private chat"), mark, go: () => goTo(roomId) };
    });
  }

  /** What the page's own buttons do, where they can be pressed. */
  #acts() {
    const buttons = [
      ["find-open", "plus", t("Find or make a room")],
      ["search-all", "search", t("Search messages")],
      ["mentions-open", "at", t("My mentions")],
      ["me-open", "people", t("My settings")],
      ["notifications-open", "bell", t("Notifications and keywords")],
      ...(this.#roomId() === null
        ? []
        : [
            ["room-members", "people", t("Members of this room")],
            ["search-here", "search", t("Search in this room")],
            ["room-more", "more", t("About this room")],
          ]),
    ];
    return buttons.map(([id, picture, name]) => ({ name, kind: t("To do"), mark: icon(picture), go: () => byId(id).click() }));
  }

  #show({ isKept = false } = {}) {
    const before = isKept ? this.#shown[this.#chosen]?.name : undefined;
    const entries = found([...this.#mine(), ...this.#acts()], this.#field.value);
    this.#shown = [...entries, ...this.#others];
    this.#chosen = Math.max(0, this.#shown.findIndex(({ name }) => name === before));
    this.#list.replaceChildren(...this.#shown.map((entry, at) => this.#option(entry, at)));
    byId("jump-none").hidden = this.#shown.length > 0;
    this.#mark();
  }

  #option({ name, kind, mark }, at) {
    const words = [make("span", { className: "jump-name", textContent: name }), make("small", { textContent: kind })];
    return make("li", { id: `jump-${at}`, role: "option" }, make("span", { className: "jump-mark", "aria-hidden": "true" }, mark), ...words);
  }

  #mark() {
    for (const [at, option] of [...this.#list.children].entries()) option.setAttribute("aria-selected", String(at === this.#chosen));
    this.#list.children[this.#chosen]?.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", this.#shown.length > 0 ? `jump-${this.#chosen}` : "");
  }

  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.isComposing || this.#shown.length === 0) return;
    event.preventDefault();
    this.#chosen = (this.#chosen + step + this.#shown.length) % this.#shown.length;
    this.#mark();
  }

  #go(entry) {
    if (entry === undefined) return;
    this.#dialog.close();
    entry.go();
  }
}

function anotherRoom({ roomId, roomName }) {
  return { name: roomName, kind: t("Another room"), mark: avatar(roomName, roomId, { className: "group" }), go: () => goTo(roomId) };
}

function goTo(roomId) {
  location.hash = addressOfRoom(roomId);
}
