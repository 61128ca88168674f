/**
 * The browser's own notifications, where the member and the browser allow them in this browser. By the page itself, or
 * by its service worker: where that one is sent notifications too, so that one takes the other's place, and on phones.
 */

import { store, stored } from "./session.js";
import { serviceWorker } from "./shell.js";

const [SHOWS, HIDES_TEXT] = ["chatNotify", "chatNotifyText"];
const BrowserNotification = globalThis.Notification; // undefined in some browsers of phones

export class BrowserNotices {
  #memberId;
  #isPushed;
  #onOpen;
  #shown = new Map(); // key -> the page's own

  /** `memberId()`; `isPushed()`: the server sends some here, too; `onOpen(roomId, seq)`: somebody pressed one. */
  constructor({ memberId, isPushed, onOpen }) {
    [this.#memberId, this.#isPushed, this.#onOpen] = [memberId, isPushed, onOpen];
    globalThis.navigator?.serviceWorker?.addEventListener?.("message", ({ data }) => {
      if (data?.type === "chat:open" && data.memberId === memberId()) onOpen(data.roomId, data.seq);
    });
  }

  get canShow() { return (BrowserNotification?.permission ?? "denied") !== "denied"; }
  get shows() { return BrowserNotification?.permission === "granted" && stored("localStorage", SHOWS) !== null; }
  get hidesText() { return stored("localStorage", HIDES_TEXT) !== null; }

  hideText(hides) { store("localStorage", HIDES_TEXT, hides ? "1" : null); }

  /** To be called in a click: the browser may ask. Returns whether it allows them. */
  async ask() {
    return this.canShow && (await BrowserNotification.requestPermission()) === "granted";
  }

  /** The same, to show them or not. Returns whether it does now. */
  async allow(wanted) {
    const isAllowed = wanted && (await this.ask());
    store("localStorage", SHOWS, isAllowed ? "1" : null);
    return this.shows;
  }

  /** Of one tag the browser shows one, also where several tabs want to. `isSilent`: the page rings itself. */
  async show({ key, roomId, seq, title, body, isSilent }) {
    const memberId = this.#memberId();
    const worker = this.#isPushed() ? await serviceWorker() : null;
    if (worker !== null || !this.#showHere({ key, roomId, seq, title, body, isSilent })) {
      const tag = `chat ${memberId} ${roomId}`; // as service-worker-push.js has it
      const shown = { body, tag, renotify: true, silent: isSilent, data: { memberId, roomId, seq, key } };
      await (worker ?? (await serviceWorker()))?.showNotification(title, shown).catch(() => {});
    }
  }

  #showHere({ key, roomId, seq, title, body, isSilent }) {
    let shown;
    try {
      shown = new BrowserNotification(title, { body, tag: `chat ${this.#memberId()} ${key}`, silent: isSilent || null });
    } catch {
      return false; // a phone's browser shows none of a page
    }
    this.#shown.set(key, { shown, key, roomId, seq });
    shown.onclose = () => this.#shown.delete(key);
    shown.onclick = () => {
      window.focus();
      shown.close();
      this.#onOpen(roomId, seq);
    };
    return true;
  }

  /** What was read elsewhere, or deleted, is not told any longer: `isMeant({ key, roomId, seq })`. */
  async withdraw(isMeant) {
    for (const one of [...this.#shown.values()]) if (isMeant(one)) one.shown.close();
    const memberId = this.#memberId();
    const sent = (await (await serviceWorker())?.getNotifications?.().catch(() => [])) ?? [];
    for (const one of sent) {
      const { roomId, seq } = one.data ?? {};
      if (one.data?.memberId === memberId && isMeant({ key: `${roomId}/${seq}`, roomId, seq })) one.close();
    }
  }
}
