/** Messages that wait for a manager: one's own, those of a room, and the room's own rules of the word filter. */

export class Held {
  #client;

  constructor(client) {
    this.#client = client;
  }

  // --- for managers

  of(roomId, query) {
    return this.#client.call("GET", `/room/${roomId}/held`, { query });
  }

  /** Let it go (`release`), or reject it; a rejection needs a reason, which its author is told. */
  decide(roomId, heldId, { release, reason }) {
    return this.#client.call("PUT", `/room/${roomId}/held/${heldId}`, { body: { release, reason } });
  }

  async rules(roomId) {
    return (await this.#client.call("GET", `/room/${roomId}/filter-rules`)).rules;
  }

  /** A rule of the same words gets this action. */
  setRule(roomId, { pattern, action, note }) {
    return this.#client.call("POST", `/room/${roomId}/filter-rules`, { body: { pattern, action, note } });
  }

  deleteRule(roomId, ruleId) {
    return this.#client.call("DELETE", `/room/${roomId}/filter-rules/${ruleId}`);
  }

  // --- one's own

  async mine() {
    return (await this.#client.call("GET", "/me/held")).held;
  }

  /** Put what still waits among the pending messages of its rooms, and hear what was decided without a connection. */
  async load() {
    for (const held of (await this.mine()).reverse()) {
      const room = this.#client.room(held.roomId);
      const isWaiting = room.pending.some(({ clientId, state }) => clientId === held.clientId && state === "held");
      if (held.state === "waiting") room._hold(held);
      else if (isWaiting) room._hearDecision(held);
    }
  }

  _hear({ type: _type, reason = "", seq = null, ...decided }) {
    this.#client.room(decided.roomId)._hearDecision({ ...decided, reason, seq });
  }
}
