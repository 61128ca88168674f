/** How far this member has read a room: moved here or on another device, and told to the server once a second. */

const TELL_MS = 1_000;

export class ReadMark {
  seq = 0;
  #told = 0; // what the server knows
  #timer = null;
  #client;
  #room; // { roomId, moved(from, to) }

  constructor(client, room) {
    [this.#client, this.#room] = [client, room];
  }

  /** The room is listened to; the server knows this mark. */
  begin({ readSeq, lastSeq }) {
    this.#move(Math.min(lastSeq, Math.max(this.seq, readSeq)));
    this.#told = readSeq;
    this.#tell();
  }

  /** The server says it. True where that is news. */
  hear(seq) {
    if (seq <= this.seq) return false;
    this.#told = seq;
    this.#move(seq);
    return true;
  }

  /** This member has seen so far. True where that is news. */
  read(seq) {
    if (seq <= this.seq) return false;
    this.#move(seq);
    this.#tell();
    return true;
  }

  clear() {
    this.seq = 0;
  }

  #move(seq) {
    const before = this.seq;
    this.seq = seq;
    this.#room.moved(before, seq);
  }

  #tell() {
    if (this.#timer || this.#told >= this.seq || this.#client.state !== "open") return;
    this.#told = this.seq;
    this.#client._request({ type: "read", roomId: this.#room.roomId, seq: this.seq }, () => {}); // asked at the next join
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#tell();
    }, TELL_MS);
  }
}
