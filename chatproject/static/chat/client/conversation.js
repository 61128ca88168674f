/** The messages of a room as they are heard and read: which are at hand, with reactions, mentions, the notice and runs. */

import { isCallingMember, MentionCount } from "./mention-count.js";
import { Pinned } from "./pinned.js";
import { Reactions } from "./reactions.js";
import { Runs } from "./runs.js";
import { settle } from "./settling.js";
import { Timeline } from "./timeline.js";
import { settled } from "./trying.js";

export class Conversation {
  timeline;
  reactions = new Reactions();
  pinned = new Pinned();
  runs;
  mentions = new MentionCount((message) => this.#calls(message));
  #client;
  #room; // { roomId, own, mark, subscription, tell(name, event), hearRead({ memberId, seq }) }

  constructor(client, room) {
    [this.#client, this.#room] = [client, room];
    this.runs = new Runs((run) => room.tell("assistant", { run }));
    const ports = {
      read: (query) => client.history(room.roomId, query),
      begun: () => room.subscription.begun(),
      isBegun: () => room.subscription.isBegun,
      claim: (message) => this.#claim(message),
      tell: room.tell,
    };
    this.timeline = new Timeline(ports, client._maxMessages);
  }

  clear() {
    this.timeline.clear();
    this.mentions.clear();
    this.pinned.begin(null, 0);
  }

  /** The numbers of messages mean others from now on. */
  beginAnew() {
    this.clear();
    this.reactions = new Reactions();
  }

  hearPinnedAt({ pinned, version, recovered }) {
    const before = this.pinned.seq;
    this.pinned.begin(pinned, version, recovered);
    if (pinned !== before) this.#room.tell("pinned");
  }

  /** The room keeps no message before this one any more: nobody shows it, or has it unread. */
  beginAt(seq) {
    if (seq <= this.timeline.firstSeq) return;
    this.timeline.beginAt(seq);
    if (this.pinned.drop(seq)) this.#room.tell("pinned");
    this.#room.mark.hear(Math.min(seq - 1, this.timeline.lastSeq));
    this.#room.tell("room");
  }

  /** These are the newest, up to the seq `highest`. */
  show(messages, highest) {
    const { timeline } = this;
    const readSeq = this.#room.mark.seq;
    timeline.show(messages, highest);
    timeline.heardSeq = timeline.lastSeq;
    const isWhole = !timeline.isDetached && timeline.from <= readSeq + 1;
    this.mentions.begin(timeline.messages, isWhole, readSeq);
    this.#room.own.keep(({ seq }) => seq === null || seq >= timeline.from);
  }

  /** What was heard while they were read follows. */
  begin(held) {
    this.#room.tell("reset");
    for (const message of held) this.place(message);
    this.showPinned();
  }

  /** Put a message, or what became of it, where it belongs: a replay may bring a changed one after younger ones. */
  place(message) {
    const { own: ownMessages, mark, subscription } = this.#room;
    const { seq, version } = message;
    subscription.know(version);
    const isNew = this.timeline.hear(message);
    const own = ownMessages.find(message);
    const known = this.timeline.find(seq) ?? own;
    if (known?.version >= version) return this.#hearTold(known);
    if (ownMessages.isMine(message)) this.#room.hearRead({ memberId: message.senderId, seq }); // to have spoken is to have read
    this.mentions.hear(message, known && this.#calls(known), mark.seq);
    ownMessages.hearStored(own);
    const placed = known ? Object.assign(known, message) : message;
    if (own) settle(own);
    this.#see(placed);
    this.#hearPinned(placed);
    if (this.timeline.put(placed)) this.#tellPlaced(placed, { own, isKnown: placed !== message });
    else if (own) ownMessages.hearUnplaced(own, this.timeline.from);
    else this.#room.tell(isNew ? "beyond" : "older", { message }); // not kept, but others may quote it
  }

  /** A page of the history had it first: what is beside the messages does not know it yet. */
  #hearTold(message) {
    this.#hearPinned(message);
    if (message.kind === "assistant") this.runs.end(message.clientId);
  }

  #tellPlaced(message, { own, isKnown }) {
    if (own) this.#room.own.discard(own);
    this.#room.tell(isKnown ? "change" : "message", { message });
    if (message.kind === "assistant") this.runs.end(message.clientId);
    this.timeline.bound();
  }

  /** The pinned message may be one that is not at hand; who wants no history does without. */
  async showPinned() {
    const { seq } = this.pinned;
    const known = this.timeline.find(seq);
    if (known) this.#hearPinned(known);
    if (seq === null || this.pinned.message || this.#room.subscription.history === 0) return;
    const page = await settled(() => this.#room.subscription.persist({ around: seq, limit: 1 }));
    const message = page.value?.find((one) => one.seq === seq);
    if (message) this.#hearPinned(message);
  }

  #hearPinned(message) {
    if (this.pinned.hear(message)) this.#room.tell("pinned");
  }

  #calls(message) { return isCallingMember(message, this.#client); }

  /** The same message, as the object that it is already. */
  #claim(message) {
    const own = this.#room.own.find(message);
    if (own) this.#room.own.discard(own);
    this.#room.own.hearStored(own);
    const known = this.timeline.find(message.seq) ?? own;
    const claimed = known ? Object.assign(known, message) : message;
    if (own) settle(own);
    this.#see(claimed);
    return claimed;
  }

  #see(message) {
    this.reactions.hear(message);
    this.#client._lately.see(message, this.#room.own.isMine(message));
  }

  hearMoved(from, to) {
    this.mentions.read(from, to, this.timeline.messages);
  }

  /** The server's counts, as in the list of rooms. */
  hearCounts(counts) {
    const before = this.mentions.value;
    this.mentions.count(counts, this.timeline.messages, this.#room.mark.seq);
    if (this.mentions.value !== before) this.#room.tell("room");
  }
}
