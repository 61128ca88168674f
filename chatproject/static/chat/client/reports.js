/** Reports: telling moderators of something, how it went, and what managers of a room decide about it. */

export class Reports {
  #client;

  constructor(client) {
    this.#client = client;
  }

  /** Of a message (`seq`), of a member (`memberId`), or, with neither, of the room. */
  send({ roomId, seq, memberId, reason, words }) {
    return this.#client.call("POST", "/reports", { body: { roomId, seq, memberId, reason, words } });
  }

  mine(query) {
    return this.#client.call("GET", "/me/reports", { query });
  }

  casesOf(roomId, query) {
    return this.#client.call("GET", `/room/${roomId}/cases`, { query });
  }

  claim(roomId, caseId) {
    return this.#client.call("PUT", `/room/${roomId}/cases/${caseId}/claim`);
  }

  decide(roomId, caseId, { outcome, reason, until, hide }) {
    return this.#client.call("PUT", `/room/${roomId}/cases/${caseId}/decision`, { body: { outcome, reason, until, hide } });
  }

  _hear({ reportId, outcome, reason = "" }) {
    this.#client._emit("report", { report: { reportId, outcome, reason } });
  }
}
