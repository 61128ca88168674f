/** Files of one room that this member is about to send, and what is to be said with them. No DOM. */

import { isPicture, isSendable } from "./file-kinds.js";

const ATTACHMENTS_MAX = 10; // of a message, where the server does not say
const AGAIN = [0, 429]; // HTTP statuses after which the same file may come through

/**
 * `items` are `{ file, isPicture, state, loaded, refusal, error, alt, uploaded }`. `state` is "uploading" (or about to),
 * "waiting" (for the connection), "there", "failed" (`error`, and `retry` may help) or "refused" (`refusal`: here, or
 * "found" by the server's check with its `reason`, or `error`). `promised` is what is said once all are there; null while that is not wanted yet.
 */
export class OutgoingFiles {
  items = [];
  promised = null;
  #room;
  #limits;
  #onChange;
  #onSent;

  /** `limits()`: the server's; `onChange()`; `onSent(items)`: they are in a message now. */
  constructor(room, { limits, onChange, onSent }) {
    [this.#room, this.#limits, this.#onChange, this.#onSent] = [room, limits, onChange, onSent];
  }

  /** Those of a message that was not said after all; which of them never can be is found out. */
  takeBack(attachments) {
    const back = attachments.map(({ fileId, name, type, size, alt }) => {
      const file = { name, type, size };
      return { file, isPicture: isPicture(file), state: "there", refusal: null, loaded: size, error: null, alt, toldAlt: alt, uploaded: { fileId, name, type, size }, giving: null };
    });
    this.items.push(...back);
    this.#onChange();
    return this.#lookAt(back);
  }

  async #lookAt(items) {
    const ids = items.map(({ uploaded: { fileId } }) => fileId);
    const found = await this.#room.fileAddresses(ids, { fresh: true }).catch(() => null); // the server refuses it again
    for (const item of found === null ? [] : items) {
      const { state = "gone", reason = "" } = found.get(item.uploaded.fileId) ?? {};
      if (["refused", "gone"].includes(state)) Object.assign(item, { state: "refused", refusal: state === "gone" ? "gone" : "found", reason });
    }
    this.#goOn();
  }

  /** Those that would be too many are left out; how many were taken. */
  add(files) {
    const { attachments = ATTACHMENTS_MAX } = this.#limits();
    const taken = [...files].slice(0, Math.max(0, attachments - this.items.length));
    for (const file of taken) {
      const refusal = this.#refusalOf(file);
      const item = { file, isPicture: isPicture(file), state: "refused", refusal, loaded: 0, error: null, alt: "", toldAlt: "", uploaded: null, giving: null };
      this.items.push(item);
      if (refusal === null) this.#upload(item);
    }
    this.#onChange();
    return taken.length;
  }

  #refusalOf(file) {
    if (!isSendable(file)) return "kind";
    if (file.size === 0) return "empty";
    return file.size > this.#limits().fileBytes ? "size" : null;
  }

  remove(item) {
    this.items = this.items.filter((other) => other !== item);
    item.giving?.abort();
    if (item.uploaded) this.#room.cancelFile(item.uploaded.fileId).catch(() => {}); // else it goes in a day
    this.#goOn();
  }

  retry(item) {
    this.#upload(item);
    this.#onChange();
  }

  /** What is in the picture. */
  describe(item, alt) {
    item.alt = alt.trim();
    this.#tellAlt(item);
  }

  #tellAlt(item) {
    if (!item.uploaded || item.alt === item.toldAlt) return;
    item.toldAlt = item.alt;
    this.#room.describeFile(item.uploaded.fileId, item.alt).catch(() => { item.toldAlt = null; });
  }

  /** Say it with all files, now or once they are there. */
  send(said) {
    this.promised = said;
    this.#goOn();
  }

  /** Not yet, after all: what was to be said. */
  unsend() {
    const said = this.promised;
    this.promised = null;
    this.#onChange();
    return said;
  }

  #goOn() {
    const isReady = this.items.length > 0 && this.items.every(({ state }) => state === "there");
    if (this.promised !== null && isReady) this.#say();
    this.#onChange();
  }

  async #upload(item) {
    Object.assign(item, { state: "uploading", error: null, loaded: 0, giving: new AbortController(), toldAlt: item.alt });
    const onProgress = ({ state, loaded }) => {
      Object.assign(item, { loaded, state: state === "waiting" ? "waiting" : "uploading" });
      this.#onChange();
    };
    try {
      const { alt, giving: { signal } } = item;
      item.uploaded = await this.#room.uploadFile(item.file, { alt, signal, onProgress });
      if (signal.aborted) return this.remove(item); // a moment too late
      item.state = "there";
    } catch (error) {
      if (error.code === "aborted") return;
      const mayComeThrough = AGAIN.includes(error.status ?? 0) || error.status >= 500;
      Object.assign(item, { error, state: mayComeThrough ? "failed" : "refused" });
    }
    this.#tellAlt(item);
    this.#goOn();
  }

  #say() {
    const { items, promised: { text, ...options } } = this;
    [this.items, this.promised] = [[], null];
    for (const item of items) this.#tellAlt(item); // lost a moment ago, perhaps
    const attachments = items.map(({ uploaded, alt }) => ({ ...uploaded, alt }));
    this.#onSent(items); // before the message is drawn
    this.#room.send(text, { ...options, attachments });
  }
}
