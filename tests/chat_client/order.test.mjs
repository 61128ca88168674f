/**
 * Hundreds of random lives: messages, acts, looks into the past, broken connections, lost acknowledgements, replays cut
 * short, histories that come late. At the end a room is what the server holds, what was done last to a message is what
 * became of it, and whoever followed the events has drawn the same. Seeded.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ack, ALICE, chat, connect, draw, newest, settled, subscribed, wait } from "./fake_server.mjs";

const LIVES = 150;
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

  change(message, fields) {
    const isNews = Object.entries(fields).some(([name, value]) => JSON.stringify(message[name]) !== JSON.stringify(value));
    if (isNews) {
      Object.assign(message, fields, { type: "changed", version: (this.version += 1) });
      this.tell({ ...message });
    }
    return message.version;
  }

  edit(message) {
    if (!message.deletedAt) this.change(message, { message: `edit ${this.version}` });
  }

  /** What an act makes of a message; nothing where it is refused. */
  act({ type, message: text, key, on }, message) {
    if (type === "delete") return { message: "", deletedAt: "2026-11-22T09:00:01.000000Z", reactions: [] };
    if (message.deletedAt) return undefined;
    if (type === "edit") return { message: text };
    const others = (message.reactions ?? []).filter((reaction) => reaction.key !== key);
    return { reactions: on ? [...others, { key, count: 1, memberIds: [ALICE] }] : others };
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
    } else if (["chat", "edit", "delete", "react"].includes(frame.type) && isUnwell) {
      this.wire.push({ id: frame.id, type: "error", code: "E-S002", message: "…", retryAfter: 0.3 });
    } else if (frame.type === "chat") {
      const known = this.messages.find(({ clientId }) => clientId === frame.clientId);
      const stored = known ?? this.store({ senderId: ALICE, clientId: frame.clientId, message: frame.message });
      this.wire.push({ id: frame.id, ...ack(frame, stored.seq) });
    } else if (["edit", "delete", "react"].includes(frame.type)) {
      const message = this.messages[frame.seq - 1];
      const fields = this.act(frame, message);
      const reply = fields ? { type: "ok", version: this.change(message, fields) } : { type: "error", code: "E-MS004" };
      this.wire.push({ id: frame.id, ...reply });
    } else if (frame.id) this.wire.push({ id: frame.id, type: "ok" });
  }

  page({ before = Infinity, after, around, limit }) {
    if (after !== undefined) return this.messages.slice(after, after + limit);
    if (around !== undefined) return this.messages.slice(Math.max(0, around - 1 - Math.floor(limit / 2))).slice(0, limit);
    return this.messages.filter(({ seq }) => seq < before).slice(-limit);
  }

  /** A page is read at once and may arrive late. */
  fetch = (url) => {
    const query = Object.fromEntries([...new URL(url).searchParams].map(([name, value]) => [name, Number(value)]));
    const data = this.page(query).map(({ type, ...message }) => message);
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
  room.on("change", ({ message }) => room.messages.includes(message) && set(message));
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
  const done = { texts: new Map(), hearts: new Map(), waiting: 0 }; // by own message, the last that was done to it
  const act = (promise) => {
    done.waiting += 1;
    const isOver = () => { done.waiting -= 1; };
    promise.then(isOver, isOver);
  };
  const acknowledged = () => said.filter(({ seq }) => seq !== null);
  const taken = new WeakSet();
  let isUnwell = false;

  const steps = {
    bob: () => server.store({ senderId: 3, clientId: null, message: "Bob's" }),
    alice: () => said.push(room.send(`Alice's ${said.length}`)),
    edit: () => {
      const others = server.messages.filter(({ senderId }) => senderId !== ALICE);
      if (others.length) server.edit(random.one(others));
    },
    act: () => {
      const message = random.one(acknowledged());
      if (!message) return;
      const text = random.below(6) ? `mine ${random.below(1e6)}` : "";
      if (done.texts.get(message) !== "") done.texts.set(message, text);
      act(text ? room.edit(message, text) : room.delete(message));
    },
    react: () => {
      const message = random.one(acknowledged());
      if (!message) return;
      done.hearts.set(message, Boolean(random.below(2)));
      act(room.react(message, "heart", done.hearts.get(message)));
    },
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
    newer: () => void room.loadNewer(1 + random.below(5)).then(drawn.add, () => {}),
    around: () => void room.loadAround(1 + random.below(room.lastSeq || 1), 1 + random.below(6)).catch(() => {}),
    newest: () => void room.returnToNewest().catch(() => {}),
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
  const past = ["older", "newer", "newer", "around", "newest"];
  for (let step = 0; step < STEPS; step += 1) {
    await steps[random.one([...weighed, "act", "react", ...past, "trim", "cut", "welcome", "weather", "time"])]();
    if (random.below(2)) await settled();
  }
  isUnwell = false;
  const isBusy = () => done.waiting > 0 || room.pending.some(({ seq }) => seq === null);
  for (let round = 0; round < 200 && !(room.state === "live" && !isBusy()); round += 1) {
    for (const name of ["welcome", "upstream", "downstream", "page", "time"]) await steps[name]();
  }
  while (server.wire.length) await steps.downstream();
  for (; server.pages.length; await settled()) steps.page();
  if (random.below(2)) {
    void room.returnToNewest().catch(() => {});
    for (let round = 0; round < 9; round += 1, await settled()) steps.page();
    assert.equal(room.isDetached, false);
  }
  client.close();
  return { server, room, said, done, drawn };
}

const shown = ({ seq, version, message, reactions = [] }) =>
  `${seq} (${version}) ${message} ${reactions.map(({ key }) => key)}`;

test(`whatever happened, a room ends as the server has it (seeds from ${FIRST_SEED})`, async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + LIVES; seed += 1) {
    const { server, room, said, done, drawn } = await live(seed);
    const first = room.messages[0]?.seq ?? server.messages.length + 1;
    const last = room.isDetached ? room.messages.at(-1).seq : server.messages.length;
    const where = `seed ${seed}`;

    assert.deepEqual(room.messages.map(shown), server.messages.slice(first - 1, last).map(shown), where);
    assert.deepEqual([room.hasOlder, room.lastSeq], [first > 1, server.messages.length], where);
    assert.deepEqual(room.pending.filter(({ seq }) => seq <= last), [], where);
    for (const [{ seq }, text] of done.texts) assert.equal(server.messages[seq - 1].message, text, where);
    for (const [message, heart] of done.hearts) {
      const { deletedAt, reactions = [] } = server.messages[message.seq - 1];
      assert.equal(reactions.length > 0, heart && !deletedAt, where);
    }
    assert.equal(done.waiting, 0, where);
    assert.deepEqual(said.map(({ state }) => state), said.map(() => "sent"), where);
    const stored = server.messages.filter(({ senderId }) => senderId === ALICE).map(({ clientId }) => clientId);
    assert.deepEqual(stored.sort(), said.map(({ clientId }) => clientId).sort(), where);
    assert.deepEqual(drawn.lines().map(shown), room.messages.map(shown), where);
  }
});
