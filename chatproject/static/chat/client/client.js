/** The connection and its way back. What is said over it waits in the outbox; what is heard goes to the rooms. */

import { Blocked } from "./blocked.js";
import { Bucket } from "./bucket.js";
import { Care } from "./care.js";
import { ChatError, CLOSED, TOO_LONG } from "./errors.js";
import { Outbox, SHARE } from "./outbox.js";
import { Presence } from "./presence.js";
import { Held } from "./held.js";
import { Reports } from "./reports.js";
import { addressOf, Rest } from "./rest.js";
import { Room } from "./room.js";
import { Sanctions } from "./sanctions.js";
import { ticketFor } from "./ticket.js";
import { expiryOf, isToken } from "./token.js";
import { backOff, settled } from "./trying.js";

const BUSY_MS = 5_000; // the shortest pause after a 4429
const STABLE_MS = 5_000; // a connection that lasted so long begins the back-off anew
const CONNECT_TIMEOUT_MS = 10_000;
const TOKEN_TIMEOUT_MS = 60_000;
const SILENCE_MS = 20_000; // then the link is probed: what servers ping is not shown by browsers
const PONG_TIMEOUT_MS = 8_000;
const RENEWAL_MS = 60_000; // how long before its end a token is replaced
const DAY_MS = 86_400_000; // timers of browsers take no more than 24 of them
const REFUSED_TOKENS_MAX = 3; // in a row: there is no valid one to be had

const FINAL_CODES = [1003, 1007, 1009, 4403]; // coming back would not help
const OPEN = 1; // the ready state of a WebSocket
const [BROKEN_OFF, BAD_TOKEN, TOO_MANY] = [1006, 4401, 4429];

const encoder = new TextEncoder();

