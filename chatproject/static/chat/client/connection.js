/** The connection to a server and its way back: token, ticket, socket, pauses, pings. What frames say is the client's. */

import { CLOSED, NOT_FROM_HERE } from "./errors.js";
import { Line } from "./line.js";
import { addressOf } from "./rest.js";
import { ticketFor } from "./ticket.js";
import { expiryOf, isToken } from "./token.js";
import { backOff, settled } from "./trying.js";

const BUSY_MS = 5_000; // the shortest pause after a 4429
const STABLE_MS = 5_000; // a connection that lasted so long begins the back-off anew
const CONNECT_TIMEOUT_MS = 10_000;
const TOKEN_TIMEOUT_MS = 60_000;
const SILENCE_MS = 20_000; // then the link is probed: what servers ping is not shown by browsers
const PONG_TIMEOUT_MS = 8_000;
const DOUBT_MS = 1_500; // the same where the browser says that something happened to the line,
const TRIPS = 3; // or so many times what it took before: there are slow lines
const RENEWAL_MS = 60_000; // how long before its end a token is replaced
const DAY_MS = 86_400_000; // timers of browsers take no more than 24 of them
const REFUSED_TOKENS_MAX = 3; // in a row: there is no valid one to be had

const FINAL_CODES = [1003, 1007, 1009, 4403]; // coming back would not help
const OPEN = 1; // the ready state of a WebSocket
const [BROKEN_OFF, BAD_TOKEN, TOO_MANY] = [1006, 4401, 4429];

export class Connection {
  state = "closed";
  reason = null;
  #options;
  #client; // { hear(frame), request(frame, answered), hearState(event), hearDrop() }
  #socket = null;
  #timers = {}; // by what they are for
  #failures = 0; // since the last connection that lasted
  #refusedTokens = 0;
  #openedAt = Infinity; // while there is no connection
  #isTicketsTurn = true; // after an attempt that failed the other way is tried, until one is open
  #heardAt = 0;
  #probedAt = null; // while an answer is awaited
  #tripMs = 0; // what an answer took
  #reconnectAfter = null; // from the server's `bye`
  #lastError = null; // what the server said before it closed
  #line = new Line({ onBack: () => this.#hearBack(), onDoubt: () => this.#hearDoubt() });

