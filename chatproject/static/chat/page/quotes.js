/** The messages that others answer: those at hand, and older ones, fetched once each. */

/** The message `seq`, loaded or not, as it is now; null where there is none. */
export async function messageAt(client, room, seq) {
  const [message] = await client.history(room.roomId, { before: seq + 1, limit: 1 });
  return room.messages.find((one) => one.seq === seq) ?? (message?.seq === seq ? message : null);
}

export class Quotes {
  #found = new Map(); // by seq; null while it is fetched

  constructor(client, room, onFound) {
    this.client = client;
    this.room = room;
    this.onFound = onFound;
  }

  /** The message `seq`; undefined while it is not known. */
  of(seq) {
    const at = seq - (this.room.messages[0]?.seq ?? 0); // no gap between them
    const message = this.room.messages[at];
    if (message?.seq === seq) return message;
    if (!this.#found.has(seq)) this.#fetch(seq);
    return this.#found.get(seq) ?? undefined;
  }

  /** How a message is now, wherever it stands. */
  hear(message) {
    if (this.#found.has(message.seq)) this.#found.set(message.seq, message);
  }

  async #fetch(seq) {
    this.#found.set(seq, null);
    try {
      const message = await messageAt(this.client, this.room, seq);
      const isNews = message !== null && !(this.#found.get(seq)?.version > message.version);
      if (isNews) this.#found.set(seq, message);
      this.onFound();
    } catch {
      // it stays "an earlier message"
    }
  }
}
