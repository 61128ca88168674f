/** The messages that mention this member, the newest first; each leads to its place. */

import { dialogOf } from "./dialog.js";
import { avatar, byId, make } from "./dom.js";
import { wordsOf } from "./file-words.js";
import { onDeleted } from "./forgetting.js";
import { oneAtATime, orNotify } from "./notices.js";
import { speakerOf } from "./speaker.js";
import { t, whenOf } from "./texts.js";

const PAGE = 30;

export class MyMentions {
  #client;
  #onOpen;
  #dialog = dialogOf("mentions-dialog");
  #list = byId("mentions-list");
  #more = byId("mentions-more");
  #next = null; // the cursor of the next page
  #opening = 0;
  #isGone;

  /** `onOpen(roomId, seq)`: show that message. */
  constructor(client, { onOpen }) {
    [this.#client, this.#onOpen] = [client, onOpen];
    this.#isGone = onDeleted(client, (message) => this.#forget(message));
    byId("mentions-open").addEventListener("click", () => this.open());
    this.#more.addEventListener("click", oneAtATime(() => this.#load()));
  }

  open() {
    this.#opening += 1;
    this.#next = null;
    this.#list.replaceChildren();
    this.#more.hidden = byId("mentions-none").hidden = true;
    this.#dialog.showModal();
    this.#load();
  }

  async #load() {
    const opening = this.#opening;
    const page = await orNotify(() => this.#client.mentions({ before: this.#next ?? undefined, limit: PAGE }));
    if (opening !== this.#opening || page === undefined) return;
    this.#next = page.next;
    this.#list.append(...page.messages.filter((one) => !this.#isGone(one)).map((message) => this.#row(message)));
    this.#more.hidden = page.next === null;
    this.#showNone();
  }

  #showNone() {
    byId("mentions-none").hidden = this.#list.childElementCount > 0 || this.#next !== null;
  }

  #forget({ roomId, seq }) {
    const row = this.#list.querySelector(`[data-about="${roomId} ${seq}"]`);
    if (row === null) return;
    row.remove();
    this.#showNone();
  }

  #row(message) {
    const { roomId, roomName, seq, createdAt, mentions = [] } = message;
    const open = () => {
      this.#dialog.close();
      this.#onOpen(roomId, seq);
    };
    const isMine = mentions.includes(this.#client.me.memberId);
    const lines = [
      make("span", { className: "room-line" }, make("strong", { textContent: roomName }), make("time", { dateTime: createdAt, textContent: whenOf(createdAt) })),
      make("small", { textContent: `${speakerOf(message)} · ${isMine ? t("mentioned you") : t("mentioned everyone")}` }),
      make("span", { className: "found-text", textContent: wordsOf(message) }),
    ];
    const button = make("button", { type: "button", className: "found", onclick: open }, avatar(roomName, roomId), make("span", { className: "room-lines" }, ...lines));
    return make("li", { "data-about": `${roomId} ${seq}` }, button);
  }
}