  constructor(options, client) {
    [this.#options, this.#client] = [options, client];
  }

  connect() {
    if (this.state === "open" || this.state === "connecting") return;
    this.#line.watch();
    this.#open();
  }

  /** No connection until the next `connect()`. */
  give(reason) {
    this.#line.unwatch();
    this.#failures = this.#refusedTokens = 0;
    this.#drop();
    this.#setState("closed", reason);
  }

  /** The server's welcome was for us. */
  open() {
    this.#openedAt = Date.now();
    this.#refusedTokens = 0;
    this.#setState("open");
  }

  /** From the welcome on. `isAsking`: replies are on their way, or who says nothing at first has to go. */
  keep({ expiresAt, isAsking }) {
    this.#renewBefore(Date.parse(expiresAt));
    if (!isAsking) return this.#probe();
    this.#probedAt = Date.now();
    this.#watch();
  }

  send(text) {
    if (this.#socket.readyState === OPEN) this.#socket.send(text); // else it is closing
  }

  hearBye({ reconnectAfter }) {
    this.#reconnectAfter = reconnectAfter;
  }

  hearError(error) {
    this.#lastError = error;
  }

  // --- attempts

  async #open() {
    const { token, WebSocket } = this.#options;
    const stopping = new AbortController();
    const before = this.#socket;
    const attempt = (this.#socket = { close: () => stopping.abort() }); // until there is a real one
    before?.close();
    this.#stopTimers();
    this.#setTimer("watch", TOKEN_TIMEOUT_MS, () => this.#hearClose(BROKEN_OFF)); // a token may never come
    this.#setState("connecting");
    try {
      const access = await token({ fresh: this.#refusedTokens > 0 });
      if (this.#socket !== attempt) return;
      if (!isToken(access)) return this.give({ kind: "signed-out" });
      this.#setTimer("watch", CONNECT_TIMEOUT_MS, () => this.#hearClose(BROKEN_OFF));
      const handshake = await this.#handshake(access, stopping.signal);
      if (this.#socket === attempt && handshake) this.#listen(new WebSocket(...handshake));
    } catch (error) {
      if (this.#socket === attempt) this.#lose({ kind: this.#line.isDown ? "offline" : "token", error });
    }
  }

  /** Address and subprotocols. Null where no ticket is to be had just now. */
  async #handshake(access, signal) {
    const address = addressOf(this.#options.url, "/v2/chat/connect");
    address.protocol = address.protocol.replace("http", "ws");
    const asks = this.#options.tickets && this.#isTicketsTurn;
    const { value: ticket, error } = asks ? await settled(ticketFor, access, { ...this.#options, signal }) : {};
    if (error && !signal.aborted) this.#hearNoTicket(error);
    if (error) return null;
    if (ticket) address.searchParams.set("ticket", ticket);
    else if (asks) this.#options.tickets = false; // nor will this server give another one
    return [address.href, ticket ? ["chat.v2"] : ["chat.v2", `bearer.${access}`]];
  }

  /** The same as if the socket had been refused. */
  #hearNoTicket(error) {
    if (error.code === NOT_FROM_HERE) return this.give({ kind: "origin", error });
    this.#lastError = error;
    this.#hearClose({ 401: BAD_TOKEN, 429: TOO_MANY }[error.status] ?? BROKEN_OFF);
  }

  #listen(socket) {
    this.#socket = socket;
    this.#probedAt = null;
    const ifCurrent = (handle) => (event) => this.#socket === socket && handle(event);
    socket.onmessage = ifCurrent(({ data }) => {
      if (this.#probedAt !== null) this.#tripMs = Math.max(0, Date.now() - this.#probedAt);
      this.#probedAt = null;
      this.#heardAt = Date.now();
      this.#client.hear(JSON.parse(data));
    });
    socket.onclose = ifCurrent(({ code }) => this.#hearClose(code));
    socket.onerror = ifCurrent(() => this.#hearClose(BROKEN_OFF));
    this.#setTimer("watch", CONNECT_TIMEOUT_MS, () => this.#hearClose(BROKEN_OFF));
  }

  // --- its end

  /** As "Close codes" in the protocol wants it. */
  #hearClose(code) {
    const lost = this.#line.isDown ? "offline" : "lost";
    const reason = { kind: this.#reconnectAfter === null ? lost : "restart", code, error: this.#lastError };
    if (FINAL_CODES.includes(code)) return this.give({ ...reason, kind: "refused" });
    if (code === BAD_TOKEN) reason.kind = (this.#refusedTokens += 1) < REFUSED_TOKENS_MAX ? "token" : "signed-out";
    if (code === TOO_MANY) reason.kind = "busy";
    return reason.kind === "signed-out" ? this.give(reason) : this.#lose(reason);
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

  #drop() {
    const socket = this.#socket;
    this.#stopTimers();
    this.state = "closed";
    this.#socket = this.#reconnectAfter = this.#lastError = this.#probedAt = null;
    this.#openedAt = Infinity;
    socket?.close();
    this.#client.hearDrop();
  }

  #setState(state, reason = null, retryAt = null) {
    Object.assign(this, { state, reason: reason && { code: null, error: null, ...reason } });
    this.#client.hearState({ state, reason: this.reason, retryAt });
  }

  #setTimer(name, wait, callback) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(callback, wait);
  }

  #stopTimers() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
  }

  // --- whether it is still there

  #watch() {
    const silence = Math.abs(Date.now() - this.#heardAt); // a clock may be set back
    if (silence >= SILENCE_MS) this.#probe();
    else this.#setTimer("watch", SILENCE_MS - silence, () => this.#watch());
  }

  /** Is the other end still there? Whatever comes says yes. */
  #probe(patience = PONG_TIMEOUT_MS) {
    this.#heardAt = 0;
    this.#probedAt = Date.now();
    this.send(JSON.stringify({ type: "ping" }));
    this.#setTimer("watch", patience, () => {
      if (this.#heardAt === 0) this.#hearClose(BROKEN_OFF);
      else this.#watch();
    });
  }

  #hearDoubt() {
    if (this.state === "waiting" && !this.#line.isDown) this.#open();
    else if (this.state === "open") this.#probe(this.#line.isDown ? DOUBT_MS : Math.min(PONG_TIMEOUT_MS, Math.max(DOUBT_MS, TRIPS * this.#tripMs)));
  }

  /** An attempt from before that may hang, and what failed then says nothing. */
  #hearBack() {
    this.#failures = 0;
    if (this.state === "connecting") this.#open();
    else this.#hearDoubt();
  }

  /** Replace the token in time. */
  #renewBefore(expiresAt) {
    const rest = expiresAt - Date.now();
    const wait = rest > 0 ? Math.max(rest - RENEWAL_MS, rest / 2, 1_000) : RENEWAL_MS; // or a clock is wrong
    this.#setTimer("token", Math.min(wait, DAY_MS), async () => {
      if (wait > DAY_MS) return this.#renewBefore(expiresAt);
      const socket = this.#socket;
      const answer = await settled(this.#options.token, { fresh: true });
      if (this.#socket !== socket) return;
      if (answer.error) return this.#renewBefore(expiresAt);
      if (!isToken(answer.value)) return this.give({ kind: "signed-out" });
      this.#client.request({ type: "auth", access: answer.value }, ({ type, code }) => {
        if (code !== CLOSED.code) this.#renewBefore(type === "ok" ? (expiryOf(answer.value) ?? expiresAt) : expiresAt);
      });
    });
  }
}
