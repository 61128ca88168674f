/**
 * Hundreds of random lives: messages, edits, broken connections, lost acknowledgements, replays cut short, histories that
 * come late. At the end a room is what the server holds, and whoever followed the events has drawn the same. Seeded.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ack, ALICE, chat, connect, draw, newest, settled, subscribed, wait } from "./fake_server.mjs";

const LIVES = 300;
const STEPS = 120;
const REPLAY_MAX = 6; // changes; then `recovered` is false
const KEPT = 8; // messages
const FIRST_SEED = Number(process.env.CLIENT_SEED ?? 1);

/** Mulberry32. */
function makeRandom(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { below: (n) => Math.floor(next() * n), one: (list) => list[Math.floor(next() * list.length)] };
}

/** One room, as the protocol wants it served. */
class Server {
  messages = [];
  version = 0;
  wire = []; // frames on their way to the client, in order
  isHeard = false; // the client's subscription stands
  pages = []; // calls of the history that are not answered yet

  tell(frame) {
    if (this.isHeard) this.wire.push(frame);
  }

  store(fields) {
    const message = chat(this.messages.length + 1, { ...fields, version: (this.version += 1) });
    this.messages.push(message);
    this.tell({ ...message });
    return message;
  }

  edit(message) {
    Object.assign(message, { type: "changed", version: (this.version += 1), message: `edit ${this.version}` });
    this.tell({ ...message });
  }

  /** Answer a frame of the client's. */
  take(frame, isUnwell) {
    if (frame.type === "subscribe") {
      const missed = this.messages.filter(({ version }) => version > (frame.since ?? 0));
      const recovered = frame.since !== undefined && missed.length <= REPLAY_MAX;
      this.isHeard = true;
      const { version } = this;
      this.wire.push({ ...subscribed(this.messages.length, recovered), id: frame.id, version });
      if (recovered) this.wire.push(...missed.sort((a, b) => a.version - b.version).map((m) => ({ ...m })));
    } else if (frame.type === "chat" && isUnwell) {
      this.wire.push({ id: frame.id, type: "error", code: "E-S002", message: "…", retryAfter: 0.3 });
    } else if (frame.type === "chat") {
      const known = this.messages.find(({ clientId }) => clientId === frame.clientId);
      const stored = known ?? this.store({ senderId: ALICE, clientId: frame.clientId, message: frame.message });
      this.wire.push({ id: frame.id, ...ack(frame, stored.seq) });
    } else if (frame.id) this.wire.push({ id: frame.id, type: "ok" });
  }

  /** A page is read at once and may arrive late. */
  fetch = (url) => {
    const query = new URL(url).searchParams;
    const older = this.messages.filter(({ seq }) => seq < Number(query.get("before")));
    const data = older.slice(-Number(query.get("limit"))).map(({ type, ...message }) => message);
    const response = Response.json({ status: "SUCCESS", code: "S-001", message: "", data });
    return new Promise((resolve, reject) => this.pages.push({ response, resolve, reject }));
  };
}

/** What somebody draws who knows the events only. */
function drawing(room) {
  const lines = new Map(); // by seq; a message that comes twice is one too many
  const set = (message) => lines.set(message.seq, message);
  room.on("reset", () => {
    lines.clear();
    room.messages.forEach(set);
  });
  room.on("message", ({ message }) => {
    if (message.seq === null) return;
    assert.ok(!lines.has(message.seq), `no. ${message.seq} came twice`);
    set(message);
  });
  room.on("change", ({ message }) => message.version > 0 && set(message));
  room.on("trim", ({ messages }) => messages.forEach(({ seq }) => lines.delete(seq)));
  return {
    add: (page) => page.forEach(set),
    lines: () => [...lines.values()].sort((a, b) => a.seq - b.seq),
  };
}

async function live(seed) {
  const random = makeRandom(seed);
  const server = new Server();
  draw(0.5);
  const client = await connect({ maxMessages: KEPT, fetch: server.fetch });
  const room = client.room(1).subscribe({ history: random.one([0, 5, 50]) });
  const drawn = drawing(room);
  const said = [];
  const taken = new WeakSet();
  let isUnwell = false;

  const steps = {
    bob: () => server.store({ senderId: 3, clientId: null, message: "Bob's" }),
    alice: () => said.push(room.send(`Alice's ${said.length}`)),
    edit: () => server.messages.length && server.edit(random.one(server.messages)),
    upstream: () => {
      if (client.state !== "open") return;
      for (const frame of newest().sent.filter((sent) => !taken.has(sent)).slice(0, 1 + random.below(3))) {
        taken.add(frame);
        server.take(frame, isUnwell && random.below(2));
      }
    },
    downstream: () => {
      const frames = server.wire.splice(0, 1 + random.below(4));
      if (client.state === "open") for (const frame of frames) newest().hear(frame);
    },
    page: () => {
      const { response, resolve, reject } = server.pages.shift() ?? { resolve() {}, reject() {} };
      if (isUnwell && random.below(2)) reject(new TypeError("fetch failed"));
      else resolve(response);
    },
    older: () => void room.loadOlder(1 + random.below(5)).then(drawn.add, () => {}),
    trim: () => random.below(3) || room.trim(),
    cut: () => {
      if (client.state !== "open" || random.below(3)) return;
      server.isHeard = false;
      server.wire = []; // acknowledgements with it
      newest().shut(1006);
    },
    welcome: () => client.state === "connecting" && newest().welcome({ limits: { sendsPerSecond: 0 } }),
    weather: () => { isUnwell = !random.below(3); },
    time: () => wait(random.below(3)),
  };
  const weighed = ["bob", "alice", "edit", ...Array(4).fill("upstream"), ...Array(4).fill("downstream"), "page", "page"];
  for (let step = 0; step < STEPS; step += 1) {
    await steps[random.one([...weighed, "older", "trim", "cut", "welcome", "weather", "time"])]();
    if (random.below(2)) await settled();
  }
  isUnwell = false;
  for (let round = 0; round < 200 && !(room.state === "live" && !room.pending.length); round += 1) {
    for (const name of ["welcome", "upstream", "downstream", "page", "time"]) await steps[name]();
  }
  while (server.wire.length) await steps.downstream();
  for (; server.pages.length; await settled()) steps.page();
  client.close();
  return { server, room, said, drawn };
}

const shown = ({ seq, version, message }) => `${seq} (${version}) ${message}`;

test(`whatever happened, a room ends as the server has it (seeds from ${FIRST_SEED})`, async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + LIVES; seed += 1) {
    const { server, room, said, drawn } = await live(seed);
    const first = room.messages[0]?.seq ?? server.messages.length + 1;
    const where = `seed ${seed}`;

    assert.deepEqual(room.messages.map(shown), server.messages.slice(first - 1).map(shown), where);
    assert.equal(room.hasOlder, first > 1, where);
    assert.deepEqual(room.pending, [], where);
    assert.deepEqual(said.map(({ state }) => state), said.map(() => "sent"), where);
    const stored = server.messages.filter(({ senderId }) => senderId === ALICE).map(({ clientId }) => clientId);
    assert.deepEqual(stored.sort(), said.map(({ clientId }) => clientId).sort(), where);
    assert.deepEqual(drawn.lines().map(shown), room.messages.map(shown), where);
  }
});
