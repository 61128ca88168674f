/**
 * A server that says what a test tells it to, over sockets that are none, and a clock that stands still in between.
 * For rules about time only: what the library does with a real server is tested with real servers, under tests/e2e.
 */

import { afterEach, beforeEach, mock } from "node:test";
import { ChatClient } from "../../chatproject/static/chat/chat-client.js";

const LIMITS = { messageCharacters: 4000, framesPerSecond: 50, sendsPerSecond: 10, unacknowledged: 64 };
const START = Date.parse("2026-11-22T09:00:00Z");

export const ALICE = 7;

class FakeSocket {
  static all = [];

  constructor(url, protocols) {
    Object.assign(this, { url, protocols, readyState: 1, sent: [], isClosed: false, answersPings: true });
    FakeSocket.all.push(this);
  }

  send(text) {
    if (this.readyState !== 1) throw new Error("browsers complain of this on their console");
    const frame = JSON.parse(text);
    this.sent.push(frame);
    if (frame.type === "ping" && this.answersPings) setImmediate(() => this.hear({ type: "pong" }));
  }

  close() {
    this.isClosed = true;
  }

  // --- what the server does

  hear(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  welcome({ limits = {}, memberId = ALICE, expiresAt = "2026-11-23T09:00:00.000000Z", reactions, epoch } = {}) {
    this.hear({ type: "welcome", memberId, nickName: "Alice", expiresAt, limits: { ...LIMITS, ...limits }, reactions, epoch });
  }

  /** Answer every frame of a type that is not answered yet, each with what `answer` makes of it. */
  answer(type, answer) {
    for (const frame of this.sent.filter((sent) => sent.type === type && !sent.isAnswered)) {
      frame.isAnswered = true;
      this.hear({ id: frame.id, ...answer(frame) });
    }
  }

  shut(code) {
    this.onclose({ code });
  }

  all(type) {
    return this.sent.filter((frame) => frame.type === type);
  }
}

export const sockets = FakeSocket.all;
export const newest = () => sockets.at(-1);

/** Let what was promised happen; the clock stays. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Let the clock run; what becomes due meanwhile happens. */
export async function wait(seconds) {
  for (let rest = seconds * 1000; rest > 0; rest -= 100) {
    mock.timers.tick(Math.min(100, rest));
    await settled();
  }
}

/** A client of Alice's, its connection asked for. `seen` keeps its events. */
export async function connect(options = {}) {
  const client = new ChatClient({
    url: "https://chat.example.com",
    token: () => "token",
    WebSocket: FakeSocket,
    fetch: () => Promise.reject(new Error("no REST here")),
    tickets: false,
    ...options,
  });
  client.seen = [];
  for (const name of ["state", "reset", "message", "change", "older", "trim", "typing", "read", "removed", "assistant", "error"]) {
    client.on(name, (event) => client.seen.push({ name, ...event }));
  }
  client.connect();
  await settled();
  return client;
}

/** The same, welcomed, and listening to room 1, which holds `lastSeq` messages. */
export async function listen(options = {}, lastSeq = 0) {
  const client = await connect(options);
  newest().welcome(options);
  const room = client.room(1).subscribe({ history: 0 });
  newest().answer("subscribe", () => subscribed(lastSeq));
  await settled();
  return { client, room, socket: newest() };
}

export const subscribed = (lastSeq, recovered = false) => ({
  ...{ type: "subscribed", roomId: 1, version: lastSeq, lastSeq, readSeq: 0, recovered },
});

export const chat = (seq, fields = {}) => ({
  ...{ type: "chat", roomId: 1, seq, version: seq, kind: "member", senderId: 3, nickName: "Bob" },
  ...{ message: `no. ${seq}`, createdAt: "2026-11-22T09:00:00.000000Z", clientId: null, replyTo: null },
  ...{ editedAt: null, deletedAt: null, ...fields },
});

/** A REST server that holds these messages of room 1. It counts what it was asked, and answers when `gate` lets it. */
export function historyOf(messages) {
  const pageOf = ({ before = Infinity, after, around, limit }) => {
    if (after !== undefined) return messages.filter(({ seq }) => seq > after).slice(0, limit);
    const end = around === undefined ? before : around + Math.ceil(limit / 2);
    return messages.filter(({ seq }) => seq < end).slice(-limit);
  };
  const fetch = async (url) => {
    const query = Object.fromEntries([...new URL(url).searchParams].map(([name, value]) => [name, Number(value)]));
    fetch.asked.push(query);
    if (fetch.isAway) throw new TypeError("fetch failed");
    const data = pageOf(query).map(({ type, ...rest }) => structuredClone(rest));
    await fetch.gate;
    return Response.json({ status: "SUCCESS", code: "S-001", message: "", data });
  };
  return Object.assign(fetch, { asked: [], isAway: false, gate: null });
}

/** `hold(fetch)` keeps its answers back until the returned function is called. */
export function hold(fetch) {
  let release;
  fetch.gate = new Promise((resolve) => { release = resolve; });
  return async () => {
    release();
    fetch.gate = null;
    for (let turn = 0; turn < 5; turn += 1) await settled();
  };
}

export const ack = ({ clientId, roomId }, seq) => ({
  ...{ type: "ack", roomId, seq, version: seq, clientId, createdAt: "2026-11-22T09:00:00.000000Z", duplicate: false },
});

/** What `Math.random` gives until the next test. */
export function draw(share) {
  mock.method(Math, "random", () => share);
}

beforeEach(() => {
  sockets.length = 0;
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: START });
});

afterEach(() => {
  mock.restoreAll();
  mock.timers.reset();
});
