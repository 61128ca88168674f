/** What is known of one room, and what can be said there. */

import { Conversation } from "./conversation.js";
import { Emitter } from "./emitter.js";
import { received } from "./message.js";
import { OwnMessages } from "./own-messages.js";
import { Places, PLACES_MAX } from "./places.js";
import { ReadMark } from "./read-mark.js";
import { RoomActs } from "./room-acts.js";
import { RoomFiles } from "./room-files.js";
import { RoomRules } from "./room-rules.js";
import { RoomShown } from "./room-shown.js";
import { Snapshots } from "./snapshots.js";
import { Subscription } from "./subscription.js";

const TYPING_MS = 3_000;
const PAGE_MAX = 200; // messages
const OF_PLACE = ["joined", "removed", "mine"]; // this member's own comes also where nobody listens

export class Room extends Emitter {
  #client;
  #typedAt = 0;
  #subscription;
  #conversation;
  #own;
  #mark;
  #acts;
  #files;
  #places = new Places({
    load: () => this.#client.members(this.roomId, { limit: PLACES_MAX }),
    mine: () => [this.#client.me.memberId, this.readSeq],
    tell: () => this._emit("places"),
  });
  #rules = new RoomRules();
  #shown = new RoomShown();
  #snapshots = new Snapshots(() => this.#shown.of(this), () => this._emit("update"));

  constructor(client, roomId) {
    super();
    this.#client = client;
    this.roomId = roomId;
    this.reads = new Map();
    const tell = (name, event) => this._emit(name, event);
    this.#files = new RoomFiles(client, roomId);
    this.#mark = new ReadMark(client, { roomId, moved: (from, to) => this.#hearMoved(from, to) });
    this.#own = new OwnMessages(client, { roomId, tell, isOn: () => this.#subscription.isOn, isElsewhere: (seq) => this.#isElsewhere(seq) });
    this.#subscription = new Subscription(client, {
      roomId,
      tell: () => this._emit("room"),
      changed: () => this.#nextNews(),
      interrupted: () => this.#interrupt(),
      ended: () => this.#end(),
      subscribed: (reply) => this.#hearSubscribed(reply),
      current: () => this.#conversation.showPinned(),
      range: (history) => this.#timeline.range(history),
      show: (messages, highest) => this.#conversation.show(messages, highest),
      begun: (held) => this.#conversation.begin(held),
    });
    const parts = { own: this.#own, mark: this.#mark, subscription: this.#subscription };
    this.#conversation = new Conversation(client, { roomId, tell, hearRead: (read) => this.#hearRead(read), ...parts });
    this.#acts = new RoomActs(client, {
      roomId,
      reactions: this.#conversation.reactions,
      find: (seq) => this.#timeline.find(seq),
      changed: (message) => this._emit("change", { message }),
    });
  }

  get #timeline() { return this.#conversation.timeline; }
  get state() { return this.#subscription.state; }
  get error() { return this.#subscription.error; }
  get pending() { return this.#own.all; }
  get readSeq() { return this.#mark.seq; }
  get runs() { return this.#conversation.runs.all; }
  get messages() { return this.#timeline.messages; }
  get firstSeq() { return this.#timeline.firstSeq; }
  get hasOlder() { return this.#timeline.from > this.firstSeq; }
  get hasNewer() { return this.#timeline.isDetached; }
  get isDetached() { return this.#timeline.isDetached; }
  get lastSeq() { return this.#timeline.lastSeq; }
  get mentionCount() { return this.#conversation.mentions.value; }
  get pinned() { return this.#conversation.pinned.seq; }
  get pinnedMessage() { return this.#conversation.pinned.message; }
  get places() { return this.#places.all; }
  get rules() { return this.#rules; }
  get unread() { return Math.max(0, this.lastSeq - this.readSeq); }

  get revision() { return this.#snapshots.revision; }
  snapshot() { return this.#snapshots.get(); }

  _emit(name, event = {}) {
    if (name !== "update") this.#snapshots.touch();
    super._emit(name, { room: this, ...event });
    this.#client._emit(name, { room: this, ...event });
  }

  // --- listening

  subscribe({ history = 50 } = {}) {
    const { isOn, history: before } = this.#subscription;
    if (isOn && history <= Math.max(before, this.messages.length)) return this;
    const listed = isOn ? undefined : this.#client.inbox.rooms.get(this.roomId);
    if (listed !== undefined) this._hearCounts(listed);
    if (!isOn && this.isDetached) this.#timeline.clear(); // who comes back later begins at the newest
    this.#subscription.begin(history);
    return this;
  }

  unsubscribe() {
    if (this.#subscription.isOn) this.#client._request({ type: "unsubscribe", roomId: this.roomId });
    this.#mark.clear();
    this.#conversation.clear();
    this.#rules.end();
    this.#subscription.end("idle");
  }

  /** What is known of the room was of another epoch: it is read anew as soon as it is listened to again. */
  _beginAnew() {
    this.#own.keep(({ state }) => state !== "sent");
    this.#mark.clear();
    this.reads.clear();
    this.#conversation.beginAnew();
    this.#rules.beginAnew();
    this.#subscription.beginAnew();
  }

  _hearState(state) {
    if (state !== "open") this.#places.pause();
    this.#subscription.hearState(state);
  }

  #end() {
    this.#own.keep(({ seq }) => seq === null); // nobody brings the others to their places
    this.#conversation.runs.lose();
    this.#places.end();
  }

  #interrupt() {
    this.#conversation.runs.lose();
    this.#places.pause();
  }

  #hearSubscribed({ version, lastSeq, readSeq, recovered, pinned = null, ...rules }) {
    this.#timeline.lastSeq = lastSeq;
    this.#mark.begin({ readSeq, lastSeq });
    this.#places.begin();
    this.#conversation.hearPinnedAt({ pinned, version, recovered });
    this.#takeRules(this.#rules.begin(rules));
    if (!recovered) this._emit("room"); // what is unread is known before the history is there
  }

  #nextNews() {
    return new Promise((resolve) => {
      const off = this.on("room", () => resolve(off()));
    });
  }

  // --- what is heard

  _hear({ type, ...event }) {
    if (!this.#subscription.isOn && !OF_PLACE.includes(type)) return this.#hearLate(type, event);
    this.#places.hear(type, event, this.lastSeq);
    if (type === "chat" || type === "changed") {
      const message = received(event, this.#client.me);
      if (!this.#subscription.holds(message)) this.#conversation.place(message);
    } else if (type === "assistant") this.#conversation.runs.hear(event, this.messages);
    else if (type === "room") this.#takeRules(this.#rules.hear(event));
    else {
      if (type === "read") this.#hearRead(event);
      if (type === "removed") this.#hearRemoved();
      this._emit(type, event);
    }
  }

  #hearRemoved() {
    this.#client._lately.drop(({ roomId }) => roomId === this.roomId);
    this.#subscription.end("removed");
  }

  /** From before the end of the subscription: the inbox was not told it. */
  #hearLate(type, event) {
    const isMessage = type === "chat" || type === "changed";
    if (isMessage) this.#client.inbox._hear({ roomId: this.roomId, lastSeq: event.seq, messages: [event] });
  }

  #isElsewhere(seq) { return !this.#subscription.isOn || seq < this.#timeline.from || this.#timeline.find(seq); }

  #hearRead({ memberId, seq }) {
    this.reads.set(memberId, Math.max(seq, this.reads.get(memberId) ?? 0));
    if (memberId === this.#client.me.memberId && this.#mark.hear(seq)) this._emit("room");
  }

  #hearMoved(from, to) {
    this.#conversation.hearMoved(from, to);
    if (this.#client.me) this.#places.hearRead({ memberId: this.#client.me.memberId, seq: to });
  }

  _hearCounts(counts) { this.#conversation.hearCounts(counts); }

  #takeRules(isNews) {
    if (isNews) this._emit("rules");
    this.#conversation.beginAt(this.#rules.firstSeq);
  }

  // --- who has read

  watchPlaces() {
    this.#places.watch();
    return this;
  }

  unwatchPlaces() { this.#places.unwatch(); }
  unreadOf(message) { return this.#places.unreadOf(message); }

  read(seq = this.lastSeq) {
    if (this.#mark.read(seq)) this._emit("room");
  }

  // --- what is said

  send(text, { replyTo, mentions, everyone, assisted, attachments } = {}) { return this.#say(text, { replyTo, mentions, everyone, assisted, attachments }); }
  ask(text, { mentions, everyone, assisted } = {}) { return this.#say(text, { isAsk: true, mentions, everyone, assisted }); }
  askAgain() { return this.#client._ask({ type: "ask", roomId: this.roomId }); }
  stop(runId) { return this.#client._ask({ type: "stop", roomId: this.roomId, runId }); }
  retry(message) { this.#own.retry(message); }
  discard(message) { this.#own.drop(message); }

  #say(text, options) {
    this.#typedAt = 0; // what comes next is another message
    return this.#own.say(text, options);
  }

  typing() {
    if (this.state !== "live" || Math.abs(Date.now() - this.#typedAt) < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.#client._request({ type: "typing", roomId: this.roomId });
  }

  _sign(me) { this.#own.sign(me); }
  _show(message) { this.#own.show(message); }
  _sayAgain(message, isAsk) { return this.#own.sayAgain(message, isAsk); }
  _hold(held) { this.#own.hold(held); }

  _settle(message, reply) {
    if (this.#rules.hearReply(reply)) this._emit("rules");
    this.#own.settle(message, reply);
  }

  _hearDecision({ clientId, state, reason, seq, heldId }) {
    this.#own.hearDecision({ clientId, state, reason });
    this._emit("held", { decided: { heldId, clientId, state, reason, seq } });
  }

  // --- files

  /** Upload it, and say it: as `send`, once it is there. */
  async sendFile(file, { text = "", replyTo, mentions, everyone, assisted, ...options } = {}) {
    const uploaded = await this.#files.upload(file, options);
    return this.send(text, { replyTo, mentions, everyone, assisted, attachments: [uploaded] });
  }

  uploadFile(file, options) { return this.#files.upload(file, options); }
  files(query) { return this.#files.list(query); }
  fileAddresses(ids, options) { return this.#files.addresses(ids, options); }
  describeFile(fileId, alt) { return this.#files.describe(fileId, alt); }
  cancelFile(fileId) { return this.#files.cancel(fileId); }

  // --- what is done to what was said

  edit(message, text, options) { return this.#acts.edit(message, text, options); }
  delete(message) { return this.#acts.delete(message); }
  pin(message, on = true) { return this.#acts.pin(message, on); }
  hide(message, options) { return this.#acts.hide(message, options); }
  unhide(message, options) { return this.#acts.unhide(message, options); }
  react(message, key, on = true) { return this.#acts.react(message, key, on); }

  // --- in one's own list

  setMine(changes) { return this.#client.call("PUT", `/room/${this.roomId}/mine`, { body: changes }); }

  // --- who else may come

  invite({ days, uses } = {}) { return this.#client.call("POST", `/room/${this.roomId}/invite`, { body: { days, uses } }); }
  async invites() { return (await this.#client.call("GET", `/room/${this.roomId}/invite`)).invites; }
  endInvite(inviteId) { return this.#client.call("DELETE", `/room/${this.roomId}/invite/${inviteId}`); }

  // --- how it is kept

  setRole(memberId, role) { return this.#client._ask({ type: "role", roomId: this.roomId, memberId, role }); }
  setRules(rules) { return this.#client._ask({ type: "rules", roomId: this.roomId, ...rules }); }

  async loadRules() {
    const { turn } = this.#rules;
    const room = await this.#client.roomRules(this.roomId);
    if (this.#subscription.isOn) this.#takeRules(this.#rules.hearAnswer(room, turn));
    return room;
  }

  // --- what was said before

  loadOlder(limit = 50) { return this.#loaded(this.#timeline.loadOlder(limit)); }
  loadNewer(limit = 50) { return this.#loaded(this.#timeline.loadNewer(limit)); }
  trim() { this.#timeline.trim(); }

  /** There is no event for these: who loads them draws them. */
  async #loaded(page) {
    const messages = await page;
    this.#snapshots.touch();
    return messages;
  }

  async loadAround(seq, limit = 50) {
    if (!this.#subscription.isOn) this.subscribe({ history: 0 });
    await this.#timeline.loadAround(seq, limit);
  }

  returnToNewest() { return this.#timeline.returnToNewest(Math.min(PAGE_MAX, this.#subscription.history || 50)); }
}
