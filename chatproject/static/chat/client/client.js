/** A member's chat: what is heard goes to the rooms, what is said waits in the outbox, and a connection carries both. */

import { Blocked } from "./blocked.js";
import { Care } from "./care.js";
import { Connection } from "./connection.js";
import { ChatError } from "./errors.js";
import { Held } from "./held.js";
import { Inbox } from "./inbox.js";
import { Lately } from "./lately.js";
import { Outbox } from "./outbox.js";
import { MyData } from "./my-data.js";
import { Presence } from "./presence.js";
import { Reports } from "./reports.js";
import { Requests } from "./requests.js";
import { Rest } from "./rest.js";
import { Room } from "./room.js";
import { Sanctions } from "./sanctions.js";
import { Snapshots } from "./snapshots.js";

export class ChatClient extends Rest {
  sanctions = new Sanctions(this);
  #rooms = new Map();
  #connection;
  #requests; // what waits for its turn, and for a reply
  #snapshots = new Snapshots(() => this.#shown(), () => this._emit("update", { room: null }));
  #outbox; // what was said and done and is not answered
  _lately = new Lately(); // and what was

  constructor({ maxMessages = 500, inbox = false, ...options } = {}) {
    super(options);
    this.#connection = new Connection(this._options, {
      hear: (frame) => this.#hear(frame),
      hearState: (event) => this.#hearState(event),
      hearDrop: () => this.#requests.end(),
      request: (frame, answered) => this._request(frame, answered),
    });
    this.#outbox = new Outbox(this, options.storage);
    this.#requests = new Requests(this.#connection, this.#outbox);
    this.blocked = new Blocked(this);
    this.care = new Care(this);
    this.held = new Held(this);
    this.inbox = new Inbox(this, { isWanted: inbox });
    this.myData = new MyData(this);
    this.presence = new Presence(this);
    this.reports = new Reports(this);
    for (const name of ["state", "inbox"]) this.on(name, () => this.#snapshots.touch());
    Object.assign(this, { me: null, limits: {}, reactions: [], assistant: true, pushKey: null, epoch: "", _maxMessages: maxMessages });
  }

  get state() { return this.#connection.state; }
  get reason() { return this.#connection.reason; }

  get revision() { return this.#snapshots.revision; }
  snapshot() { return this.#snapshots.get(); }

  #shown() {
    const { state, reason, me, limits, reactions } = this;
    return { state, reason, me, limits, reactions, rooms: this.inbox.rooms };
  }

  room(id) {
    const roomId = Number(id); // in addresses and attributes it is a string
    if (!this.#rooms.has(roomId)) this.#rooms.set(roomId, new Room(this, roomId));
    return this.#rooms.get(roomId);
  }

  /** Once no room is just being joined, or so many milliseconds have passed. */
  async _afterJoins(most) {
    const isJoining = () => [...this.#rooms.values()].some(({ state }) => state === "joining");
    if (!isJoining()) return;
    await new Promise((resolve) => {
      const end = () => {
        off();
        clearTimeout(timer);
        resolve();
      };
      const off = this.on("room", () => isJoining() || end());
      const timer = setTimeout(end, most);
    });
  }

  /** Where it was asked for before: else null. */
  _knownRoom(roomId) { return this.#rooms.get(roomId) ?? null; }

  async myRooms() {
    const rooms = await super.myRooms();
    for (const room of rooms) this.room(room.roomId)._hearCounts(room);
    return rooms;
  }

  async setRoomNotifications(roomId, level) {
    const answer = await super.setRoomNotifications(roomId, level);
    this.inbox._set(roomId, { notify: level });
    return answer;
  }

  connect() { this.#connection.connect(); }
  close() { this.#connection.give({ kind: "closed" }); }

  // --- what is heard

  #hearState(event) {
    for (const room of this.#rooms.values()) room._hearState(event.state);
    if (event.state !== "open") this.inbox._pause();
    this._emit("state", event);
    if (event.state === "open" && this.state === "open") this.inbox._begin(); // behind the rooms that somebody looks at
  }

  #hear(frame) {
    if (frame.type === "welcome") return this.#begin(frame);
    this._lately.heardAt = Date.now();
    if (this.#requests.hear(frame)) return;
    else if (frame.type === "bye") this.#connection.hearBye(frame);
    else if (frame.type === "error") this.#hearError(frame);
    else if (this.care._hear(frame)) return;
    else if (frame.type === "report") this.reports._hear(frame);
    else if (frame.type === "inbox") this.inbox._hear(frame);
    else if (frame.type === "held") this.held._hear(frame);
    else if (frame.type === "presence") this.presence._hear(frame);
    else if (frame.type === "moderation") this.#hearWaiting(frame);
    else if (frame.type === "sanction") this.#hearSanction(frame);
    else if (frame.type === "blocked") this.blocked._hear(frame);
    else if (frame.roomId) {
      if (frame.type === "mine") this.inbox._hearMine(frame);
      if (frame.type === "room") this.inbox._hearRoom(frame);
      this.room(frame.roomId)._hear(frame);
    }
  }

  /** Also of rooms that are not listened to: who was removed from one is told so. */
  #hearSanction({ type: _type, seq = null, until = null, lifted = false, ...sanction }) {
    this.room(sanction.roomId)._emit("sanction", { sanction: { ...sanction, seq, until, lifted } });
  }

  /** For managers: how much waits for them in a room, listened to or not. */
  #hearWaiting({ roomId, held = 0, cases = 0, requests = 0, concerns = 0 }) {
    this._emit("waiting", { room: this.room(roomId), waiting: { held, cases, requests, concerns } });
  }

  #hearError(frame) {
    const error = new ChatError(frame);
    this.#connection.hearError(error);
    if (this.state === "open") this._emit("error", { error, room: this.#rooms.get(frame.roomId) ?? null });
  }

  #begin({ memberId, nickName, expiresAt, limits, reactions = [], assistant = true, push = null, epoch = "" }) {
    const isFirst = this.me === null;
    if (!isFirst && this.me.memberId !== memberId) {
      const error = new ChatError({ code: "E-AU002", message: "The token is another member's." });
      return this.#connection.give({ kind: "refused", error });
    }
    const isAnew = this.epoch !== "" && !["", this.epoch].includes(epoch); // older servers say none
    Object.assign(this, { me: { memberId, nickName }, limits, reactions, assistant, pushKey: push, epoch: epoch || this.epoch });
    this.#requests.begin(limits);
    if (isAnew) this.#beginAnew();
    if (isFirst) for (const room of this.#rooms.values()) room._sign(this.me);
    if (isFirst) this.#outbox.restore();
    this.#connection.open();
    if (this.state !== "open") return; // a listener closed it
    this.#requests.pump();
    this.#connection.keep({ expiresAt, isAsking: this.#requests.isAsking });
  }

  /** The server's database went backwards: what is known of rooms may be of a past that never was. */
  #beginAnew() {
    const again = this._lately.take();
    this.#outbox.beginAnew();
    this.inbox._beginAnew();
    for (const room of this.#rooms.values()) room._beginAnew();
    this.#outbox.again(again.map(({ message, isAsk }) => this.room(message.roomId)._sayAgain(message, isAsk)));
    this._emit("anew", { messages: again.length });
  }

  // --- what is said

  /** Send a frame on this connection or not at all; `answered` gets the reply, or an error of code "closed". */
  _request(frame, answered) {
    this.#requests.add(frame, answered);
  }

  /** The same as a promise. */
  _ask(frame) {
    return new Promise((resolve, reject) => {
      this._request(frame, (reply) => (reply.type === "error" ? reject(new ChatError(reply)) : resolve()));
    });
  }

  _post(message) {
    this.#outbox.post(message);
    this.#requests.pump();
  }

  _do(act) {
    this.#outbox.do(act);
    this.#requests.pump();
  }

  _forget(message) {
    this.#outbox.forget(message);
  }
}
