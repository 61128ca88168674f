/**
 * The client of the chat server: the connection and its way back (ChatClient), what is known of a room (Room).
 *
 * What it offers is declared and explained in chat-client.d.ts, how to use it in docs/client.md. No dependency; for
 * browsers and Node from 20 on. What begins with an underscore is between the two classes.
 */

const BACK_OFF_MS = 500; // the longest first pause; twice as long after each failure
const BACK_OFF_MAX_MS = 30_000;
const BUSY_MS = 5_000; // the shortest pause after a 4429
const STABLE_MS = 5_000; // a connection that lasted so long begins the back-off anew
const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_MS = 20_000; // then the link is probed: what servers ping is not shown by browsers
const PONG_TIMEOUT_MS = 8_000;
const REST_TIMEOUT_MS = 60_000; // a draft may take 30 s
const RENEWAL_MS = 60_000; // how long before its end a token is replaced
const DAY_MS = 86_400_000; // timers of browsers take no more than 24 of them
const REFUSED_TOKENS_MAX = 3; // in a row: there is no valid one to be had
const TYPING_MS = 3_000;
const READ_MS = 1_000;
const PAGE_MAX = 200; // messages
const TOKEN_MAX = 4_096; // characters; servers refuse a longer one before they look at it
const MESSAGE_MAX = 4_000; // characters, until the server says its own limit
const SHARE = 0.9; // of the server's rates that is used: its clock is not ours

const FINAL_CODES = [1003, 1007, 1009, 4403]; // coming back would not help
const TOO_LONG = { type: "error", code: "E-C002", message: "The message is too long." };
const OPEN = 1; // the ready state of a WebSocket
const [BROKEN_OFF, BAD_TOKEN, TOO_MANY] = [1006, 4401, 4429];
const PASSING = ["E-C004", "E-S002"]; // refusals that a repeat may get past
const ENDS = ["done", "stopped", "failed", "blocked", "lost"]; // of the assistant's runs

const encoder = new TextEncoder();

export class ChatError extends Error {
  constructor({ code, message = code, status = 0, retryAfter = null }, cause) {
    super(message, { cause });
    Object.assign(this, { name: "ChatError", code, status, retryAfter });
  }
}

class Emitter {
  #listeners = {};

