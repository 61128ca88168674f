/** Messages of a room without a gap: all from the seq `from` on, up to `to`, which is Infinity where new ones join them. */

export class Stretch {
  constructor(from = 0, to = Infinity, messages = []) {
    Object.assign(this, { from, to, messages });
  }

  find(seq) {
    const message = this.messages[this.#at(seq)];
    return message?.seq === seq ? message : undefined;
  }

  #at(seq) { return this.messages.findLastIndex((message) => message.seq <= seq); }

  /** Whether the message has a place here; then it is there. */
  put(message) {
    const { seq } = message;
    if (seq < this.from || seq > this.to) return false;
    if (!this.find(seq)) this.messages.splice(this.#at(seq) + 1, 0, message);
    return true;
  }

  prepend(page) {
    this.messages.unshift(...page);
    this.from = page[0]?.seq ?? 1;
  }

  append(page, to) {
    this.messages.push(...page);
    this.to = to;
  }

  /** None before `seq` is there any more; what goes is returned. */
  dropBefore(seq) {
    const gone = this.messages.splice(0, this.#at(seq - 1) + 1);
    this.from = Math.max(this.from, seq);
    return gone;
  }

  /** Keep so many; what goes is returned. */
  dropOldest(kept) {
    const gone = this.messages.splice(0, Math.max(0, this.messages.length - kept));
    if (gone.length) this.from = this.messages[0].seq;
    return gone;
  }

  dropNewest(kept) {
    const gone = this.messages.splice(kept);
    if (gone.length) this.to = this.messages.at(-1).seq;
    return gone;
  }
}