export class ChatClient extends Rest {
  sanctions = new Sanctions(this);
  #rooms = new Map();
  #socket = null;
  #timers = {}; // by what they are for
  #failures = 0; // since the last connection that lasted
  #refusedTokens = 0;
  #openedAt = Infinity; // while there is no connection
  #isTicketsTurn = true; // after an attempt that failed the other way is tried, until one is open
  #heardAt = 0;
  #reconnectAfter = null; // from the server's `bye`
  #lastError = null; // what the server said before it closed
  #ids = 0;
  #requests = []; // { frame, answered } that wait for their turn
  #replies = new Map(); // by frame id: what to do with the reply
  #outbox; // what was said and done and is not answered
  #frames; // the server's limit, as a bucket
  #wake = () => {
    if (globalThis.document?.visibilityState === "hidden") return;
    if (this.state === "waiting") this.#open();
    else if (this.state === "open") this.#probe();
  };

  constructor({ maxMessages = 500, ...options }) {
    super(options);
    this.blocked = new Blocked(this);
    this.#outbox = new Outbox(this, options.storage);
    this.care = new Care(this);
    this.held = new Held(this);
    this.presence = new Presence(this);
    this.reports = new Reports(this);
    Object.assign(this, { state: "closed", reason: null, me: null, limits: {}, reactions: [], _maxMessages: maxMessages });
  }

  room(id) {
    const roomId = Number(id); // in addresses and attributes it is a string
    if (!this.#rooms.has(roomId)) this.#rooms.set(roomId, new Room(this, roomId));
    return this.#rooms.get(roomId);
  }

  async myRooms() {
    const rooms = await super.myRooms();
    for (const room of rooms) this.room(room.roomId)._hearCounts(room);
    return rooms;
  }

  // --- the connection

  connect() {
    if (this.state === "open" || this.state === "connecting") return;
    globalThis.addEventListener?.("online", this.#wake);
    globalThis.document?.addEventListener("visibilitychange", this.#wake);
    this.#open();
  }

  close() {
    this.#give({ kind: "closed" });
  }

  async #open() {
    const { token, WebSocket } = this._options;
    const stopping = new AbortController();
    const attempt = (this.#socket = { close: () => stopping.abort() }); // until there is a real one
    this.#stopTimers();
    this.#setTimer("watch", TOKEN_TIMEOUT_MS, () => this.#hearClose(BROKEN_OFF)); // a token may never come
    this.#setState("connecting");
    try {
      const access = await token({ fresh: this.#refusedTokens > 0 });
      if (this.#socket !== attempt) return;
      if (!isToken(access)) return this.#give({ kind: "signed-out" });
      this.#setTimer("watch", CONNECT_TIMEOUT_MS, () => this.#hearClose(BROKEN_OFF));
      const handshake = await this.#handshake(access, stopping.signal);
      if (this.#socket === attempt && handshake) this.#listen(new WebSocket(...handshake));
    } catch (error) {
      if (this.#socket === attempt) this.#lose({ kind: "token", error });
    }
  }

  /** Address and subprotocols. Null where no ticket is to be had just now. */
  async #handshake(access, signal) {
    const address = addressOf(this._options.url, "/v2/chat/connect");
    address.protocol = address.protocol.replace("http", "ws");
    const asks = this._options.tickets && this.#isTicketsTurn;
    const { value: ticket, error } = asks ? await settled(ticketFor, access, { ...this._options, signal }) : {};
    if (error && !signal.aborted) this.#hearNoTicket(error);
    if (error) return null;
    if (ticket) address.searchParams.set("ticket", ticket);
    else if (asks) this._options.tickets = false; // nor will this server give another one
    return [address.href, ticket ? ["chat.v2"] : ["chat.v2", `bearer.${access}`]];
  }

  /** The same as if the socket had been refused. */
  #hearNoTicket(error) {
    this.#lastError = error;
    this.#hearClose({ 401: BAD_TOKEN, 429: TOO_MANY }[error.status] ?? BROKEN_OFF);
  }

  #listen(socket) {
    this.#socket = socket;
    const ifCurrent = (handle) => (event) => this.#socket === socket && handle(event);
    socket.onmessage = ifCurrent(({ data }) => this.#hear(JSON.parse(data)));
    socket.onclose = ifCurrent(({ code }) => this.#hearClose(code));
    socket.onerror = ifCurrent(() => this.#hearClose(BROKEN_OFF));
    this.#setTimer("watch", CONNECT_TIMEOUT_MS, () => this.#hearClose(BROKEN_OFF));
  }

  /** As "Close codes" in the protocol wants it. */
  #hearClose(code) {
    const reason = { kind: this.#reconnectAfter === null ? "lost" : "restart", code, error: this.#lastError };
    if (FINAL_CODES.includes(code)) return this.#give({ ...reason, kind: "refused" });
    if (code === BAD_TOKEN) reason.kind = (this.#refusedTokens += 1) < REFUSED_TOKENS_MAX ? "token" : "signed-out";
    if (code === TOO_MANY) reason.kind = "busy";
    return reason.kind === "signed-out" ? this.#give(reason) : this.#lose(reason);
  }

  /** No connection for now: another attempt after a pause. */
  #lose(reason) {
    if (Date.now() - this.#openedAt >= STABLE_MS) this.#failures = 0;
    this.#isTicketsTurn = this.#openedAt < Infinity || !this.#isTicketsTurn;
    const busy = reason.kind === "busy" ? BUSY_MS : 0;
    const pause = this.#reconnectAfter === null ? busy + backOff(this.#failures) : this.#reconnectAfter * 1000;
    this.#failures += 1;
    this.#drop();
    this.#setTimer("retry", pause, () => this.#open());
    this.#setState("waiting", reason, Date.now() + pause);
  }

  /** No connection until the next `connect()`. */
  #give(reason) {
    globalThis.removeEventListener?.("online", this.#wake);
    globalThis.document?.removeEventListener("visibilitychange", this.#wake);
    this.#failures = this.#refusedTokens = 0;
    this.#drop();
    this.#setState("closed", reason);
  }

  #drop() {
    const [socket, unanswered] = [this.#socket, [...this.#requests, ...this.#replies.values()]];
    this.#stopTimers();
    this.state = "closed";
    this.#socket = this.#reconnectAfter = this.#lastError = null;
    this.#openedAt = Infinity;
    this.#requests = [];
    this.#replies.clear();
    this.#outbox.end();
    socket?.close();
    for (const { answered } of unanswered) answered?.(CLOSED);
  }

  #setState(state, reason = null, retryAt = null) {
    Object.assign(this, { state, reason: reason && { code: null, error: null, ...reason } });
    for (const room of this.#rooms.values()) room._hearState(state);
    this._emit("state", { state, reason: this.reason, retryAt });
  }

  #setTimer(name, wait, callback) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(callback, wait);
  }

  #stopTimers() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
  }

  #watch() {
    const silence = Math.abs(Date.now() - this.#heardAt); // a clock may be set back
    if (silence >= SILENCE_MS) this.#probe();
    else this.#setTimer("watch", SILENCE_MS - silence, () => this.#watch());
  }

  /** Is the other end still there? Whatever comes says yes. */
  #probe() {
    this.#heardAt = 0;
    this.#transmit({ type: "ping" });
    this.#setTimer("watch", PONG_TIMEOUT_MS, () => {
      if (this.#heardAt === 0) this.#hearClose(BROKEN_OFF);
      else this.#watch();
    });
  }

  /** Replace the token in time. */
  #renewBefore(expiresAt) {
    const rest = expiresAt - Date.now();
    const wait = rest > 0 ? Math.max(rest - RENEWAL_MS, rest / 2, 1_000) : RENEWAL_MS; // or a clock is wrong
    this.#setTimer("token", Math.min(wait, DAY_MS), async () => {
      if (wait > DAY_MS) return this.#renewBefore(expiresAt);
      const socket = this.#socket;
      const answer = await settled(this._options.token, { fresh: true });
      if (this.#socket !== socket) return;
      if (answer.error) return this.#renewBefore(expiresAt);
      if (!isToken(answer.value)) return this.#give({ kind: "signed-out" });
      this._request({ type: "auth", access: answer.value }, ({ type, code }) => {
        if (code !== "closed") this.#renewBefore(type === "ok" ? (expiryOf(answer.value) ?? expiresAt) : expiresAt);
      });
    });
  }

  // --- what is heard

  #hear(frame) {
    this.#heardAt = Date.now();
    const request = this.#replies.get(frame.id);
    this.#replies.delete(frame.id);
    if (request) request.answered(frame);
    else if (frame.type === "welcome") this.#begin(frame);
    else if (frame.type === "bye") this.#reconnectAfter = frame.reconnectAfter;
    else if (frame.type === "error") this.#hearError(frame);
    else if (this.care._hear(frame)) return;
    else if (frame.type === "report") this.reports._hear(frame);
    else if (frame.type === "held") this.held._hear(frame);
    else if (frame.type === "presence") this.presence._hear(frame);
    else if (frame.type === "moderation") this.#hearWaiting(frame);
    else if (frame.type === "sanction") this.#hearSanction(frame);
    else if (frame.type === "blocked") this.blocked._hear(frame);
    else if (frame.roomId) this.room(frame.roomId)._hear(frame);
  }

  /** Also of rooms that are not listened to: who was removed from one is told so. */
  #hearSanction({ type, seq = null, until = null, lifted = false, ...sanction }) {
    this.room(sanction.roomId)._emit("sanction", { sanction: { ...sanction, seq, until, lifted } });
  }

  /** For managers: how much waits for them in a room, listened to or not. */
  #hearWaiting({ roomId, held = 0, cases = 0, requests = 0, concerns = 0 }) {
    this._emit("waiting", { room: this.room(roomId), waiting: { held, cases, requests, concerns } });
  }

  #hearError(frame) {
    this.#lastError = new ChatError(frame);
    const room = this.#rooms.get(frame.roomId) ?? null;
    if (this.state === "open") this._emit("error", { error: this.#lastError, room });
  }

  #begin({ memberId, nickName, expiresAt, limits, reactions = [] }) {
    const isFirst = this.me === null;
    if (!isFirst && this.me.memberId !== memberId) {
      const error = new ChatError({ code: "E-AU002", message: "The token is another member's." });
      return this.#give({ kind: "refused", error });
    }
    Object.assign(this, { me: { memberId, nickName }, limits, reactions });
    this.#frames = new Bucket(limits.framesPerSecond * SHARE, limits.framesPerSecond);
    this.#outbox.begin(limits);
    this.#openedAt = Date.now();
    this.#refusedTokens = 0;
    if (isFirst) this.#outbox.restore();
    this.#setState("open");
    if (this.state !== "open") return; // a listener closed it
    this.#renewBefore(Date.parse(expiresAt));
    this.#pump();
    if (this.#replies.size) this.#watch();
    else this.#probe(); // who says nothing at first has to go
  }

  // --- what is said

  /** Send a frame on this connection or not at all; `answered` gets the reply, or an error of code "closed". */
  _request(frame, answered) {
    if (this.state !== "open") return answered?.(CLOSED);
    this.#requests.push({ frame, answered });
    this.#pump();
  }

  /** The same as a promise. */
  _ask(frame) {
    return new Promise((resolve, reject) => {
      this._request(frame, (reply) => (reply.type === "error" ? reject(new ChatError(reply)) : resolve()));
    });
  }

  #transmit(frame, answered) {
    const id = answered && String((this.#ids += 1));
    const text = JSON.stringify({ ...frame, id });
    if (bytesOf(text) > (this.limits.frameBytes ?? Infinity)) return answered?.(TOO_LONG); // it would close the socket
    if (answered) this.#replies.set(id, { answered });
    if (this.#socket.readyState === OPEN) this.#socket.send(text); // else it is closing
  }

  /** Send what waits, as fast as the server's limits allow. */
  #pump() {
    while (this.state === "open") {
      const request = this.#requests[0];
      const entry = request ? undefined : this.#outbox.next();
      if (!request && !entry) return;
      const wait = Math.max(this.#frames.wait(), entry ? this.#outbox.wait() : 0);
      if (wait > 0) return this.#setTimer("pump", wait, () => this.#pump());
      this.#frames.tokens -= 1;
      if (entry) this.#sendEntry(entry);
      else this.#transmit(this.#requests[0].frame, this.#requests.shift().answered);
    }
  }

  #sendEntry(entry) {
    this.#transmit(this.#outbox.take(entry), (reply) => {
      this.#outbox.hear(entry, reply);
      this.#pump();
    });
  }

  _post(message) {
    this.#outbox.post(message);
    this.#pump();
  }

  _do(act) {
    this.#outbox.do(act);
    this.#pump();
  }

  _forget(message) {
    this.#outbox.forget(message);
  }
}

const bytesOf = (text) => encoder.encode(text).length;
