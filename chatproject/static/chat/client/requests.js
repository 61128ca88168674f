/** What goes over a connection, as fast as the server's limits allow: requests first, then what waits in the outbox. */

import { Bucket } from "./bucket.js";
import { CLOSED, TOO_LONG } from "./errors.js";
import { SHARE } from "./outbox.js";

const encoder = new TextEncoder();

export class Requests {
  #connection;
  #outbox;
  #ids = 0;
  #waiting = []; // { frame, answered } whose turn has not come
  #replies = new Map(); // by frame id: what to do with the reply
  #frames; // the server's limit, as a bucket
  #bytesMax = Infinity; // of a frame
  #timer = null;

  constructor(connection, outbox) {
    [this.#connection, this.#outbox] = [connection, outbox];
  }

  /** Whether replies are on their way. */
  get isAsking() { return this.#replies.size > 0; }

  /** A connection begins. */
  begin(limits) {
    this.#frames = new Bucket(limits.framesPerSecond * SHARE, limits.framesPerSecond);
    this.#bytesMax = limits.frameBytes ?? Infinity;
    this.#outbox.begin(limits);
  }

  /** It ended: nothing that was asked is answered any more. */
  end() {
    const unanswered = [...this.#waiting, ...this.#replies.values()];
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#replies.clear();
    this.#outbox.end();
    for (const { answered } of unanswered) answered?.(CLOSED);
  }

  /** Send a frame on this connection or not at all; `answered` gets the reply, or an error of code "closed". */
  add(frame, answered) {
    if (this.#connection.state !== "open") return answered?.(CLOSED);
    this.#waiting.push({ frame, answered });
    this.pump();
  }

  /** True where the frame is the reply to one of them. */
  hear(frame) {
    const request = this.#replies.get(frame.id);
    this.#replies.delete(frame.id);
    request?.answered(frame);
    return request !== undefined;
  }

  /** Send what waits. */
  pump() {
    while (this.#connection.state === "open") {
      const request = this.#waiting[0];
      const entry = request ? undefined : this.#outbox.next();
      if (!request && !entry) return;
      const wait = Math.max(this.#frames.wait(), entry ? this.#outbox.wait() : 0);
      if (wait > 0) return this.#pumpAfter(wait);
      this.#frames.tokens -= 1;
      if (entry) this.#sendEntry(entry);
      else this.#transmit(this.#waiting[0].frame, this.#waiting.shift().answered);
    }
  }

  #pumpAfter(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.pump(), wait);
  }

  #sendEntry(entry) {
    this.#transmit(this.#outbox.take(entry), (reply) => {
      this.#outbox.hear(entry, reply);
      this.pump();
    });
  }

  #transmit(frame, answered) {
    const id = answered && String((this.#ids += 1));
    const text = JSON.stringify({ ...frame, id });
    if (encoder.encode(text).length > this.#bytesMax) return answered?.(TOO_LONG); // it would close the socket
    if (answered) this.#replies.set(id, { answered });
    this.#connection.send(text);
  }
}
