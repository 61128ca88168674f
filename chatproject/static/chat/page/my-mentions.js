/** The messages that mention this member, the newest first; each leads to its place. */

import { avatar, byId, make } from "./dom.js";
import { wordsOf } from "./file-words.js";
import { onDeleted } from "./forgetting.js";
import { PagedList } from "./paged-list.js";
import { speakerOf } from "./speaker.js";
import { t, whenOf } from "./texts.js";

const PAGE = 30;

export class MyMentions {
  #client;
  #onOpen;
  #paged = new PagedList("mentions", (before) => this.#read(before));
  #isGone;

  /** `onOpen(roomId, seq)`: show that message. */
  constructor(client, { onOpen }) {
    [this.#client, this.#onOpen] = [client, onOpen];
    this.#isGone = onDeleted(client, (message) => this.#forget(message));
    byId("mentions-open").addEventListener("click", () => this.open());
  }

  open() {
    this.#paged.open();
  }

  async #read(before) {
    const { messages, next } = await this.#client.mentions({ before, limit: PAGE });
    return { items: messages.filter((one) => !this.#isGone(one)).map((message) => this.#row(message)), next };
  }

  #forget({ roomId, seq }) {
    const row = this.#paged.list.querySelector(`[data-about="${roomId} ${seq}"]`);
    if (row !== null) this.#paged.remove(row);
  }

  #row(message) {
    const { roomId, roomName, seq, createdAt, mentions = [] } = message;
    const open = () => {
      this.#paged.dialog.close();
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
