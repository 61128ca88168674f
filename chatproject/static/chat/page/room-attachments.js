/** Files in the open room: those that go, those that are shown, what one does with them. */

import { byId } from "./dom.js";
import { listenForFiles } from "./file-intake.js";
import { later } from "./later.js";
import { notify, orNotify } from "./notices.js";
import { OutgoingFiles } from "./outgoing-files.js";
import { Pictures } from "./pictures.js";
import { slidesOf } from "./slides.js";
import { t, tn } from "./texts.js";
import { Tray } from "./tray.js";

export class RoomAttachments {
  #client;
  #room = null;
  #outgoing = new Map(); // by room id: uploads go on while one looks at another room
  #tray;
  #isFolded;
  #composer;

  /** `composer()`; `isFolded(message)`: this member does not want to see it; `onChange()`: draw again; `onJump(seq)`. */
  constructor(client, { composer, isFolded, onChange, onJump }) {
    [this.#client, this.#composer, this.#isFolded] = [client, composer, isFolded];
    this.pictures = new Pictures(client, { scroller: byId("scroller"), onChange });
    this.viewer = later(({ PictureViewer }) => new PictureViewer(client, { onDownload: (fileId) => this.#download(fileId) }));
    this.descriptions = later(({ PictureDescriptions }) => new PictureDescriptions(client));
    this.list = later(({ FilesList }) => new FilesList(client, { viewer: this.viewer, onJump, onDownload: (fileId) => this.#download(fileId) }));
    const acts = {
      remove: (item) => this.#remove(item),
      retry: (item) => this.#here.retry(item),
      describe: (item, alt) => this.#here.describe(item, alt),
      unsend: () => this.#unsend(),
      focus: () => composer().focus(),
    };
    this.#tray = new Tray({ acts, limits: () => client.limits });
    listenForFiles({ mayTake: () => this.#mayTake(), take: (files) => this.#take(files) });
    client.on("state", () => this.#offer());
    window.addEventListener("beforeunload", (event) => this.#holdsAny() && event.preventDefault());
  }

  /** By the `data-act` of buttons in a message and in its menu. */
  acts = {
    picture: (message, button) => this.#view(message, button),
    describe: (message) => this.descriptions.open(message, this.pictures.of(message)),
    download: (_message, { dataset }) => this.#download(Number(dataset.file)),
  };

  open(room) {
    this.#room = room;
    this.pictures.open(room);
    this.#offer();
    this.#show();
  }

  /** Whether the next message has some. */
  get hasAny() {
    return this.#here !== null && this.#here.items.length > 0 && this.#here.promised === null;
  }

  /** Say it with the files, once they are there. */
  send(said) {
    this.#here.send(said);
  }

  /** What a message had that was not said after all, to be said anew. */
  takeBack({ attachments }) {
    if (attachments.length > 0) this.#here.takeBack(attachments);
  }

  /** Nobody is going to say it. */
  discard({ roomId, attachments }) {
    for (const { fileId } of attachments) this.#client.room(roomId).cancelFile(fileId).catch(() => {}); // else it goes in a day
  }

  // --- what goes

  get #here() {
    if (this.#room === null) return null;
    const { roomId } = this.#room;
    if (!this.#outgoing.has(roomId)) this.#outgoing.set(roomId, this.#outgoingOf(this.#room));
    return this.#outgoing.get(roomId);
  }

  #outgoingOf(room) {
    const isHere = () => room === this.#room;
    return new OutgoingFiles(room, {
      limits: () => this.#client.limits,
      onChange: () => isHere() && this.#show(),
      onSent: (items) => {
        const locals = this.#tray.takeLocals(items);
        for (const [fileId, local] of locals) isHere() ? this.pictures.show(fileId, local) : URL.revokeObjectURL(local);
      },
    });
  }

  #mayTake() { return this.#room !== null && this.#client.limits.fileBytes > 0 && this.#here.promised === null && !this.#composer().isEditing; }

  #take(files) {
    if (!this.#mayTake() || files.length === 0) return;
    const most = this.#client.limits.attachments;
    if (this.#here.add(files) < files.length) notify(tn("A message takes %(count)s file.", "A message takes %(count)s files.", { count: most }));
    if (!matchMedia("(pointer: coarse)").matches) this.#composer().focus(); // a keyboard would cover them
  }

  #remove(item) {
    const isLast = this.#here.items.length === 1;
    if (isLast && this.#here.promised !== null) this.#unsend();
    this.#here.remove(item);
  }

  #unsend() {
    const { text } = this.#here.unsend();
    if (text !== "") this.#composer().add(text);
    this.#composer().focus();
  }

  #holdsAny() { return [...this.#outgoing.values()].some(({ items }) => items.some(({ state }) => state !== "refused")); }

  #offer() {
    const isOn = this.#client.limits.fileBytes > 0;
    byId("attach").hidden = !isOn;
    byId("camera").hidden = !isOn || !matchMedia("(pointer: coarse)").matches;
  }

  #show() {
    if (this.#room === null) return;
    this.#tray.show(this.#here);
    byId("attach").disabled = byId("camera").disabled = this.#here.promised !== null;
  }

  // --- what is shown

  /** With all pictures of the room that are at hand, in both directions; a hidden one alone. */
  #view(message, button) {
    const fileId = Number(button.dataset.file);
    const slides = this.#room.messages.filter((one) => !this.#isFolded(one)).flatMap(slidesOf);
    const alone = { ...message, fileId, name: "", alt: button.querySelector("img").alt };
    this.viewer.open(this.#room, slides.some((one) => one.fileId === fileId) ? slides : [alone], fileId);
  }

  async #download(fileId) {
    const found = await orNotify(() => this.#room.fileAddresses([fileId]));
    const { url, name } = found?.get(fileId) ?? {};
    if (url !== undefined) saveAs(url, name);
    else if (found !== undefined) notify(t("The file is not there any more."));
  }
}

/** In a tab of its own where the file is another origin's, and shown there: this page stays. */
function saveAs(url, name) {
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name, target: "_blank", rel: "noopener noreferrer" });
  link.click();
}
