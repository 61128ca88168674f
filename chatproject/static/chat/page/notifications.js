/**
 * Telling the member of what comes in rooms that are not in sight: on the page where somebody looks at it, else, where
 * the browser may, by its notifications. What comes at once in a great number is told in one sentence.
 */

import { wordsOf } from "./file-words.js";
import { onDeleted } from "./forgetting.js";
import { notify, toast, withdrawToast } from "./notices.js";
import { isFor, reasonToTell } from "./notify-rules.js";
import { store, stored } from "./session.js";
import { speakerOf } from "./speaker.js";
import { Tabs } from "./tabs.js";
import { t, tn } from "./texts.js";

const GATHERED_MS = 400; // after the newest: what belongs together comes together
const GATHERED_MAX_MS = 2_000;
const SINGLE_MAX = 3; // messages at once that are told one by one
const KNOWN_MENTIONS = 100;
const [SHOWS, HIDES_TEXT] = ["chatNotify", "chatNotifyText"];
const BrowserNotification = globalThis.Notification; // undefined in some browsers of phones

export class Notifications {
  #client;
  #rooms;
  #openRoomId;
  #onOpen;
  #tabs = null;
  #keywords = [];
  #mentions = new Set(); // keys of messages that mention this member, as far as it was told
  #early = []; // what was heard before it was known what this member wants to be told of; then null
  #waiting = []; // { room, message, reason }
  #since = 0;
  #timer = null;
  #isGone;
  #shown = new Map(); // key -> the browser's notification

