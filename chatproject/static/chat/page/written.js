/**
 * What a member wrote and did not send, in each room: kept for them alone, as long as the tab lasts. Who signs in after
 * them has drafts of their own. No DOM.
 */

const EMPTY = { text: "", picked: [], replyTo: null, change: null, assisted: false };

export class Written {
  #memberId;
  #storage;
  #known = new Map(); // storage's key -> what is kept there
  #hearers = [];

  /** `memberId()`: whose page this is, null while that is not known; `storage`: `{ read(key), write(key, text or null) }`. */
  constructor({ memberId, storage }) {
    [this.#memberId, this.#storage] = [memberId, storage];
  }

  /** The unsent message there, for a list of rooms; "" where there is none. */
  draftOf(roomId) {
    return this.of(roomId).text.trim();
  }

  /**
   * All of it: `{ text, picked, replyTo, change, assisted }`. `picked` are those whom it mentions, `replyTo` the seq that it answers,
   * `change` `{ seq, text, picked }` where a message is being changed, which `text` waits for.
   */
  of(roomId) {
    const key = this.#keyOf(roomId);
    if (key === null) return EMPTY;
    if (!this.#known.has(key)) this.#known.set(key, parsed(this.#storage.read(key)));
    return this.#known.get(key);
  }

  setDraft(roomId, { text, picked = [], replyTo = null, change = null, assisted = false }) {
    const key = this.#keyOf(roomId);
    if (key === null) return;
    const before = this.draftOf(roomId);
    const isEmpty = text === "" && replyTo === null && change === null;
    const kept = isEmpty ? EMPTY : { text, picked, replyTo, change, assisted };
    this.#known.set(key, kept);
    this.#storage.write(key, isEmpty ? null : JSON.stringify(kept));
    if (this.draftOf(roomId) !== before) for (const heard of this.#hearers) heard(roomId);
  }

  /** `heard(roomId)`: the text there is another. */
  onChange(heard) {
    this.#hearers.push(heard);
  }

  #keyOf(roomId) {
    const memberId = this.#memberId();
    return memberId === null || roomId === null ? null : `chatWritten ${memberId} ${roomId}`;
  }
}

/** Whatever else a storage holds there is nothing. */
function parsed(kept) {
  try {
    const { text, picked, replyTo, change, assisted } = JSON.parse(kept ?? "{}");
    return { text: textOf(text), picked: peopleOf(picked), replyTo: seqOf(replyTo), change: changeOf(change), assisted: assisted === true };
  } catch {
    return EMPTY;
  }
}

const textOf = (value) => (typeof value === "string" ? value : "");
const seqOf = (value) => (Number.isSafeInteger(value) ? value : null);

function peopleOf(value) {
  if (!Array.isArray(value)) return [];
  return value.filter((one) => (one?.memberId === null || Number.isSafeInteger(one?.memberId)) && typeof one.name === "string");
}

function changeOf(value) {
  const seq = seqOf(value?.seq);
  return seq === null ? null : { seq, text: textOf(value.text), picked: peopleOf(value.picked) };
}
