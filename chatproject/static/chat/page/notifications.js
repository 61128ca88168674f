/**
 * Telling the member of what comes in rooms that are not in sight: on the page where somebody looks at it, else, where
 * the browser may, by its notifications, and by a sound where it is wanted. What comes at once in a great number is told
 * in one sentence. Of several tabs one tells.
 */

import { AppBadge } from "./app-badge.js";
import { BrowserNotices } from "./browser-notices.js";
import { Chime } from "./chime.js";
import { wordsOf } from "./file-words.js";
import { onDeleted } from "./forgetting.js";
import { notify, toast, withdrawToast } from "./notices.js";
import { isFor, reasonToTell, sayable } from "./notify-rules.js";
import { Push } from "./push.js";
import { speakerOf } from "./speaker.js";
import { Tabs } from "./tabs.js";
import { t, tn } from "./texts.js";

const GATHERED_MS = 400; // after the newest: what belongs together comes together
const GATHERED_MAX_MS = 2_000;
const SINGLE_MAX = 3; // messages at once that are told one by one
const KNOWN_MENTIONS = 100;

export class Notifications {
  chime = new Chime();
  push;
  notices;
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

  /** `rooms` knows their names and levels; `openRoomId()`; `onOpen(roomId, seq)`: somebody wants to see it. */
  constructor(client, { rooms, openRoomId, onOpen }) {
    [this.#client, this.#rooms, this.#openRoomId, this.#onOpen] = [client, rooms, openRoomId, onOpen];
    this.push = new Push(client);
    this.notices = new BrowserNotices({ memberId: () => client.me.memberId, isPushed: () => this.push.isOn, onOpen });
    new AppBadge(client);
    client.on("arrived", ({ entry, message, isChange }) => this.#heard(entry, message, { isChange }));
    this.#isGone = onDeleted(client, (message) => this.#withdraw((one) => one.key === keyOf(message)));
    client.on("inbox", ({ room }) => room?.unReadCount === 0 && this.#withdraw(({ roomId, kind }) => roomId === room.roomId && kind === undefined)); // a concern stays
    client.on("state", ({ state, reason }) => {
      if (state === "open") return;
      this.#tabs?.leave();
      if (reason?.kind === "signed-out") this.push.end().catch(() => {});
    });
  }

  /** Once it is known who this is: which keywords they have, and what mentioned them before. */
  async begin() {
    this.#tabs ??= new Tabs(this.#client.me.memberId);
    this.#tabs.stand();
    const before = this.#keywords;
    const [notifications, mentions] = await Promise.all([
      this.#client.notifications().catch(() => null),
      this.#client.mentions({ limit: KNOWN_MENTIONS }).catch(() => null),
    ]);
    // what was saved meanwhile is newer than what was read
    if (notifications !== null && this.#keywords === before) this.#keywords = notifications.keywords;
    for (const message of mentions?.messages ?? []) this.#mentions.add(keyOf(message));
    const early = this.#early ?? [];
    this.#early = null;
    for (const heard of early) this.#heard(...heard);
    await this.push.begin();
  }

  get keywords() { return this.#keywords; }

  async setKeywords(keywords) {
    this.#keywords = (await this.#client.setNotifications({ keywords })).keywords;
  }

  /** To be called in a click: the browser may ask. */
  async show(wanted) {
    const shows = await this.notices.allow(wanted);
    if (wanted && !shows) notify(t("The browser does not allow notifications of this page."));
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
    const isBlocked = this.#client.blocked.has(message.senderId);
    const reason = reasonToTell(message, { me, level: room.notify, keywords: this.#keywords, isChange, isKnown: this.#mentions.has(key), isBlocked });
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
    if (document.hidden && !(await this.#isToTell())) return;
    const news = all.filter((one) => this.#isNews(one));
    if (news.length === 0) return;
    const isSilent = this.chime.ring();
    const told = news.length > SINGLE_MAX ? [this.#summary(news)] : news.map((one) => this.#words(one));
    for (const one of told) {
      if (!document.hidden) toast({ ...one, onPress: () => this.#onOpen(one.roomId, one.seq) });
      else if (this.notices.shows) this.notices.show({ ...one, ...this.#sayable(one), isSilent });
    }
  }

  /** Whether it is this tab that tells, of those that nobody looks at. */
  async #isToTell() {
    if (!this.notices.shows && !this.chime.isOn) return false;
    return this.#tabs.isFirst && !(await this.#tabs.isAnotherInSight());
  }

  #isNews({ room, message, reason }) {
    if (this.#isGone(message)) return false;
    return message.seq > (this.#rooms.get(room.roomId)?.readSeq ?? 0) || reason === "mention" || reason === "everyone";
  }

  #words({ room, message, reason }) {
    const { roomId } = room;
    const name = this.#rooms.nameOf(roomId);
    const title = room.isGroupChat === false ? speakerOf(message) : `${name} · ${speakerOf(message)}`;
    return { key: keyOf(message), roomId, seq: message.seq, title, why: whyOf(reason), text: wordsOf(message), rooms: [room] };
  }

  /** One sentence about all of them; it leads to the first that calls this member, or else to the newest. */
  #summary(news) {
    const mentions = news.filter(({ reason }) => reason === "mention");
    const { room, message } = mentions[0] ?? news.find(({ reason }) => reason !== "message") ?? news.at(-1);
    const rooms = new Set(news.map((one) => one.room.roomId)).size;
    const why = mentions.length > 0 ? tn("%(count)s mentions you", "%(count)s mention you", { count: mentions.length }) : "";
    const where = tn("in %(count)s room", "in %(count)s rooms", { count: rooms });
    const title = `${tn("%(count)s new message", "%(count)s new messages", { count: news.length })} ${where}`;
    return { key: "summary", roomId: room.roomId, seq: message.seq, title, why, text: "", rooms: [] };
  }

  /** What of it others may see who see the screen. */
  #sayable({ title, why, text, rooms: [room = null] }) {
    const shows = sayable(room, { hidesText: this.notices.hidesText });
    if (shows === "nothing") return { title: t("Community chat"), body: t("New message") };
    return { title, body: shows === "all" ? [why, text].filter(Boolean).join(": ") : why || t("New message") };
  }

  /** What was read elsewhere, or deleted, is not told any longer. */
  #withdraw(isMeant) {
    withdrawToast(isMeant);
    this.notices.withdraw(isMeant);
  }
}

const keyOf = ({ roomId, seq }) => `${roomId}/${seq}`;

function whyOf(reason) {
  return { mention: t("mentioned you"), everyone: t("mentioned everyone"), keyword: t("a keyword of yours"), message: "" }[reason];
}
