/** What the inbox knows of one room: how much is unread, what was said last. Moved by what is heard; tells nobody. */

import { MentionCount } from "./mention-count.js";

export class InboxEntry {
  shown; // as `client.myRooms()` gives rooms: replaced where something changes, never changed itself
  heardSeq; // the newest message that was told, or that the list had
  at; // a room with a higher number stands above
  #isMine;
  #isCalling;
  #mentions;
  #version = 0; // every change up to it was told

  /** As the list has the room; `isMine(message)`, `isCalling(message)`: by, or to, this member. */
  constructor(listed, { isMine, isCalling, at }) {
    [this.#isMine, this.#isCalling, this.at] = [isMine, isCalling, at];
    this.#mentions = new MentionCount(isCalling);
    this.shown = { ...listed, mentionCount: 0 };
    this.heardSeq = listed.lastSeq;
    this.list(listed, { isHeard: true });
  }

  /** The list was read anew: it may be older than what was heard meanwhile. `isHeard`: nobody tells what it has again. */
  list(listed, { isHeard }) {
    const { lastSeq, readSeq, lastMessage } = this.shown;
    const read = Math.max(readSeq, listed.readSeq);
    this.#mentions.count(listed, [], read);
    if (isHeard) this.heardSeq = Math.max(this.heardSeq, listed.lastSeq);
    this.#version = Math.max(this.#version, listed.lastMessage?.version ?? 0);
    this.#show({ ...listed, lastSeq: Math.max(lastSeq, listed.lastSeq), readSeq: read, lastMessage: newer(lastMessage, listed.lastMessage) });
  }

  /** A message, new or changed: "new", "changed", or null where it was told before. */
  hear(message) {
    const isNew = message.seq > this.heardSeq;
    if (!isNew && message.version <= this.#version) return null;
    this.heardSeq = Math.max(this.heardSeq, message.seq);
    this.#version = Math.max(this.#version, message.version);
    const { lastMessage, ...before } = this.shown;
    const [lastSeq, readSeq] = [Math.max(before.lastSeq, message.seq), this.#isMine(message) ? Math.max(before.readSeq, message.seq) : before.readSeq];
    const known = lastMessage?.seq === message.seq ? this.#isCalling(lastMessage) : undefined;
    this.#mentions.hear(message, known, before.readSeq);
    this.#mentions.read(before.readSeq, readSeq, []);
    this.#move({ lastSeq, readSeq, lastMessage: newer(lastMessage, { ...message }) });
    return isNew ? "new" : "changed";
  }

  /** How far the room is, and, where it is told, how far this member has read, with the mentions behind that. */
  hearSeqs({ lastSeq, readSeq, mentionCount = 0 }) {
    const read = Math.max(this.shown.readSeq, readSeq ?? 0);
    if (readSeq !== undefined) this.#mentions.count({ mentionCount, lastSeq, readSeq }, [], read);
    this.#move({ lastSeq: Math.max(this.shown.lastSeq, lastSeq), readSeq: read });
  }

  /** The room is listened to, and knows better. */
  follow({ lastSeq, readSeq, mentionCount }) {
    if (lastSeq > 0) this.hearSeqs({ lastSeq, readSeq, mentionCount }); // 0: it has not said yet
  }

  set(fields) {
    this.#show(fields);
  }

  /** A hidden room is hidden until something is said in it, one that is marked as unread until it is read. */
  #move({ lastSeq, readSeq, ...fields }) {
    const isSaid = lastSeq > this.shown.lastSeq && this.shown.isHidden && { isHidden: false };
    const isRead = readSeq > this.shown.readSeq && this.shown.isMarkedUnread && { isMarkedUnread: false };
    this.#show({ lastSeq, readSeq, ...fields, ...isSaid, ...isRead });
  }

  #show(fields) {
    const shown = { ...this.shown, ...fields };
    shown.unReadCount = Math.max(0, shown.lastSeq - shown.readSeq);
    shown.mentionCount = shown.unReadCount === 0 ? 0 : this.#mentions.value;
    if (Object.keys(shown).some((name) => shown[name] !== this.shown[name])) this.shown = shown;
  }
}

/** Of two messages of a room the later one, or of one message its later state; either may be null. */
function newer(one, other) {
  if (one === null || other === null) return one ?? other;
  const isLater = other.seq > one.seq || (other.seq === one.seq && other.version > one.version);
  return isLater ? other : one;
}
