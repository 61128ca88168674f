/**
 * What this member said and did and the server has not answered, in its order, and what of it may go now. Sends nothing
 * itself.
 */

import { Act } from "./acts.js";
import { Bucket } from "./bucket.js";
import { BEGUN_ANEW, isPassing, TOO_LONG } from "./errors.js";
import { frameOf, isMessage, taken } from "./message.js";

const MESSAGE_MAX = 4_000; // characters, until the server says its own limit
export const SHARE = 0.9; // of the server's rates that is used: its clock is not ours

export class Outbox {
  #client;
  #storage;
  #entries = []; // messages and acts
  #inFlight = new Set(); // those of them that this connection was given
  #sends; // the server's limit, as a bucket
  #pause = { from: 0, ms: 0 }; // nothing meanwhile: the server said so

  constructor(client, storage) {
    [this.#client, this.#storage] = [client, storage];
  }

  /** A connection begins. */
  begin({ sendsPerSecond }) {
    this.#sends = new Bucket(sendsPerSecond * SHARE, sendsPerSecond * 2);
  }

  /** A connection ended: what it was given goes again on the next. */
  end() {
    this.#inFlight.clear();
    this.#fold();
  }

  /** Have the message sent, again and again, until `forget`; one that the server would never take is not sent at all. */
  post(message) {
    if (this.#isTooLong(message)) return this.#client.room(message.roomId)._settle(message, TOO_LONG);
    if (!this.#entries.includes(message)) this.#entries.push(message);
    this.#save();
  }

  /** The numbers of messages mean others from now on: what is to be done to one, or answers one, must not meet another. */
  beginAnew() {
    for (const act of this.#entries.filter((entry) => entry instanceof Act)) act.settle(BEGUN_ANEW);
    this.#entries = this.#messages();
    for (const message of this.#entries) message.replyTo = null;
  }

  /** These go before all others: they were said before. */
  again(messages) {
    this.#entries.unshift(...messages);
    this.#save();
  }

  forget(message) {
    this.#remove(message);
    this.#save();
  }

  /** Have it done, after what was done to the same before; a later one that undoes it goes instead. */
  do(act) {
    if (this.#isTooLong(act.frame)) return act.settle(TOO_LONG);
    this.#entries.push(act);
    this.#fold();
  }

  #fold() {
    const acts = this.#entries.filter((entry) => entry instanceof Act && !this.#inFlight.has(entry));
    acts.forEach((earlier, at) => {
      const later = acts.slice(at + 1).find((act) => act.overrides(earlier));
      if (!later) return;
      later.absorb(earlier);
      this.#remove(earlier);
    });
  }

  #remove(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
  }

  #isTooLong({ message }) {
    return typeof message === "string" && [...message].length > (this.#client.limits.messageCharacters ?? MESSAGE_MAX);
  }

  // --- its turn

  /** The next one to send; undefined where none may go before another is answered. */
  next() {
    if (this.#inFlight.size >= this.#client.limits.unacknowledged) return undefined;
    return this.#entries.find((entry) => !this.#inFlight.has(entry) && !this.#isBehind(entry));
  }

  #isBehind(entry) {
    return entry instanceof Act && this.#entries.find(({ slot }) => slot === entry.slot) !== entry;
  }

  /** Milliseconds until one may go. */
  wait() {
    const passed = Date.now() - this.#pause.from; // a clock that was set back makes it no longer
    return Math.max(this.#sends.wait(), passed < 0 ? 0 : this.#pause.ms - passed);
  }

  /** The frame of one that is sent now. */
  take(entry) {
    this.#sends.tokens -= 1;
    this.#inFlight.add(entry);
    return entry instanceof Act ? entry.frame : frameOf(entry);
  }

  hear(entry, reply) {
    if (reply.code === "closed") return; // and again on the next connection
    this.#inFlight.delete(entry);
    if (isPassing(reply)) {
      this.#pause = { from: Date.now(), ms: (reply.retryAfter ?? 1) * 1000 };
      this.#fold();
    } else if (entry instanceof Act) {
      this.#remove(entry);
      if (entry.frame.type === "delete") this.#client._lately.drop((said) => isOf(entry.frame, said));
      entry.settle(reply);
    } else this.#client.room(entry.roomId)._settle(entry, reply);
  }

  // --- what outlives a reload

  #messages() { return this.#entries.filter((entry) => !(entry instanceof Act)); } // acts end with the page

  #save() {
    if (!this.#storage || !this.#client.me) return;
    try {
      const { epoch } = this.#client; // with each, so that pages of other versions can read the list
      this.#storage.setItem(this.#key, JSON.stringify(this.#messages().map((message) => ({ ...message, epoch }))));
    } catch (error) {
      this.#client._emit("error", { error, room: null }); // full, or forbidden
    }
  }

  /** Take up what was not acknowledged before a reload. */
  restore() {
    try {
      const kept = JSON.parse(this.#storage?.getItem(this.#key) ?? "[]");
      const messages = kept.filter(isMessage).map((message) => this.#taken(message));
      this.#entries.unshift(...messages);
      for (const message of messages) this.#client.room(message.roomId)._show(message);
      for (const message of this.#messages().filter((one) => this.#isTooLong(one))) {
        this.#client.room(message.roomId)._settle(message, TOO_LONG);
      }
    } catch (error) {
      this.#client._emit("error", { error, room: null });
    }
    this.#save();
  }

  /** In another epoch the number that it answered may be another message's. Where one of them is not known it stays. */
  #taken({ epoch, replyTo, ...kept }) {
    const isAnew = Boolean(epoch && this.#client.epoch) && epoch !== this.#client.epoch;
    return taken(this.#client.me, { ...kept, replyTo: isAnew ? null : replyTo });
  }

  get #key() { return `chat.unsent.${this.#client.me.memberId}`; }
}

const isOf = ({ roomId, seq }, message) => message.roomId === roomId && message.seq === seq;