  on(name, listener) {
    const listeners = (this.#listeners[name] ??= new Set());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  _emit(name, event) {
    for (const listener of [...(this.#listeners[name] ?? [])]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => { throw error; }); // reported as the application's own; nothing stops for it here
      }
    }
  }
}

/** `rate` tokens a second, up to `burst`; a rate of 0 means no limit. */
class Bucket {
  constructor(rate, burst) {
    Object.assign(this, { rate, burst, tokens: burst, at: Date.now() });
  }

  /** Milliseconds until there is a token. */
  wait() {
    const seconds = Math.max(0, Date.now() - this.at) / 1000;
    this.tokens = Math.min(this.burst, this.tokens + seconds * this.rate);
    this.at = Date.now();
    return this.rate && this.tokens < 1 ? Math.ceil(((1 - this.tokens) / this.rate) * 1000) : 0;
  }
}

export class ChatClient extends Emitter {
  #options;
  #rooms = new Map();
  #socket = null;
  #timers = {}; // by what they are for
  #failures = 0; // since the last connection that lasted
  #refusedTokens = 0;
  #openedAt = Infinity;
  #heardAt = 0;
  #reconnectAfter = null; // from the server's `bye`
  #lastError = null; // what the server said before it closed
  #ids = 0;
  #requests = []; // { frame, answered } that wait for their turn
  #replies = new Map(); // by frame id: what to do with the reply
  #outbox = []; // the messages that are not acknowledged, in their order
  #inFlight = new Set(); // those of them that this connection was given
  #frames; // the server's limits, as buckets
  #sends;
  #pause = { from: 0, ms: 0 }; // no message meanwhile: the server said so
  #wake = () => {
    if (globalThis.document?.visibilityState === "hidden") return;
    if (this.state === "waiting") this.#open();
    else if (this.state === "open") this.#probe();
  };

  constructor({ maxMessages = 500, ...options }) {
    super();
    const { WebSocket, fetch, location } = globalThis;
    this.#options = { WebSocket, fetch, url: location?.origin, ...options };
    Object.assign(this, { state: "closed", reason: null, me: null, limits: {}, _maxMessages: maxMessages });
  }

  room(id) {
    const roomId = Number(id); // in addresses and attributes it is a string
    if (!this.#rooms.has(roomId)) this.#rooms.set(roomId, new Room(this, roomId));
    return this.#rooms.get(roomId);
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
    const { url, token, WebSocket } = this.#options;
    const attempt = (this.#socket = { close() {} }); // until there is a real one
    this.#stopTimers();
    this.#setTimer("watch", REST_TIMEOUT_MS, () => this.#hearClose(BROKEN_OFF)); // a token may never come
    this.#setState("connecting");
    try {
      const access = await token({ fresh: this.#refusedTokens > 0 });
      if (this.#socket !== attempt) return;
      if (!isToken(access)) return this.#give({ kind: "signed-out" });
      const address = addressOf(url, "/v2/chat/connect").href.replace(/^http/, "ws");
      // not in the address, which servers and proxies write into their logs
      this.#listen(new WebSocket(address, ["chat.v2", `bearer.${access}`]));
    } catch (error) {
      if (this.#socket === attempt) this.#lose({ kind: "token", error });
    }
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
    this.#inFlight.clear();
    socket?.close();
    for (const { answered } of unanswered) answered?.({ type: "error", code: "closed" });
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
      const answer = await settled(this.#options.token, { fresh: true });
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
    else if (frame.roomId) this.room(frame.roomId)._hear(frame);
  }

  #hearError(frame) {
    this.#lastError = new ChatError(frame);
    const room = this.#rooms.get(frame.roomId) ?? null;
    if (this.state === "open") this._emit("error", { error: this.#lastError, room });
  }

  #begin({ memberId, nickName, expiresAt, limits }) {
    const isFirst = this.me === null;
    if (!isFirst && this.me.memberId !== memberId) {
      const error = new ChatError({ code: "E-AU002", message: "The token is another member's." });
      return this.#give({ kind: "refused", error });
    }
    Object.assign(this, { me: { memberId, nickName }, limits });
    this.#frames = new Bucket(limits.framesPerSecond * SHARE, limits.framesPerSecond);
    this.#sends = new Bucket(limits.sendsPerSecond * SHARE, limits.sendsPerSecond * 2);
    this.#openedAt = Date.now();
    this.#refusedTokens = 0;
    if (isFirst) this.#restore();
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
    if (this.state !== "open") return answered?.({ type: "error", code: "closed" });
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
      const message = request ? undefined : this.#nextMessage();
      if (!request && !message) return;
      const turn = message ? Math.max(this.#sends.wait(), this.#restOfPause()) : 0;
      const wait = Math.max(this.#frames.wait(), turn);
      if (wait > 0) return this.#setTimer("pump", wait, () => this.#pump());
      this.#frames.tokens -= 1;
      if (message) this.#sendMessage(message);
      else this.#transmit(this.#requests[0].frame, this.#requests.shift().answered);
    }
  }

  #restOfPause() {
    const passed = Date.now() - this.#pause.from;
    return passed < 0 ? 0 : this.#pause.ms - passed; // a clock that was set back makes it no longer
  }

  #nextMessage() {
    if (this.#inFlight.size >= this.limits.unacknowledged) return undefined;
    return this.#outbox.find((message) => !this.#inFlight.has(message));
  }

  #sendMessage(message) {
    const { roomId, clientId, isAsk, replyTo } = message;
    this.#sends.tokens -= 1;
    this.#inFlight.add(message);
    const frame = { type: isAsk ? "ask" : "chat", roomId, message: message.message, clientId };
    if (replyTo !== null) frame.replyTo = replyTo;
    this.#transmit(frame, (reply) => {
      if (reply.code === "closed") return; // and again on the next connection
      this.#inFlight.delete(message);
      if (PASSING.includes(reply.code)) this.#pause = { from: Date.now(), ms: (reply.retryAfter ?? 1) * 1000 };
      else this.room(roomId)._settle(message, reply);
      this.#pump();
    });
  }

  /** Send the message, again and again, until `_forget`; one that the server would never take is not sent at all. */
  _post(message) {
    if (this.#isTooLong(message)) return this.room(message.roomId)._settle(message, TOO_LONG);
    if (!this.#outbox.includes(message)) this.#outbox.push(message);
    this.#save();
    this.#pump();
  }

  #isTooLong({ message }) {
    return typeof message === "string" && [...message].length > (this.limits.messageCharacters ?? MESSAGE_MAX);
  }

  _forget(message) {
    this.#outbox = this.#outbox.filter((other) => other !== message);
    this.#save();
  }

  #save() {
    const { storage } = this.#options;
    if (!storage || !this.me) return;
    try {
      storage.setItem(`chat.unsent.${this.me.memberId}`, JSON.stringify(this.#outbox));
    } catch (error) {
      this._emit("error", { error, room: null }); // full, or forbidden
    }
  }

  /** Take up what was not acknowledged before a reload. */
  #restore() {
    try {
      const kept = JSON.parse(this.#options.storage?.getItem(`chat.unsent.${this.me.memberId}`) ?? "[]");
      const messages = kept.filter(isMessage).map((message) => this.#unsent(message));
      this.#outbox.unshift(...messages);
      for (const message of messages) this.room(message.roomId)._show(message);
      for (const message of this.#outbox.filter((one) => this.#isTooLong(one))) {
        this.room(message.roomId)._settle(message, TOO_LONG);
      }
    } catch (error) {
      this._emit("error", { error, room: null });
    }
    this.#save();
  }

  /** What the storage holds of a message, and what a page of another version may have left out. */
  #unsent({ roomId, message, clientId, replyTo = null, isAsk = false, createdAt }) {
    const isDate = typeof createdAt === "string" && !Number.isNaN(Date.parse(createdAt));
    return { ...unsent(this.me, { roomId, message, clientId, replyTo, isAsk }), ...(isDate && { createdAt }) };
  }

  // --- REST

  async call(method, path, { query = {}, body, signal } = {}) {
    const { url, token, language, fetch } = this.#options;
    const address = addressOf(url, `/v1/chat${path}`);
    for (const [name, value] of Object.entries(query)) if (value != null) address.searchParams.set(name, value);
    const headers = { "Content-Type": "application/json", ...(language && { "Accept-Language": language }) };
    const options = { method, headers, body: JSON.stringify(body) };
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    const timer = setTimeout(stop, REST_TIMEOUT_MS);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    options.signal = stopping.signal;
    try {
      return await this.#fetch(fetch, address, options, token, signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  async #fetch(fetch, address, options, token, signal) {
    for (const fresh of [false, true]) {
      let status = 0;
      let answer;
      try {
        options.headers.access = (await token({ fresh })) ?? "";
        const response = await fetch(address, options);
        status = response.status;
        answer = await response.json();
      } catch (error) {
        throw new ChatError({ code: signal?.aborted ? "aborted" : "network", status }, error);
      }
      if (answer?.status === "SUCCESS") return answer.data;
      if (status !== 401 || fresh) throw new ChatError({ code: "network", ...answer, status });
    }
  }

  myRooms() { return this.call("GET", "/my/rooms"); }
  groupRooms(page = 0) { return this.call("GET", "/room/group/list", { query: { page } }); }
  findGroupRoom(name) { return this.call("GET", "/room/group", { query: { name } }); }
  createRoom(roomName) { return this.call("POST", "/room/group/create", { query: { roomName } }); }
  joinRoom(roomId) { return this.call("POST", `/room/group/${roomId}/join`); }
  leaveRoom(roomId) { return this.call("DELETE", `/room/group/${roomId}/leave`); }
  openPrivateRoom(otherMemberId) { return this.call("POST", "/room/private/create", { query: { otherMemberId } }); }
  async history(roomId, query) { return (await this.call("GET", `/history/${roomId}`, { query })).map(received); }
  draft(roomId, { signal, ...query } = {}) { return this.call("POST", "/llm", { query: { roomId, ...query }, signal }); }
  summary(roomId, { signal } = {}) { return this.call("POST", "/llm/summary", { query: { roomId }, signal }); }
  receipt(roomId, runId) { return this.call("GET", `/room/${roomId}/assistant/${runId}`); }
  assistantSettings(roomId) { return this.call("GET", `/room/${roomId}/assistant`); }
  setAssistantSettings(roomId, body) { return this.call("PUT", `/room/${roomId}/assistant`, { body }); }
  consent() { return this.call("GET", "/me/assistant"); }
  setConsent(readable) { return this.call("PUT", "/me/assistant", { body: { readable } }); }
}

/** What is known of one room. From the seq `#window` on every message is in `messages`. */
export class Room extends Emitter {
  #client;
  #capacity; // how many messages are kept
  #join = null; // stands for the present subscription: what belongs to an earlier one is dropped
  #version = null; // every change up to it is known; null before the beginning
  #window = 0;
  #held = null; // what is heard while the history is read
  #history = 0; // how many of the newest messages are wanted at the beginning
  #older = null; // the page that is being read, and what changed in it meanwhile
  #changedOlder = [];
  #toldSeq = 0; // the read mark that the server knows
  #toldTimer = null;
  #typedAt = 0;

  constructor(client, roomId) {
    super();
    [this.#client, this.#capacity] = [client, client._maxMessages];
    Object.assign(this, { roomId, state: "idle", error: null, messages: [], pending: [] });
    Object.assign(this, { lastSeq: 0, readSeq: 0, reads: new Map(), runs: new Map() });
  }

  get hasOlder() { return this.#window > 1; }
  get unread() { return Math.max(0, this.lastSeq - this.readSeq); }

  _emit(name, event = {}) {
    super._emit(name, { room: this, ...event });
    this.#client._emit(name, { room: this, ...event });
  }

  // --- listening

  subscribe({ history = 50 } = {}) {
    if (this.#join && history <= Math.max(this.#history, this.messages.length)) return this;
    this.#history = history;
    this.#version = null;
    this.#subscribe();
    return this;
  }

  unsubscribe() {
    if (this.#join) this.#client._request({ type: "unsubscribe", roomId: this.roomId });
    this.messages = [];
    this.#window = this.lastSeq = this.readSeq = 0;
    this.#end("idle");
  }

  #end(state, error) {
    this.#join = this.#held = null;
    this.pending = this.pending.filter(({ seq }) => seq === null); // nobody brings the others to their places
    this.#loseRuns();
    this.#setState(state, error);
  }

  #setState(state, error = null) {
    Object.assign(this, { state, error });
    this._emit("room");
  }

  _hearState(state) {
    if (this.#join && state === "open") this.#subscribe();
    else if (this.state === "live") this.#setState("joining");
  }

  #subscribe() {
    const join = (this.#join = {});
    this.#held = null;
    this.#loseRuns();
    this.#setState("joining");
    const since = this.#version ?? undefined;
    this.#client._request({ type: "subscribe", roomId: this.roomId, since }, (reply) => {
      if (this.#join !== join || reply.code === "closed") return;
      if (reply.code === "E-S002") {
        setTimeout(() => this.#join === join && this.#subscribe(), (reply.retryAfter ?? 5) * 1000);
      } else if (reply.type === "error") this.#end("refused", new ChatError(reply));
      else this.#hearSubscribed(join, reply);
    });
  }

  #hearSubscribed(join, { version, lastSeq, readSeq, recovered }) {
    this.lastSeq = lastSeq;
    this.readSeq = Math.min(lastSeq, Math.max(this.readSeq, readSeq));
    this.#toldSeq = readSeq;
    this.#tellRead();
    if (recovered) return this.#setState("live");
    this.#held = [];
    this.#readHistory(join, lastSeq).then((messages) => messages && this.#begin(messages, lastSeq, version));
  }

  /** As far back as we know the room, or want to know it at the beginning. Nothing where the subscription ended. */
  async #readHistory(join, lastSeq) {
    const known = this.messages.length && lastSeq - this.#window + 1;
    const lowest = Math.max(1, lastSeq + 1 - Math.min(this.#capacity, Math.max(known, this.#history)));
    const messages = [];
    for (let before = lastSeq + 1, failures = 0; before > lowest; ) {
      const limit = Math.min(PAGE_MAX, before - lowest);
      const { value: page, error } = await settled(() => this.#client.history(this.roomId, { before, limit }));
      if (this.#join !== join) return undefined;
      if ([400, 403, 404].includes(error?.status)) return this.#end("refused", error);
      if (error) {
        await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? 0) * 1000 + backOff(failures++)));
        if (this.#join !== join || this.#client.state === "closed") return undefined;
        continue;
      }
      messages.unshift(...page);
      before = page[0]?.seq ?? 1;
    }
    return messages;
  }

  #begin(messages, lastSeq, version) {
    const known = new Map(this.messages.map((message) => [message.seq, message]));
    this.messages = messages.map((message) => {
      const same = known.get(message.seq);
      return same ? Object.assign(same, message) : this.#claim(message);
    });
    this.#window = messages[0]?.seq ?? lastSeq + 1;
    this.pending = this.pending.filter(({ seq }) => seq === null || seq >= this.#window);
    this.#version = version;
    const held = this.#held;
    this.#held = null;
    this.#setState(this.#client.state === "open" ? "live" : "joining"); // the link may have broken meanwhile
    this._emit("reset");
    for (const message of held) this.#place(message);
  }

  // --- what is heard

  _hear({ type, ...event }) {
    if (!this.#join && type !== "joined") return; // this member may have come into a new room
    if (type === "chat" || type === "changed") {
      if (this.#held) this.#held.push(received(event));
      else this.#place(received(event));
    } else if (type === "assistant") this.#hearAssistant(event);
    else {
      if (type === "read") this.#hearRead(event);
      if (type === "removed") this.#end("removed");
      this._emit(type, event);
    }
  }

  /** Put a message, or what became of it, where it belongs: a replay may bring a changed one after younger ones. */
  #place(message) {
    const { seq, version } = message;
    if (this.#version !== null) this.#version = Math.max(this.#version, version);
    this.lastSeq = Math.max(this.lastSeq, seq);
    const at = this.messages.findLastIndex((other) => other.seq <= seq);
    const known = this.messages[at]?.seq === seq ? this.messages[at] : undefined;
    if (known?.version >= version) return;
    if (this.#isMine(message)) this.#hearRead({ memberId: message.senderId, seq }); // to have spoken is to have read
    const placed = known ? Object.assign(known, message) : this.#claim(message);
    if (seq < this.#window) return void (this.#older && this.#changedOlder.push(placed));
    if (!known) this.messages.splice(at + 1, 0, placed);
    this._emit(placed === message ? "message" : "change", { message: placed });
    if (placed.kind === "assistant") this.#hearAssistant({ runId: placed.clientId, state: "done" });
    this.#forgetOldest();
  }

  #isMine({ senderId }) { return senderId !== null && senderId === this.#client.me?.memberId; }

  /** The same message, as the object that it was while it was pending. */
  #claim(message) {
    const own = this.#isMine(message) && this.pending.find(({ clientId }) => clientId === message.clientId);
    if (!own) return message;
    this.discard(own);
    return Object.assign(own, message);
  }

  #forgetOldest() {
    const surplus = this.messages.length - this.#capacity;
    if (surplus <= 0) return;
    const messages = this.messages.splice(0, surplus);
    this.#window = this.messages[0].seq;
    this._emit("trim", { messages });
  }

  #hearRead({ memberId, seq }) {
    this.reads.set(memberId, Math.max(seq, this.reads.get(memberId) ?? 0));
    if (memberId === this.#client.me.memberId && seq > this.readSeq) {
      this.readSeq = this.#toldSeq = seq;
      this._emit("room");
    }
  }

  /** `offset` counts code points. Pieces may be missing, or come again; the message has all of it. */
  #hearAssistant({ runId, state, offset = 0, text, askedBy = null }) {
    const id = hex(runId);
    if (!this.runs.has(id) && this.messages.some((message) => hex(message.clientId) === id)) return;
    const run = this.runs.get(id) ?? { runId: id, text: "", isPartial: false, askedBy };
    run.state = state;
    if (text !== undefined) {
      const before = [...run.text];
      run.isPartial = offset > before.length || (run.isPartial && offset > 0);
      const isNews = offset === 0 || offset + [...text].length > before.length;
      if (isNews && offset <= before.length) run.text = before.slice(0, offset).join("") + text;
    }
    if (ENDS.includes(state)) this.runs.delete(id);
    else this.runs.set(id, run);
    this._emit("assistant", { run });
  }

  #loseRuns() {
    for (const runId of [...this.runs.keys()]) this.#hearAssistant({ runId, state: "lost" });
  }

  // --- what is said

  send(text, { replyTo = null } = {}) { return this.#say(text, { replyTo }); }
  ask(text) { return this.#say(text, { isAsk: true }); }
  askAgain() { return this.#client._ask({ type: "ask", roomId: this.roomId }); }
  stop(runId) { return this.#client._ask({ type: "stop", roomId: this.roomId, runId }); }

  #say(text, { replyTo = null, isAsk = false }) {
    this.#typedAt = 0; // what comes next is another message
    const message = unsent(this.#client.me, { roomId: this.roomId, message: text, clientId: uuid(), replyTo, isAsk });
    this._show(message);
    this.#client._post(message);
    return message;
  }

  _show(message) {
    this.pending.push(message);
    this._emit("message", { message });
  }

  /** The server took the message, or refused it for good. It goes to its place when it comes as everybody's. */
  _settle(message, { type, seq, createdAt, ...reply }) {
    this.#client._forget(message);
    if (message.seq !== null) return; // in its place already
    if (type === "error") Object.assign(message, { state: "failed", error: new ChatError(reply) });
    else Object.assign(message, { state: "sent", seq, createdAt });
    if (type !== "error" && (!this.#join || seq < this.#window)) this.discard(message);
    this._emit("change", { message });
  }

  retry(message) {
    if (message.state !== "failed") return;
    Object.assign(message, { state: "sending", error: null });
    this.#client._post(message);
    this._emit("change", { message });
  }

  discard(message) {
    this.pending = this.pending.filter((other) => other !== message);
    this.#client._forget(message);
    this._emit("room");
  }

  typing() {
    if (this.state !== "live" || Math.abs(Date.now() - this.#typedAt) < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.#client._request({ type: "typing", roomId: this.roomId });
  }

  read(seq = this.lastSeq) {
    if (seq <= this.readSeq) return;
    this.readSeq = seq;
    this.#tellRead();
    this._emit("room");
  }

  #tellRead() {
    if (this.#toldTimer || this.#toldSeq >= this.readSeq || this.#client.state !== "open") return;
    this.#toldSeq = this.readSeq;
    this.#client._request({ type: "read", roomId: this.roomId, seq: this.readSeq }, () => {}); // asked at the next join
    this.#toldTimer = setTimeout(() => {
      this.#toldTimer = null;
      this.#tellRead();
    }, READ_MS);
  }

  // --- what was said before

  loadOlder(limit = 50) {
    this.#older ??= this.#readOlder(limit).finally(() => { this.#older = null; });
    return this.#older;
  }

  async #readOlder(limit) {
    const before = this.#window;
    if (!this.hasOlder) return [];
    this.#changedOlder = [];
    const page = await this.#client.history(this.roomId, { before, limit });
    if (this.#window !== before) return this.#readOlder(limit); // trimmed, or begun anew
    const older = page.map((message) => this.#claim(message));
    this.messages.unshift(...older);
    this.#window = older[0]?.seq ?? 1;
    this.#capacity = Math.max(this.#capacity, this.messages.length + this.#client._maxMessages);
    for (const message of this.#changedOlder.splice(0)) this.#place(message);
    return older;
  }

  trim() {
    this.#capacity = this.#client._maxMessages;
    this.#forgetOldest();
  }
}

const backOff = (failures) => Math.random() * Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** failures); // full jitter
const bytesOf = (text) => encoder.encode(text).length;
const unsent = (me, { roomId, message, clientId, replyTo, isAsk }) => ({
  ...{ roomId, seq: null, version: 0, kind: "member", senderId: me?.memberId ?? null, nickName: me?.nickName ?? "" },
  ...{ message, createdAt: new Date().toISOString(), clientId, replyTo },
  ...{ editedAt: null, deletedAt: null, state: "sending", error: null, isAsk },
});
const received = (message) => ({ ...message, state: "sent", error: null, isAsk: false });
const hex = (id) => id?.replaceAll("-", "");

/** Below the site's own path, where it has one: `https://example.com/chat/` becomes `https://example.com/chat/v1/…`. */
function addressOf(url, path) {
  const address = new URL(url, globalThis.location?.href);
  address.protocol = address.protocol.replace(/^ws/, "http");
  address.pathname = address.pathname.replace(/\/+$/, "") + path;
  address.search = address.hash = "";
  return address;
}

/** What is no JWT would be quoted in an error, and errors are logged. */
const isToken = (access) => typeof access === "string" && access.length <= TOKEN_MAX && /^[\w.-]+$/.test(access);

/** Whether a storage still holds what this library put there: others may write into it, and did. */
function isMessage(kept) {
  const { roomId, message, clientId } = kept ?? {};
  return Number.isSafeInteger(roomId) && typeof message === "string" && /^[0-9a-f-]{36}$/i.test(clientId);
}

/** What became of a call: its `value`, or its `error`. */
async function settled(call, ...args) {
  try {
    return { value: await call(...args) };
  } catch (error) {
    return { error };
  }
}

/** When a JWT ends, in milliseconds since the epoch; undefined where it does not say. */
function expiryOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).exp * 1000 || undefined;
  } catch {
    return undefined;
  }
}

/** Version 4; `crypto.randomUUID` is there over https only. */
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}
