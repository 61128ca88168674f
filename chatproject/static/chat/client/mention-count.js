/** How many unread messages call this member: as the server counted, moved by what is heard, read and changed since. */

export class MentionCount {
  #isCalling; // (message) => whether it calls this member
  #counted = 0; // by the server, up to the seq `#countedTo`
  #countedTo = 0;
  #heard = new Set(); // the seqs of those after it

  constructor(isCalling) {
    this.#isCalling = isCalling;
  }

  get value() { return this.#counted + this.#heard.size; }

  /** The server's count of what is unread after `readSeq`. */
  count({ mentionCount, lastSeq, readSeq }, messages, read) {
    for (const seq of this.#heard) if (seq <= lastSeq) this.#heard.delete(seq);
    [this.#counted, this.#countedTo] = [mentionCount, lastSeq];
    this.read(readSeq, read, messages);
  }

  /** The messages were read from the history; all that is unread is among them, or not. */
  begin(messages, isWhole, read) {
    if (isWhole) [this.#counted, this.#countedTo] = [0, 0];
    for (const message of messages) this.hear(message, undefined, read);
  }

  /** A message, and whether it called before, where that is known. */
  hear(message, didCall, read) {
    if (message.seq <= read) return;
    const calls = this.#isCalling(message);
    if (message.seq > this.#countedTo) this.#heard[calls ? "add" : "delete"](message.seq);
    else if (didCall !== undefined) this.#counted = Math.max(0, this.#counted + calls - didCall);
  }

  /** The mark moved. Messages that are not at hand are known to be read when all that were counted are. */
  read(from, to, messages) {
    if (to <= from) return;
    for (const seq of this.#heard) if (seq <= to) this.#heard.delete(seq);
    const isRead = ({ seq }) => from < seq && seq <= Math.min(to, this.#countedTo);
    const read = messages.filter((message) => isRead(message) && this.#isCalling(message)).length;
    this.#counted = to >= this.#countedTo ? 0 : Math.max(0, this.#counted - read);
  }

  clear() {
    this.#counted = this.#countedTo = 0;
    this.#heard.clear();
  }
}

/** Whether the message calls this member, alone or with everyone, and may. */
export function isCallingMember({ senderId, mentions, everyone, deletedAt, hiddenAt }, { me, blocked }) {
  if (blocked.has(senderId) || deletedAt || hiddenAt || senderId === me?.memberId) return false;
  return everyone || mentions.includes(me?.memberId);
}
