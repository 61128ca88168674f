/** How a room is kept, and what this member is there: from `subscribed`, the `room` frames and REST. Pure. */

const NOTHING_SPECIAL = {
  ownerId: null,
  managerIds: [],
  slowSeconds: 0,
  readOnly: false,
  joining: "open",
  counselling: false,
  roomName: "",
  description: "",
  role: "member",
  mutedUntil: null,
  onDuty: true,
  firstSeq: 1,
};
const KEPT_BY = ["owner", "manager"];
const OF_SUBSCRIBED = ["role", "slowSeconds", "readOnly", "mutedUntil", "firstSeq"];

export class RoomRules {
  #turn = 0; // moves with each word of the socket
  #saidAt = {}; // by field, the turn at which the socket said it last
  #spokeAt = -Infinity; // when the newest own message was taken, by this clock, in milliseconds
  #refusedUntil = -Infinity; // by an E-MO003

  constructor() {
    Object.assign(this, NOTHING_SPECIAL);
  }

  get isManager() { return KEPT_BY.includes(this.role); }

  /** For `hearAnswer`: taken before REST is asked. */
  get turn() { return this.#turn; }

  /** What `subscribed` says; the rest stays as it was heard last. True where something is news. */
  begin(subscribed) { return this.#hear(this.#read(subscribed, OF_SUBSCRIBED)); }

  /** A `room` frame: what it leaves out is as usual. True where something is news. */
  hear(frame) { return this.#hear(this.#read(frame, Object.keys(NOTHING_SPECIAL))); }

  /** As `hear`, the room as REST shows it. Of what the socket said since that was asked, nothing changes. */
  hearAnswer(room, turn) {
    const isOpen = (key) => key === "firstSeq" || (this.#saidAt[key] ?? 0) <= turn; // that one never falls
    return this.#take(this.#read(room, Object.keys(NOTHING_SPECIAL).filter(isOpen)));
  }

  /** Its numbers are those of another epoch. */
  beginAnew() { this.firstSeq = NOTHING_SPECIAL.firstSeq; }

  #read(frame, keys) {
    const said = Object.fromEntries(keys.map((key) => [key, frame[key] ?? NOTHING_SPECIAL[key]]));
    return { ...said, firstSeq: Math.max(this.firstSeq, said.firstSeq) }; // REST may be late
  }

  #hear(fields) {
    this.#turn += 1;
    for (const key of Object.keys(fields)) this.#saidAt[key] = this.#turn;
    return this.#take(fields);
  }

  #take(fields) {
    const isNews = Object.entries(fields).some(([key, value]) => JSON.stringify(this[key]) !== JSON.stringify(value));
    Object.assign(this, fields);
    return isNews;
  }

  end() {
    this.#hear(NOTHING_SPECIAL); // an answer to who asked before is of no use to who comes again
    this.#spokeAt = this.#refusedUntil = -Infinity;
  }

  roleOf(memberId) {
    if (memberId === null) return null;
    if (memberId === this.ownerId) return "owner";
    return this.managerIds.includes(memberId) ? "manager" : "member";
  }

  /** The server's reply to an own message. True where it moves the end of the waiting. */
  hearReply({ type, code, retryAfter, duplicate = false }) {
    if (type === "ack" && !duplicate) this.#spokeAt = Date.now();
    else if (code === "E-MO003") this.#refusedUntil = Date.now() + (retryAfter ?? 0) * 1000;
    else return false;
    return this.slowSeconds > 0;
  }

  /** When this member may say something, in milliseconds since the epoch: 0 is now, Infinity until a rule changes. */
  get mayWriteAt() {
    const muted = this.mutedUntil === null ? 0 : Date.parse(this.mutedUntil);
    if (this.isManager) return after(muted);
    if (this.readOnly) return Infinity;
    const slow = this.slowSeconds > 0 ? Math.max(this.#spokeAt + this.slowSeconds * 1000, this.#refusedUntil) : 0;
    return after(Math.max(muted, slow));
  }
}

const after = (moment) => (moment > Date.now() ? moment : 0);
