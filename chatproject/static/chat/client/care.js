/** People who may hurt themselves: where people help them, and, for managers, whom to look after. */

const HEARD = {
  care: { text: "", textEn: "", lines: [] },
  concern: { seq: null, memberId: null },
};

export class Care {
  #client;

  constructor(client) {
    this.#client = client;
  }

  /** Where people help, for everybody: `{ text, textEn, lines }`. */
  helpLines() {
    return this.#client.call("GET", "/help-lines");
  }

  /** The card of this member, which nobody else sees; `concernId` is null where none is open. */
  mine() {
    return this.#client.call("GET", "/me/care");
  }

  /** This member wants to see the card no more. */
  close() {
    return this.#client.call("DELETE", "/me/care");
  }

  /** For managers: whom to look after in a room, the newest first; without `state` those that are not closed. */
  concernsOf(roomId, query) {
    return this.#client.call("GET", `/room/${roomId}/concerns`, { query });
  }

  /** `state`: "seen" or "closed". */
  lookAfter(roomId, concernId, { state, note }) {
    return this.#client.call("PUT", `/room/${roomId}/concerns/${concernId}`, { body: { state, note } });
  }

  /** Whether this manager is told of concerns in the room, as long as somebody is. */
  setDuty(roomId, onDuty) {
    return this.#client.call("PUT", `/room/${roomId}/duty`, { body: { onDuty } });
  }

  /** True where the frame is about this. */
  _hear({ type, ...event }) {
    if (!(type in HEARD)) return false;
    this.#client._emit(type, { ...HEARD[type], ...event });
    return true;
  }
}
