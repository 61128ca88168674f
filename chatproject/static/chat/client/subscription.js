/** Listening to a room: the request, the history before it, and the same anew on every connection. */

import { ChatError, CLOSED } from "./errors.js";
import { persist } from "./trying.js";

const PAGE_MAX = 200; // messages
const AGAIN_S = 5; // after a refusal that passes and does not say when

export class Subscription {
  state = "idle";
  error = null;
  history = 0; // how many of the newest messages are wanted at the beginning
  #client;
  #room; // { roomId, tell(), changed(), interrupted(), ended(), subscribed(reply), current(), range(history), show(messages, highest), begun(held) }
  #join = null; // stands for the present subscription: what belongs to an earlier one is dropped
  #version = null; // every change up to it is known; null before the beginning
  #held = null; // what is heard while the history is read

  constructor(client, room) {
    [this.#client, this.#room] = [client, room];
  }

  get isOn() { return this.#join !== null; }
  get isBegun() { return this.#version !== null && !this.#held; }

  begin(history) {
    this.history = history;
    this.#version = null;
    this.#ask();
  }

  end(state, error) {
    this.#join = this.#held = null;
    this.#room.ended();
    this.#setState(state, error);
  }

  hearState(state) {
    if (this.#join && state === "open") this.#ask();
    else if (this.state === "live") this.#setState("joining");
  }

  /** Nothing is known any more: the next time all is read. */
  beginAnew() {
    this.#version = null;
  }

  /** True where the message has to wait for the history. */
  holds(message) {
    this.#held?.push(message);
    return this.#held !== null;
  }

  /** A change was heard that nobody has to replay. */
  know(version) {
    if (this.#version !== null) this.#version = Math.max(this.#version, version);
  }

  /** Once there are messages. Throws where there never will be. */
  async begun() {
    for (;;) {
      if (!this.#join) throw this.error ?? new ChatError(CLOSED);
      if (this.isBegun) return;
      await this.#room.changed();
    }
  }

  /** A page, however long it takes; nothing where the subscription ended. */
  persist(query) { return this.#persist(this.#join, query); }

  #setState(state, error = null) {
    Object.assign(this, { state, error });
    this.#room.tell();
  }

  #ask() {
    const join = (this.#join = {});
    this.#held = null;
    this.#room.interrupted();
    this.#setState("joining");
    const known = this.#version === null ? {} : { since: this.#version, epoch: this.#client.epoch || undefined };
    this.#client._request({ type: "subscribe", roomId: this.#room.roomId, ...known }, (reply) => {
      if (this.#join !== join || reply.code === CLOSED.code) return;
      if (reply.code === "E-S002") {
        setTimeout(() => this.#join === join && this.#ask(), (reply.retryAfter ?? AGAIN_S) * 1000);
      } else if (reply.type === "error") this.end("refused", new ChatError(reply));
      else this.#hear(join, reply);
    });
  }

  #hear(join, reply) {
    this.#room.subscribed(reply);
    if (reply.recovered) {
      this.#setState("live");
      return this.#room.current();
    }
    this.#held = [];
    const range = this.#room.range(this.history);
    this.#read(join, range).then(
      (messages) => messages && this.#begin(messages, range.highest, reply.version),
      (error) => this.end("refused", error),
    );
  }

  /** All messages of that range. Nothing where the subscription ended. */
  async #read(join, { highest, lowest }) {
    const messages = [];
    for (let before = highest + 1; before > lowest; ) {
      const page = await this.#persist(join, { before, limit: Math.min(PAGE_MAX, before - lowest) });
      if (!page) return undefined;
      messages.unshift(...page);
      before = page[0]?.seq ?? 1;
    }
    return messages;
  }

  #persist(join, query) {
    const isWanted = () => this.#join === join && this.#client.state !== "closed";
    return persist(() => this.#client.history(this.#room.roomId, query), isWanted);
  }

  #begin(messages, highest, version) {
    this.#room.show(messages, highest);
    this.#version = version;
    const held = this.#held;
    this.#held = null;
    this.#setState(this.#client.state === "open" ? "live" : "joining"); // the link may have broken meanwhile
    this.#room.begun(held);
  }
}
