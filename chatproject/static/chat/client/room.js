/** What is known of one room, and what can be said there. */

import { Act } from "./acts.js";
import { Emitter } from "./emitter.js";
import { ChatError, CLOSED } from "./errors.js";
import { received, unsent, uuid } from "./message.js";
import { MentionCount } from "./mention-count.js";
import { Pinned } from "./pinned.js";
import { Places, PLACES_MAX } from "./places.js";
import { Reactions } from "./reactions.js";
import { RoomFiles } from "./room-files.js";
import { RoomRules } from "./room-rules.js";
import { Runs } from "./runs.js";
import { Timeline } from "./timeline.js";
import { persist, settled } from "./trying.js";

const HELD = "E-MO006"; // stored, and waits for a manager
const TYPING_MS = 3_000;
const READ_MS = 1_000;
const PAGE_MAX = 200; // messages

export class Room extends Emitter {
  #client;
  #join = null; // stands for the present subscription: what belongs to an earlier one is dropped
  #version = null; // every change up to it is known; null before the beginning
  #held = null; // what is heard while the history is read
  #history = 0; // how many of the newest messages are wanted at the beginning
  #toldSeq = 0; // the read mark that the server knows
  #toldTimer = null;
  #typedAt = 0;
  #timeline;
  #files;
  #mentions = new MentionCount((message) => this.#calls(message));
  #pinned = new Pinned();
  #places = new Places({
    load: () => this.#client.members(this.roomId, { limit: PLACES_MAX }),
    mine: () => [this.#client.me.memberId, this.readSeq],
    tell: () => this._emit("places"),
  });
  #reactions = new Reactions();
  #rules = new RoomRules();
  #runs = new Runs((run) => this._emit("assistant", { run }));

  constructor(client, roomId) {
    super();
    this.#client = client;
    this.#files = new RoomFiles(client, roomId);
    Object.assign(this, { roomId, state: "idle", error: null, pending: [], readSeq: 0, reads: new Map() });
    const ports = {
      read: (query) => client.history(roomId, query),
      begun: () => this.#begun(),
      isBegun: () => this.#isBegun,
      claim: (message) => this.#claim(message),
      tell: (name, event) => this._emit(name, event),
    };
    this.#timeline = new Timeline(ports, client._maxMessages);
  }

  get runs() { return this.#runs.all; }
  get messages() { return this.#timeline.messages; }
  get hasOlder() { return this.#timeline.from > 1; }
  get hasNewer() { return this.#timeline.isDetached; }
  get isDetached() { return this.#timeline.isDetached; }
  get lastSeq() { return this.#timeline.lastSeq; }
  get mentionCount() { return this.#mentions.value; }
  get pinned() { return this.#pinned.seq; }
  get pinnedMessage() { return this.#pinned.message; }
  get places() { return this.#places.all; }
  get rules() { return this.#rules; }
  get unread() { return Math.max(0, this.lastSeq - this.readSeq); }

  _emit(name, event = {}) {
    super._emit(name, { room: this, ...event });
    this.#client._emit(name, { room: this, ...event });
  }

  // --- listening

  subscribe({ history = 50 } = {}) {
    if (this.#join && history <= Math.max(this.#history, this.messages.length)) return this;
    if (!this.#join && this.isDetached) this.#timeline.clear(); // who comes back later begins at the newest
    this.#history = history;
    this.#version = null;
    this.#subscribe();
    return this;
  }

  unsubscribe() {
    if (this.#join) this.#client._request({ type: "unsubscribe", roomId: this.roomId });
    this.readSeq = 0;
    this.#timeline.clear();
    this.#mentions.clear();
    this.#pinned.begin(null, 0);
    this.#rules.end();
    this.#end("idle");
  }

  #end(state, error) {
    this.#join = this.#held = null;
    this.pending = this.pending.filter(({ seq }) => seq === null); // nobody brings the others to their places
    this.#runs.lose();
    this.#places.end();
    this.#setState(state, error);
  }

  #setState(state, error = null) {
    Object.assign(this, { state, error });
    this._emit("room");
  }

  _hearState(state) {
    if (state !== "open") this.#places.pause();
    if (this.#join && state === "open") this.#subscribe();
    else if (this.state === "live") this.#setState("joining");
  }

  #subscribe() {
    const join = (this.#join = {});
    this.#held = null;
    this.#runs.lose();
    this.#places.pause();
    this.#setState("joining");
    const since = this.#version ?? undefined;
    this.#client._request({ type: "subscribe", roomId: this.roomId, since }, (reply) => {
      if (this.#join !== join || reply.code === "closed") return;
      if (reply.code === "E-S002") {
        setTimeout(() => this.#join === join && this.#subscribe(), (reply.retryAfter ?? 5) * 1000);
      } else if (reply.type === "error") this.#end("refused", new ChatError(reply));
      else this.#hearSubscribed(join, reply);
    });
  }

  #hearSubscribed(join, { version, lastSeq, readSeq, recovered, pinned = null, ...rules }) {
    this.#timeline.lastSeq = lastSeq;
    this.#moveRead(Math.min(lastSeq, Math.max(this.readSeq, readSeq)));
    this.#toldSeq = readSeq;
    this.#tellRead();
    this.#places.begin();
    const before = this.pinned;
    this.#pinned.begin(pinned, version, recovered);
    if (pinned !== before) this._emit("pinned");
    if (this.#rules.begin(rules)) this._emit("rules");
    if (recovered) {
      this.#setState("live");
      return this.#showPinned();
    }
    this.#held = [];
    const range = this.#timeline.range(this.#history);
    this.#readHistory(join, range).then(
      (messages) => messages && this.#begin(messages, range.highest, version),
      (error) => this.#end("refused", error),
    );
  }

  /** All messages of that range. Nothing where the subscription ended. */
  async #readHistory(join, { highest, lowest }) {
    const messages = [];
    for (let before = highest + 1; before > lowest; ) {
      const page = await this.#persist(join, { before, limit: Math.min(PAGE_MAX, before - lowest) });
      if (!page) return undefined;
      messages.unshift(...page);
      before = page[0]?.seq ?? 1;
    }
    return messages;
  }

  /** A page, however long it takes; nothing where the subscription ended. */
  #persist(join, query) {
    const isWanted = () => this.#join === join && this.#client.state !== "closed";
    return persist(() => this.#client.history(this.roomId, query), isWanted);
  }

  #begin(messages, highest, version) {
    this.#timeline.show(messages, highest);
    this.#timeline.heardSeq = this.lastSeq;
    const isWhole = !this.isDetached && this.#timeline.from <= this.readSeq + 1;
    this.#mentions.begin(this.messages, isWhole, this.readSeq);
    this.pending = this.pending.filter(({ seq }) => seq === null || seq >= this.#timeline.from);
    this.#version = version;
    const held = this.#held;
    this.#held = null;
    this.#setState(this.#client.state === "open" ? "live" : "joining"); // the link may have broken meanwhile
    this._emit("reset");
    for (const message of held) this.#place(message);
    this.#showPinned();
  }

  // --- what is heard

  _hear({ type, ...event }) {
    if (!this.#join && type !== "joined") return; // this member may have come into a new room
    this.#places.hear(type, event, this.lastSeq);
    if (type === "chat" || type === "changed") {
      if (this.#held) this.#held.push(received(event, this.#client.me));
      else this.#place(received(event, this.#client.me));
    } else if (type === "assistant") this.#runs.hear(event, this.messages);
    else if (type === "room") this._hearRules(event);
    else {
      if (type === "read") this.#hearRead(event);
      if (type === "removed") this.#end("removed");
      this._emit(type, event);
    }
  }

  /** Put a message, or what became of it, where it belongs: a replay may bring a changed one after younger ones. */
  #place(message) {
    const { seq, version } = message;
    if (this.#version !== null) this.#version = Math.max(this.#version, version);
    const isNew = this.#timeline.hear(message);
    const own = this.#pendingOf(message);
    const known = this.#timeline.find(seq) ?? own;
    if (known?.version >= version) return this.#hearTold(known);
    if (this.#isMine(message)) this.#hearRead({ memberId: message.senderId, seq }); // to have spoken is to have read
    this.#mentions.hear(message, known && this.#calls(known), this.readSeq);
    const placed = known ? Object.assign(known, message) : message;
    this.#reactions.hear(placed);
    this.#hearPinned(placed);
    if (this.#timeline.put(placed)) this.#tellPlaced(placed, { own, isKnown: placed !== message });
    else if (own) this.#tellUnplaced(own);
    else this._emit(isNew ? "beyond" : "older", { message }); // not kept, but others may quote it
  }

  /** A page of the history had it first: what is beside the messages does not know it yet. */
  #hearTold(message) {
    this.#hearPinned(message);
    if (message.kind === "assistant") this.#runs.end(message.clientId);
  }

  #tellPlaced(message, { own, isKnown }) {
    if (own) this.discard(own);
    this._emit(isKnown ? "change" : "message", { message });
    if (message.kind === "assistant") this.#runs.end(message.clientId);
    this.#timeline.bound();
  }

  /** An own one came that has no place among the messages: new ones are pending until the room is at its newest again. */
  #tellUnplaced(own) {
    if (own.seq < this.#timeline.from) return this.discard(own);
    this.#client._forget(own);
    this._emit("change", { message: own });
  }

  /** The pinned message may be one that is not at hand; lists of rooms do without. */
  async #showPinned() {
    const { seq } = this.#pinned;
    const known = this.#timeline.find(seq);
    if (known) this.#hearPinned(known);
    if (seq === null || this.pinnedMessage || this.#history === 0) return;
    const page = await settled(() => this.#persist(this.#join, { around: seq, limit: 1 }));
    const message = page.value?.find((one) => one.seq === seq);
    if (message) this.#hearPinned(message);
  }

  #hearPinned(message) {
    if (this.#pinned.hear(message)) this._emit("pinned");
  }

  #isMine({ senderId }) { return senderId !== null && senderId === this.#client.me?.memberId; }

  #calls({ senderId, mentions, everyone, deletedAt, hiddenAt }) {
    const { memberId } = this.#client.me ?? {};
    if (this.#client.blocked.has(senderId)) return false;
    return !deletedAt && !hiddenAt && senderId !== memberId && (everyone || mentions.includes(memberId));
  }

  /** The pending one that came back as this message. What was deleted may not say whose it was. */
  #pendingOf(message) {
    const isSame = ({ seq, clientId }) =>
      seq === message.seq || (this.#isMine(message) && clientId === message.clientId);
    return this.pending.find(isSame);
  }

  /** The same message, as the object that it is already. */
  #claim(message) {
    const own = this.#pendingOf(message);
    if (own) this.discard(own);
    const known = this.#timeline.find(message.seq) ?? own;
    const claimed = known ? Object.assign(known, message) : message;
    this.#reactions.hear(claimed);
    return claimed;
  }

  #hearRead({ memberId, seq }) {
    this.reads.set(memberId, Math.max(seq, this.reads.get(memberId) ?? 0));
    if (memberId === this.#client.me.memberId && seq > this.readSeq) {
      this.#toldSeq = seq;
      this.#moveRead(seq);
      this._emit("room");
    }
  }

  #moveRead(seq) {
    this.#mentions.read(this.readSeq, seq, this.messages);
    this.readSeq = seq;
    if (this.#client.me) this.#places.hearRead({ memberId: this.#client.me.memberId, seq });
  }

  /** The server's counts, as in the list of rooms. */
  _hearCounts(counts) {
    const before = this.mentionCount;
    this.#mentions.count(counts, this.messages, this.readSeq);
    if (this.mentionCount !== before) this._emit("room");
  }

  /** How the room is kept, as a frame or REST says it. */
  _hearRules(rules) {
    if (this.#rules.hear(rules)) this._emit("rules");
  }

  // --- who has read

  watchPlaces() {
    this.#places.watch();
    return this;
  }

  unwatchPlaces() { this.#places.unwatch(); }
  unreadOf(message) { return this.#places.unreadOf(message); }

  // --- what is said

  send(text, { replyTo, mentions, everyone, attachments } = {}) { return this.#say(text, { replyTo, mentions, everyone, attachments }); }
  ask(text, { mentions, everyone } = {}) { return this.#say(text, { isAsk: true, mentions, everyone }); }
  askAgain() { return this.#client._ask({ type: "ask", roomId: this.roomId }); }
  stop(runId) { return this.#client._ask({ type: "stop", roomId: this.roomId, runId }); }

  #say(text, { replyTo = null, isAsk = false, mentions = [], everyone = false, attachments = [] }) {
    this.#typedAt = 0; // what comes next is another message
    const fields = { roomId: this.roomId, message: text, clientId: uuid(), replyTo, isAsk, mentions, everyone, attachments };
    const message = unsent(this.#client.me, fields);
    this._show(message);
    this.#client._post(message);
    return message;
  }

  _show(message) {
    this.pending.push(message);
    this._emit("message", { message });
  }

  /** The server took the message, or refused it for good. It goes to its place when it comes as everybody's. */
  _settle(message, { type, seq, createdAt, ...reply }) {
    this.#client._forget(message);
    if (this.#rules.hearReply({ type, ...reply })) this._emit("rules");
    if (message.seq !== null) return; // in its place already
    if (reply.code === HELD) Object.assign(message, { state: "held", heldId: reply.heldId });
    else if (type === "error") Object.assign(message, { state: "failed", error: new ChatError(reply) });
    else Object.assign(message, { state: "sent", seq, createdAt });
    const isElsewhere = !this.#join || seq < this.#timeline.from || this.#timeline.find(seq);
    if (type !== "error" && isElsewhere) this.discard(message);
    this._emit("change", { message });
  }

  /** One that waits for a manager, from before a reload. */
  _hold({ heldId, message, clientId, replyTo, heldAt, attachments }) {
    if (this.pending.some((other) => other.clientId === clientId)) return;
    const held = unsent(this.#client.me, { roomId: this.roomId, message, clientId, replyTo, isAsk: false, mentions: [], everyone: false, attachments });
    this.pending.push(Object.assign(held, { state: "held", heldId, createdAt: heldAt }));
    this._emit("message", { message: held });
  }

  /** A manager decided. What was released comes as everybody's where the room is listened to. */
  _hearDecision({ clientId, state, reason, seq, heldId }) {
    const message = this.pending.find((other) => other.clientId === clientId);
    if (message?.state === "held" && state === "released" && !this.#join) this.discard(message);
    if (message?.state === "held" && state === "rejected") {
      Object.assign(message, { state: "rejected", reason });
      this._emit("change", { message });
    }
    this._emit("held", { decided: { heldId, clientId, state, reason, seq } });
  }

  retry(message) {
    if (message.state !== "failed") return;
    Object.assign(message, { state: "sending", error: null });
    this.#client._post(message);
    this._emit("change", { message });
  }

  discard(message) {
    this.pending = this.pending.filter((other) => other !== message);
    this.#client._forget(message);
    this._emit("room");
  }

  // --- files

  /** Upload it, and say it: as `send`, once it is there. */
  async sendFile(file, { text = "", replyTo, mentions, everyone, ...options } = {}) {
    const uploaded = await this.#files.upload(file, options);
    return this.send(text, { replyTo, mentions, everyone, attachments: [uploaded] });
  }

  uploadFile(file, options) { return this.#files.upload(file, options); }
  files(query) { return this.#files.list(query); }
  fileAddresses(ids, options) { return this.#files.addresses(ids, options); }
  describeFile(fileId, alt) { return this.#files.describe(fileId, alt); }
  cancelFile(fileId) { return this.#files.cancel(fileId); }

  // --- what is done to what was said

  async edit(message, text, { mentions, everyone } = {}) {
    await this.#act(message, { type: "edit", message: text, mentions, everyone });
  }

  async delete(message) {
    await this.#act(message, { type: "delete" });
  }

  async pin(message, on = true) {
    await this.#act(message, { type: "pin", on });
  }

  /** From all but managers, until then or until it is shown again. */
  async hide(message, { reason, until }) {
    await this.#act(message, { type: "hide", on: true, reason, until });
  }

  async unhide(message, { reason } = {}) {
    await this.#act(message, { type: "hide", on: false, reason });
  }

  /** Shown at once. */
  async react({ seq }, key, on = true) {
    const shown = this.#timeline.find(seq);
    const settle = shown && this.#reactions.begin(shown, key, on, this.#client.me?.memberId);
    const show = () => shown && this._emit("change", { message: shown });
    show();
    await this.#act({ seq }, { type: "react", key, on }, (reply) => {
      settle?.(reply);
      show();
    });
  }

  async #act({ seq }, fields, answered) {
    const act = new Act({ ...fields, roomId: this.roomId, seq });
    if (seq === null) act.settle({ type: "error", code: "E-MS001", message: "The message is not acknowledged yet." });
    else this.#client._do(act);
    const reply = await act.reply;
    answered?.(reply);
    if (reply.type === "error") throw new ChatError(reply);
  }

  // --- how it is kept

  setRole(memberId, role) { return this.#client._ask({ type: "role", roomId: this.roomId, memberId, role }); }
  setRules(rules) { return this.#client._ask({ type: "rules", roomId: this.roomId, ...rules }); }

  async loadRules() {
    const room = await this.#client.roomRules(this.roomId);
    if (this.#join) this._hearRules(room);
    return room;
  }

  // --- what is told while it happens

  typing() {
    if (this.state !== "live" || Math.abs(Date.now() - this.#typedAt) < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.#client._request({ type: "typing", roomId: this.roomId });
  }

  read(seq = this.lastSeq) {
    if (seq <= this.readSeq) return;
    this.#moveRead(seq);
    this.#tellRead();
    this._emit("room");
  }

  #tellRead() {
    if (this.#toldTimer || this.#toldSeq >= this.readSeq || this.#client.state !== "open") return;
    this.#toldSeq = this.readSeq;
    this.#client._request({ type: "read", roomId: this.roomId, seq: this.readSeq }, () => {}); // asked at the next join
    this.#toldTimer = setTimeout(() => {
      this.#toldTimer = null;
      this.#tellRead();
    }, READ_MS);
  }

  // --- what was said before

  loadOlder(limit = 50) { return this.#timeline.loadOlder(limit); }
  loadNewer(limit = 50) { return this.#timeline.loadNewer(limit); }
  trim() { this.#timeline.trim(); }

  async loadAround(seq, limit = 50) {
    if (!this.#join) this.subscribe({ history: 0 });
    await this.#timeline.loadAround(seq, limit);
  }

  returnToNewest() { return this.#timeline.returnToNewest(Math.min(PAGE_MAX, this.#history || 50)); }

  get #isBegun() { return this.#version !== null && !this.#held; }

  /** Once there are messages, or there never will be. */
  async #begun() {
    for (;;) {
      if (!this.#join) throw this.error ?? new ChatError(CLOSED);
      if (this.#isBegun) return;
      await new Promise((resolve) => {
        const off = this.on("room", () => resolve(off()));
      });
    }
  }
}
