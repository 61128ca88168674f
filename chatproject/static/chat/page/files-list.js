/** The pictures and files that were sent in a room, newest first. */

import { nameOf } from "./attachments.js";
import { closeDialogs, dialogOf } from "./dialog.js";
import { byId, hiddenText, icon, make } from "./dom.js";
import { isPicture, sizeWords } from "./file-kinds.js";
import { onDeleted } from "./forgetting.js";
import { oneAtATime, orNotify } from "./notices.js";
import { dateTimeOf, t } from "./texts.js";

const PAGE = 30;
const EMPTY_PAGES_MOST = 5; // one after the other

export class FilesList {
  #client;
  #viewer;
  #onJump;
  #onDownload;
  #dialog = dialogOf("files-dialog");
  #form = byId("files-form");
  #list = byId("files-list");
  #more = byId("files-more");
  #room = null;
  #files = []; // that are shown
  #next = null;
  #opening = 0;
  #isGone;

  constructor(client, { viewer, onJump, onDownload }) {
    [this.#client, this.#viewer, this.#onJump, this.#onDownload] = [client, viewer, onJump, onDownload];
    this.#form.addEventListener("change", () => this.#begin());
    this.#more.addEventListener("click", oneAtATime(() => this.#load()));
    this.#isGone = onDeleted(client, (message) => this.#forget(message));
  }

  open(room) {
    closeDialogs();
    this.#room = room;
    this.#form.reset();
    this.#dialog.showModal();
    this.#begin();
  }

  get #kind() { return this.#form.elements.kind.value; }

  #begin() {
    this.#opening += 1;
    [this.#files, this.#next] = [[], null];
    this.#list.className = this.#kind === "picture" ? "files-pictures" : "files-rows";
    this.#list.replaceChildren();
    this.#more.hidden = byId("files-none").hidden = true;
    this.#load();
  }

  /** The next page; of pages that hold nothing to show, several. */
  async #load() {
    const opening = this.#opening;
    for (let pages = 0; pages < EMPTY_PAGES_MOST; pages += 1) {
      const page = await orNotify(() => this.#room.files({ before: this.#next ?? undefined, limit: PAGE, kind: this.#kind }));
      if (opening !== this.#opening || page === undefined) return;
      this.#next = page.next;
      if (this.#add(page.files) || page.next === null) break;
    }
    this.#more.hidden = this.#next === null;
    this.#showNone();
  }

  /** Whether there was any to show. */
  #add(found) {
    const { roomId } = this.#room;
    const isShown = (file) => file.state === "ready" && !this.#isGone({ roomId, seq: file.seq }) && !this.#client.blocked.has(file.senderId);
    const files = found.filter(isShown).map((file) => ({ ...file, roomId, kind: "member" }));
    this.#files.push(...files);
    this.#list.append(...files.map((file) => (isPicture(file) ? this.#picture(file) : this.#row(file))));
    return files.length > 0;
  }

  #showNone() {
    byId("files-none").hidden = this.#list.childElementCount > 0 || this.#next !== null;
  }

  #forget({ roomId, seq }) {
    if (roomId !== this.#room?.roomId || !this.#files.some((file) => file.seq === seq)) return;
    this.#files = this.#files.filter((file) => file.seq !== seq);
    for (const item of this.#list.querySelectorAll(`[data-seq="${seq}"]`)) item.remove();
    this.#showNone();
  }

  #picture(file) {
    const { fileId, seq, width, height, url, previews } = file;
    const drawn = make("img", { loading: "lazy", alt: nameOf(file), draggable: false, width: width ?? 4, height: height ?? 3, src: previews?.["320"] ?? url, onerror: () => this.#again(drawn, fileId) });
    const view = () => this.#viewer.open(this.#room, this.#files, fileId);
    return make("li", { "data-seq": seq }, make("button", { type: "button", className: "picture", onclick: view }, drawn));
  }

  /** The list may have stood open for longer than addresses are good. */
  async #again(drawn, fileId) {
    if (drawn.dataset.isAgain !== undefined) return;
    drawn.dataset.isAgain = "";
    const found = await this.#room.fileAddresses([fileId], { fresh: true }).catch(() => null);
    const { url, previews } = found?.get(fileId) ?? {};
    if (url !== undefined) drawn.src = previews?.["320"] ?? url;
  }

  #row(file) {
    const { fileId, name, size, nickName, createdAt, seq } = file;
    const go = () => {
      this.#dialog.close();
      this.#onJump(seq);
    };
    const said = [sizeWords(size), nickName, dateTimeOf(createdAt)].filter(Boolean).join(" · ");
    const lines = make("button", { type: "button", className: "file-lines", onclick: go }, make("span", { className: "file-name", textContent: name, dir: "auto" }), make("small", { textContent: said }));
    const label = t("Download %(name)s", { name });
    const download = make("button", { type: "button", className: "icon-button", title: label, onclick: () => this.#onDownload(fileId) }, icon("download"), hiddenText(label));
    return make("li", { className: "file-row", "data-seq": seq }, icon("file"), lines, download);
  }
}
