/** What managers do to members of a room, and what was done to this member. What is done to messages is in the room. */

export class Sanctions {
  #client;

  constructor(client) {
    this.#client = client;
  }

  mute(roomId, memberId, { until, reason }) {
    return this.#client._ask({ type: "mute", roomId, memberId, until: wireTime(until), reason });
  }

  remove(roomId, memberId, { reason, until, hideHours }) {
    return this.#client._ask({ type: "remove", roomId, memberId, reason, until: wireTime(until), hideHours });
  }

  lift(roomId, memberId, act, { reason } = {}) {
    return this.#client._ask({ type: "lift", roomId, memberId, act, reason });
  }

  mine(query) {
    return this.#client.call("GET", "/me/sanctions", { query });
  }

  object(sanctionId, words) {
    return this.#client.call("POST", `/me/sanctions/${sanctionId}/objection`, { body: { words } });
  }

  inRoom(roomId, { withEnded, ...query } = {}) {
    return this.#client.call("GET", `/room/${roomId}/sanctions`, { query: { ...query, ended: withEnded ? 1 : undefined } });
  }

  log(roomId, query) {
    return this.#client.call("GET", `/room/${roomId}/audit`, { query });
  }
}

/** Of a Date, of milliseconds, of a text that is one already; nothing is no end. */
function wireTime(moment) {
  return moment === undefined || moment === null || typeof moment === "string" ? (moment ?? undefined) : new Date(moment).toISOString();
}