  /** `rooms` knows their names and levels; `openRoomId()`; `onOpen(roomId, seq)`: somebody wants to see it. */
  constructor(client, { rooms, openRoomId, onOpen }) {
    [this.#client, this.#rooms, this.#openRoomId, this.#onOpen] = [client, rooms, openRoomId, onOpen];
    client.on("arrived", ({ entry, message, isChange }) => this.#heard(entry, message, { isChange }));
    this.#isGone = onDeleted(client, (message) => this.#withdraw((one) => keyOf(one) === keyOf(message)));
    client.on("inbox", ({ room }) => room?.unReadCount === 0 && this.#withdraw(({ roomId }) => roomId === room.roomId));
  }

  /** Once it is known who this is: which keywords they have, and what mentioned them before. */
  async begin() {
    this.#tabs ??= new Tabs(this.#client.me.memberId);
    const [notifications, mentions] = await Promise.all([
      this.#client.notifications().catch(() => null),
      this.#client.mentions({ limit: KNOWN_MENTIONS }).catch(() => null),
    ]);
    if (notifications !== null) this.#keywords = notifications.keywords;
    for (const message of mentions?.messages ?? []) this.#mentions.add(keyOf(message));
    const early = this.#early ?? [];
    this.#early = null;
    for (const heard of early) this.#heard(...heard);
  }

  get keywords() { return this.#keywords; }

  async setKeywords(keywords) {
    this.#keywords = (await this.#client.setNotifications({ keywords })).keywords;
  }

  // --- the browser's notifications

  get canShow() { return (BrowserNotification?.permission ?? "denied") !== "denied"; }
  get shows() { return BrowserNotification?.permission === "granted" && stored("localStorage", SHOWS) !== null; }
  get hidesText() { return stored("localStorage", HIDES_TEXT) !== null; }

  hideText(hides) { store("localStorage", HIDES_TEXT, hides ? "1" : null); }

  /** To be called in a click: the browser may ask. Returns whether it shows them now. */
  async show(wanted) {
    const isAllowed = wanted && this.canShow && (await BrowserNotification.requestPermission()) === "granted";
    store("localStorage", SHOWS, isAllowed ? "1" : null);
    if (wanted && !this.shows) notify(t("The browser does not allow notifications of this page."));
    return this.shows;
  }

  // --- what comes

  #heard(room, message, { isChange }) {
    const me = this.#client.me?.memberId;
    if (message.seq === null || me === undefined) return;
    if (this.#early !== null) {
      this.#early.push([room, message, { isChange }]);
      return;
    }
    const key = keyOf(message);
    const level = this.#rooms.get(room.roomId)?.notify ?? "all";
    const reason = reasonToTell(message, { me, level, keywords: this.#keywords, isChange, isKnown: this.#mentions.has(key), isBlocked: this.#client.blocked.has(message.senderId) });
    if (isFor(message, me)) this.#mentions.add(key);
    const isRead = !isChange && message.seq <= room.readSeq;
    if (reason === null || isRead || this.#isInSight(room)) return;
    this.#gather({ room, message, reason });
  }

  #isInSight(room) {
    return room.roomId === this.#openRoomId() && !document.hidden && document.hasFocus();
  }

  #gather(one) {
    if (this.#waiting.length === 0) this.#since = Date.now();
    this.#waiting.push(one);
    clearTimeout(this.#timer);
    const left = this.#since + GATHERED_MAX_MS - Date.now();
    this.#timer = setTimeout(() => this.#tell(), Math.max(0, Math.min(GATHERED_MS, left)));
  }

  async #tell() {
    const all = this.#waiting.splice(0);
    if (document.hidden && (!this.shows || (await this.#tabs?.isAnotherInSight()))) return;
    const news = all.filter(({ room, message, reason }) => !this.#isGone(message) && (message.seq > (this.#rooms.get(room.roomId)?.readSeq ?? 0) || reason === "mention" || reason === "everyone"));
    const told = news.length > SINGLE_MAX ? [this.#summary(news)] : news.map((one) => this.#words(one));
    for (const one of told) {
      if (document.hidden) this.#showByBrowser(one);
      else toast({ ...one, onPress: () => this.#onOpen(one.roomId, one.seq) });
    }
  }

  #words({ room, message, reason }) {
    const { roomId } = room;
    const known = this.#rooms.get(roomId);
    const name = this.#rooms.nameOf(roomId);
    const title = known?.isGroupChat === false ? speakerOf(message) : `${name} · ${speakerOf(message)}`;
    return { key: keyOf(message), roomId, seq: message.seq, title, why: whyOf(reason), text: wordsOf(message) };
  }

  /** One sentence about all of them; it leads to the first that calls this member, or else to the newest. */
  #summary(news) {
    const mentions = news.filter(({ reason }) => reason === "mention");
    const { room, message } = mentions[0] ?? news.find(({ reason }) => reason !== "message") ?? news.at(-1);
    const rooms = new Set(news.map((one) => one.room.roomId)).size;
    const why = mentions.length > 0 ? tn("%(count)s mentions you", "%(count)s mention you", { count: mentions.length }) : "";
    const where = tn("in %(count)s room", "in %(count)s rooms", { count: rooms });
    const title = `${tn("%(count)s new message", "%(count)s new messages", { count: news.length })} ${where}`;
    return { key: "summary", roomId: room.roomId, seq: message.seq, title, why, text: "" };
  }

  /** Of one tag the browser shows one, also where several tabs want to. */
  #showByBrowser({ key, roomId, seq, title, why, text }) {
    const said = this.hidesText ? why || t("New message") : [why, text].filter(Boolean).join(": ");
    let shown;
    try {
      shown = new BrowserNotification(title, { body: said, tag: `chat ${this.#client.me.memberId} ${key}` });
    } catch {
      return; // a phone's browser may show none of a page
    }
    this.#shown.set(key, { shown, key, roomId, seq });
    shown.onclose = () => this.#shown.delete(key);
    shown.onclick = () => {
      window.focus();
      shown.close();
      this.#onOpen(roomId, seq);
    };
  }

  /** What was read elsewhere, or deleted, is not told any longer. */
  #withdraw(isMeant) {
    withdrawToast(isMeant);
    for (const one of [...this.#shown.values()]) if (isMeant(one)) one.shown.close();
  }
}

const keyOf = ({ roomId, seq }) => `${roomId}/${seq}`;

function whyOf(reason) {
  return { mention: t("mentioned you"), everyone: t("mentioned everyone"), keyword: t("a keyword of yours"), message: "" }[reason];
}
