/** Who is in a room and who has read: whatever is heard, late, lost or meanwhile, the numbers are the database's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, chat, draw, listen, newest, settled, subscribed, wait } from "./fake_server.mjs";

const BOB = 3;
const CHARLIE = 11;
const [RUNS, STEPS] = [60, 120];

/** A room whose members are in a database, and the way there: an answer is of the moment at which it was read. */
class Room {
  marks; // readSeq by member
  asked = 0;
  lastSeq;
  #waiting = [];

  constructor(marks, lastSeq) {
    [this.marks, this.lastSeq] = [new Map(marks), lastSeq];
    this.fetch = async (url) => {
      this.asked += 1;
      if (this.isAway) throw new TypeError("fetch failed");
      if (this.isSlow) await new Promise((resolve) => this.#waiting.push(resolve));
      const data = this.#page(Number(new URL(url).searchParams.get("limit")));
      if (this.isLate) await new Promise((resolve) => this.#waiting.push(resolve));
      return Response.json({ status: "SUCCESS", code: "S-001", message: "", data });
    };
  }

  #page(limit) {
    const members = [...this.marks].map(([memberId, readSeq]) => ({ memberId, nickName: `no. ${memberId}`, role: "member", readSeq, joinedSeq: 0 }));
    return { members: members.slice(0, limit), me: members[0], memberCount: members.length, next: members.length > limit ? "x" : null };
  }

  /** Let what was asked be read, or what was read arrive. */
  async answer() {
    for (const resolve of this.#waiting.splice(0)) resolve();
    await settled();
  }

  /** How many have not read this far, but for the author. */
  count(seq, author) {
    return [...this.marks].filter(([memberId, mark]) => memberId !== author && mark < seq).length;
  }
}

const read = (memberId, seq) => ({ type: "read", roomId: 1, memberId, seq });
const joined = (memberId, seq) => ({ type: "joined", roomId: 1, memberId, nickName: "x", seq });
const left = (memberId) => ({ type: "left", roomId: 1, memberId, nickName: "x" });
const by = (senderId, seq) => ({ senderId, seq });

async function watch(database) {
  const here = await listen({ fetch: database.fetch }, database.lastSeq);
  here.room.watchPlaces();
  await settled();
  return here;
}

test("the number falls as the others read, and who spoke has read", async () => {
  const { room, socket } = await watch(new Room([[ALICE, 0], [BOB, 0], [CHARLIE, 0]], 5));
  assert.equal(room.unreadOf(by(ALICE, 5)), 2);
  socket.hear(read(BOB, 4));
  assert.deepEqual([4, 5].map((seq) => room.unreadOf(by(ALICE, seq))), [1, 2]);
  socket.hear(chat(6, { senderId: CHARLIE }));
  assert.deepEqual([5, 6].map((seq) => room.unreadOf(by(ALICE, seq))), [1, 2 - 1]);
  assert.equal(room.unreadOf(by(CHARLIE, 6)), 2, "its author is not counted");
  assert.equal(room.unreadOf({ senderId: ALICE, seq: null }), null, "it is on its way");
});

test("the own reading counts before the server knows it", async () => {
  const { room } = await watch(new Room([[ALICE, 0], [BOB, 0]], 5));
  assert.equal(room.unreadOf(by(BOB, 5)), 1);
  room.read();
  assert.equal(room.unreadOf(by(BOB, 5)), 0);
});

test("who comes later raises no number, who goes lowers it", async () => {
  const { room, socket } = await watch(new Room([[ALICE, 5], [BOB, 2]], 5));
  socket.hear(joined(CHARLIE, 5));
  assert.deepEqual([room.unreadOf(by(ALICE, 5)), room.places.get(CHARLIE).joinedSeq], [1, 5]);
  socket.hear(left(BOB));
  assert.deepEqual([room.unreadOf(by(ALICE, 5)), room.places.size], [0, 2]);
});

test("nothing is known before the list is, and each change of it is told", async () => {
  const database = new Room([[ALICE, 5], [BOB, 0]], 5);
  const { client, room, socket } = await listen({ fetch: database.fetch }, 5);
  let told = 0;
  client.on("places", () => { told += 1; });
  socket.hear(read(BOB, 3));
  assert.deepEqual([room.places, room.unreadOf(by(ALICE, 5)), told], [null, null, 0]);
  room.watchPlaces();
  await settled();
  assert.equal(told, 1);
  socket.hear(read(BOB, 5));
  socket.hear(read(BOB, 4));
  assert.deepEqual([room.unreadOf(by(ALICE, 5)), told], [0, 2]);
  room.unwatchPlaces();
  assert.deepEqual([room.places, told], [null, 3]);
});

for (const [when, name] of [["isSlow", "read"], ["isLate", "on its way"]]) {
  test(`what is heard while the list is being ${name} is not lost`, async () => {
    const database = Object.assign(new Room([[ALICE, 5], [BOB, 0], [CHARLIE, 0]], 5), { [when]: true });
    const { room, socket } = await listen({ fetch: database.fetch }, 5);
    room.watchPlaces();
    await settled();
    for (const [frame, change] of [
      [read(BOB, 4), () => database.marks.set(BOB, 4)],
      [left(CHARLIE), () => database.marks.delete(CHARLIE)],
      [joined(20, 5), () => database.marks.set(20, 5)],
    ]) {
      change();
      socket.hear(frame);
    }
    await database.answer();
    assert.deepEqual([...room.places.keys()].sort(), [...database.marks.keys()].sort());
    assert.deepEqual([4, 5].map((seq) => room.unreadOf(by(ALICE, seq))), [4, 5].map((seq) => database.count(seq, ALICE)));
  });
}

test("who is not known came in unheard: the list is read again, once in a while", async () => {
  const database = new Room([[ALICE, 5], [BOB, 0]], 5);
  const { room, socket } = await watch(database);
  database.marks.set(CHARLIE, 2);
  for (let seq = 1; seq <= 3; seq += 1) socket.hear(read(CHARLIE, seq));
  await wait(6);
  assert.deepEqual([room.unreadOf(by(ALICE, 5)), database.asked], [2, 2]);
});

test("who left and is told late to have read is nobody new", async () => {
  const database = new Room([[ALICE, 5], [BOB, 0]], 5);
  const { socket } = await watch(database);
  socket.hear(left(BOB));
  socket.hear(read(BOB, 5));
  socket.hear(chat(2, { type: "changed", version: 9, senderId: CHARLIE }));
  await wait(6);
  assert.equal(database.asked, 1);
});

test("whom the main server deleted goes with the next reading, which comes by itself", async () => {
  const database = new Room([[ALICE, 5], [BOB, 0]], 5);
  const { room } = await watch(database);
  database.marks.delete(BOB);
  assert.equal(room.unreadOf(by(ALICE, 5)), 1);
  await wait(460);
  assert.equal(room.unreadOf(by(ALICE, 5)), 0);
});

test("of a large room there is no number until enough have gone", async () => {
  const crowd = Array.from({ length: 301 }, (_, at) => [1_000 + at, 0]);
  const database = new Room(crowd, 5);
  const { room, socket } = await watch(database);
  assert.deepEqual([room.places, room.unreadOf(by(ALICE, 5))], [null, null]);
  database.marks.delete(1_000);
  socket.hear(left(1_000));
  await settled();
  assert.equal(room.unreadOf(by(ALICE, 5)), 300);
  database.marks.set(1_000, 5);
  socket.hear(joined(1_000, 5));
  assert.equal(room.places, null);
});

test("the list is read again after each reconnection, and asked for until it comes", async () => {
  const database = new Room([[ALICE, 5], [BOB, 0]], 5);
  const { room, socket } = await watch(database);
  draw(1);
  socket.shut(1006);
  database.marks.set(BOB, 5);
  database.isAway = true;
  await wait(1);
  newest().welcome();
  newest().answer("subscribe", () => subscribed(5, true));
  await wait(2);
  assert.equal(room.unreadOf(by(ALICE, 5)), 1);
  database.isAway = false;
  await wait(10);
  assert.equal(room.unreadOf(by(ALICE, 5)), 0);
});

// --- at random

/** As the server tells of it: marks late and together, comings late, each kind in its order. */
class Wire {
  #queues = { now: [], reads: [], comings: [] };

  tell(queue, frame) { this.#queues[queue].push(frame); }

  deliver(random, socket, all) {
    for (const queue of Object.values(this.#queues)) {
      const count = all ? queue.length : Math.floor(random() * (queue.length + 1));
      for (const frame of queue.splice(0, count)) socket.hear(frame);
    }
  }

  lose() { for (const queue of Object.values(this.#queues)) queue.length = 0; }
}

function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function step(random, database, wire, authors) {
  const one = 20 + Math.floor(random() * 8);
  const isIn = database.marks.has(one);
  if (!isIn) {
    database.marks.set(one, database.lastSeq);
    wire.tell("comings", joined(one, database.lastSeq));
  } else if (random() < 0.2) {
    database.marks.delete(one);
    wire.tell("comings", left(one));
  } else if (random() < 0.5) {
    database.lastSeq += 1;
    database.marks.set(one, database.lastSeq);
    authors.set(database.lastSeq, one);
    wire.tell("now", chat(database.lastSeq, { senderId: one }));
  } else {
    const seq = Math.ceil(random() * database.lastSeq);
    if (seq <= database.marks.get(one)) return;
    database.marks.set(one, seq);
    wire.tell("reads", read(one, seq));
  }
}

async function reconnect(socket, wire, database) {
  socket.shut(1006);
  wire.lose();
  await wait(0.5);
  newest().welcome();
  newest().answer("subscribe", () => subscribed(database.lastSeq, true));
  await settled();
}

test("whatever happens, after everything was heard each number is a recount", async () => {
  draw(0); // to come back at once
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = generator(seed);
    const [wire, authors] = [new Wire(), new Map()];
    const database = Object.assign(new Room([[ALICE, 0], [BOB, 0]], 0), { isSlow: seed % 2 === 0, isLate: seed % 3 === 0 });
    const { client, room } = await watch(database);
    for (let at = 0; at < STEPS; at += 1) {
      step(random, database, wire, authors);
      if (random() < 0.4) wire.deliver(random, newest(), false);
      if (random() < 0.3) await database.answer();
      if (random() < 0.03) await reconnect(newest(), wire, database);
    }
    for (let round = 0; round < 3; round += 1) {
      wire.deliver(random, newest(), true);
      await wait(6);
      await database.answer();
    }
    const numbers = (count) => [...authors].map(([seq, author]) => [seq, count(seq, author)]);
    const shown = numbers((seq, author) => room.unreadOf(by(author, seq)));
    assert.deepEqual(shown, numbers((seq, author) => database.count(seq, author)), `seed ${seed}`);
    client.close();
  }
});
