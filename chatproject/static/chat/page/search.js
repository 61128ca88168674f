/** Searching what was said, in the open room or in all of one's own; each result leads to its place. */

import { foldedText } from "./blocked-people.js";
import { dialogOf } from "./dialog.js";
import { byId, make } from "./dom.js";
import { wordsOf } from "./file-words.js";
import { onDeleted } from "./forgetting.js";
import { orNotify } from "./notices.js";
import { piecesOf } from "./search-marks.js";
import { speakerOf } from "./speaker.js";
import { dateTimeOf, t, tn } from "./texts.js";

const MEMBERS_SHOWN = 100; // to choose an author from
const EMPTY_PAGES_MOST = 5; // one after the other: the server gives each only so much time

export class Search {
  #client;
  #dialog = dialogOf("search-dialog");
  #form = byId("search-form");
  #list = byId("search-list");
  #count = byId("search-count");
  #more = byId("search-next");
  #rooms;
  #roomId = null; // which was open when the dialog was opened
  #query = null; // an object of its own for each search
  #next = null;
  #onGo;
  #isGone;

  /** `rooms` knows the rooms' names; `onGo(roomId, seq)`: show that message. */
  constructor(client, { rooms, onGo }) {
    this.#client = client;
    this.#rooms = rooms;
    this.#onGo = onGo;
    byId("search-all").addEventListener("click", () => this.open(null));
    byId("search-here").addEventListener("click", () => this.open(rooms.openId));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#search();
    });
    this.#form.addEventListener("change", ({ target }) => target !== this.#form.elements.words && this.#again(target));
    this.#more.addEventListener("click", () => this.#load());
    this.#isGone = onDeleted(client, ({ roomId, seq }) => this.#forget(roomId, seq));
  }

  open(roomId) {
    const { where, author } = this.#form.elements;
    if (roomId !== this.#roomId) this.#clear();
    this.#roomId = roomId;
    byId("search-where").hidden = roomId === null;
    where.value = roomId === null ? "all" : "here";
    author.replaceChildren(...this.#authors([]));
    this.#loadAuthors();
    this.#dialog.showModal();
    this.#form.elements.words.select();
  }

  #clear() {
    this.#query = this.#next = null;
    this.#form.reset();
    this.#list.replaceChildren();
    this.#count.textContent = "";
    this.#more.hidden = true;
  }

  // --- what is asked for

  #again(changed) {
    if (changed.name === "where") this.#loadAuthors();
    if (this.#form.elements.words.value.trim() !== "") this.#search();
  }

  #search() {
    const { words, where, author, since, until, has } = this.#form.elements;
    const q = words.value.trim();
    if (q === "") return;
    this.#query = {
      q,
      ...(where.value === "here" && { roomId: this.#roomId }),
      ...(author.value !== "" && { author: Number(author.value) }),
      ...(since.value !== "" && { since: new Date(`${since.value}T00:00`).toISOString() }),
      ...(until.value !== "" && { until: dayAfter(until.value).toISOString() }),
      ...(has.value !== "" && { has: has.value }),
    };
    this.#next = null;
    this.#list.replaceChildren();
    this.#load();
  }

  /** The next page; of pages that hold nothing yet, several. */
  async #load() {
    const query = this.#query;
    const had = this.#list.children.length;
    this.#count.textContent = t("Searching…");
    this.#more.hidden = true;
    for (let pages = 0; pages < EMPTY_PAGES_MOST; pages += 1) {
      const before = this.#next;
      const page = await orNotify(() => this.#client.search(before === null ? query : { ...query, before }));
      if (query !== this.#query) return; // something else is searched for by now
      if (page === undefined) return this.#fail();
      this.#next = page.next;
      this.#list.append(...page.messages.filter((one) => !this.#isGone(one)).map((message) => this.#row(message, query.q)));
      if (page.messages.length > 0 || page.next === null) break;
    }
    this.#show(had);
  }

  /** What went wrong was said; "Show more", or the same words again, try again. */
  #fail() {
    this.#count.textContent = "";
    this.#more.hidden = this.#next === null;
  }

  #show(had) {
    const found = this.#list.children.length;
    const count = tn("%(count)s message found.", "%(count)s messages found.", { count: found });
    this.#count.textContent = found === 0 && this.#next === null ? t("Nothing was found.") : count;
    this.#more.hidden = this.#next === null;
    if (had > 0) this.#list.children[had]?.querySelector("button").focus();
  }

  // --- who wrote it

  /** In a room its members, as far as one page goes; over all rooms only oneself. */
  async #loadAuthors() {
    const { where, author } = this.#form.elements;
    const roomId = where.value === "here" ? this.#roomId : null;
    const page = roomId === null ? { members: [] } : await this.#client.members(roomId, { limit: MEMBERS_SHOWN }).catch(() => ({ members: [] }));
    if (roomId !== (where.value === "here" ? this.#roomId : null)) return;
    const chosen = author.value;
    author.replaceChildren(...this.#authors(page.members));
    author.value = [...author.options].some(({ value }) => value === chosen) ? chosen : "";
  }

  #authors(members) {
    const me = this.#client.me?.memberId;
    const others = members.filter(({ memberId }) => memberId !== me);
    return [
      make("option", { value: "", textContent: t("Anybody") }),
      make("option", { value: String(me), textContent: t("Me") }),
      ...others.map(({ memberId, nickName }) => make("option", { value: String(memberId), textContent: nickName })),
    ];
  }

  // --- what was found

  #row(message, q) {
    const { roomId, seq, createdAt } = message;
    const go = () => {
      this.#dialog.close();
      this.#onGo(roomId, seq);
    };
    const said = this.#client.blocked.has(message.senderId) ? foldedText() : message.message || wordsOf(message);
    const marked = piecesOf(said, q).map(({ text, isMarked }) => (isMarked ? make("mark", { textContent: text }) : text));
    const where = this.#query.roomId === undefined ? make("span", { className: "found-room", textContent: this.#rooms.nameOf(roomId) || message.roomName }) : null;
    const head = make(
      "span",
      { className: "found-head" },
      make("strong", { textContent: speakerOf(message) }),
      where,
      make("time", { dateTime: createdAt, textContent: dateTimeOf(createdAt) }),
    );
    const row = make("li", {}, make("button", { type: "button", className: "found", onclick: go }, head, make("span", { className: "found-text" }, ...marked)));
    [row.dataset.roomId, row.dataset.seq] = [roomId, seq];
    return row;
  }

  /** What was deleted meanwhile is shown no longer. */
  #forget(roomId, seq) {
    for (const row of [...this.#list.children]) if (Number(row.dataset.roomId) === roomId && Number(row.dataset.seq) === seq) row.remove();
  }
}

function dayAfter(day) {
  const date = new Date(`${day}T00:00`);
  date.setDate(date.getDate() + 1);
  return date;
}
