/** The message on top of a room: which one it is, and what it says. Frames may come twice; a replay tells old news. */

export class Pinned {
  seq = null;
  message = null; // null until it is at hand
  #version = 0; // of what was told about it last

  /** The room as it is at this version. What is known of the message may be older where changes were missed. */
  begin(seq, version, isRecovered = false) {
    if (seq !== this.seq || !isRecovered) this.message = null;
    [this.seq, this.#version] = [seq, version];
  }

  /** The room keeps no message before `seq`. True where the pinned one is one of those. */
  drop(seq) {
    if (this.seq === null || this.seq >= seq) return false;
    this.seq = this.message = null;
    return true;
  }

  /** A message, new or changed. True where that is news of the pinned one. */
  hear(message) {
    if (message.version > this.#version) {
      const isPinned = message.pinnedAt !== null;
      if (!isPinned && message.seq !== this.seq) return false;
      [this.seq, this.#version] = [isPinned ? message.seq : null, message.version];
    }
    if (this.seq === null) this.message = null;
    else if (message.seq !== this.seq || message.version < this.message?.version) return false;
    else this.message = message;
    return true;
  }
}
