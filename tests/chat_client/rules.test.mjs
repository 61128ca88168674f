/** How a room is kept: what is heard of it, what is asked for, and when one may write again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, connect, hold, listen, newest, settled, subscribed, wait } from "./fake_server.mjs";

const BOB = 3;
const frame = (fields = {}) => ({ type: "room", roomId: 1, ownerId: ALICE, managerIds: [BOB], ...fields });

function heard(room) {
  let told = 0;
  room.on("rules", () => { told += 1; });
  return () => told;
}

test("a room is kept as it is told, and what is left out is as usual", async () => {
  const { room, socket } = await listen();
  const told = heard(room);
  assert.deepEqual([room.rules.role, room.rules.ownerId, room.rules.mayWriteAt], ["member", null, 0]);
  socket.hear(frame({ role: "manager", readOnly: true, slowSeconds: 30, joining: "code" }));
  const { role, ownerId, managerIds, readOnly, slowSeconds, joining, isManager } = room.rules;
  assert.deepEqual([role, ownerId, managerIds, readOnly, slowSeconds, joining, isManager], ["manager", ALICE, [BOB], true, 30, "code", true]);
  assert.deepEqual([ALICE, BOB, 99, null].map((one) => room.rules.roleOf(one)), ["owner", "manager", "member", null]);
  socket.hear(frame());
  assert.deepEqual([room.rules.role, room.rules.readOnly, room.rules.isManager], ["member", false, false]);
  socket.hear(frame()); // a sweep says it again

  assert.equal(told(), 2);
});

test("who subscribes knows their own part at once", async () => {
  const client = await connect();
  newest().welcome();
  const room = client.room(1).subscribe({ history: 0 });
  const told = heard(room);
  newest().answer("subscribe", () => ({ ...subscribed(0), role: "owner", readOnly: true }));
  await settled();
  assert.deepEqual([room.rules.role, room.rules.readOnly, room.rules.mayWriteAt, told()], ["owner", true, 0, 1]);
  room.unsubscribe();

  assert.deepEqual([room.rules.role, room.rules.readOnly], ["member", false]);
});

test("slow mode counts from the own message, or as the server says, and spares managers", async () => {
  const { room, socket } = await listen();
  const told = heard(room);
  socket.hear(frame({ slowSeconds: 30 }));
  room.send("hello");
  socket.answer("chat", ({ clientId }) => ({ type: "ack", roomId: 1, seq: 1, version: 1, clientId, createdAt: "2026-11-22T09:00:00.000000Z", duplicate: false }));
  assert.deepEqual([room.rules.mayWriteAt, told()], [Date.now() + 30_000, 2]);
  await wait(31);
  assert.equal(room.rules.mayWriteAt, 0);
  const again = room.send("again");
  socket.answer("chat", () => ({ type: "error", code: "E-MO003", message: "slow", retryAfter: 12, roomId: 1 }));
  assert.deepEqual([again.state, again.error.code, room.rules.mayWriteAt], ["failed", "E-MO003", Date.now() + 12_000]);
  socket.hear(frame({ slowSeconds: 30, role: "manager" }));

  assert.equal(room.rules.mayWriteAt, 0);
});

test("who is muted waits for the end of it, and in a read-only room members wait for the rule", async () => {
  const { room, socket } = await listen();
  const until = new Date(Date.now() + 600_000);
  socket.hear(frame({ role: "manager", mutedUntil: until.toISOString() }));
  assert.equal(room.rules.mayWriteAt, until.getTime());
  await wait(601);
  assert.equal(room.rules.mayWriteAt, 0);
  socket.hear(frame({ readOnly: true }));

  assert.equal(room.rules.mayWriteAt, Infinity);
});

test("roles and rules are asked for, and a refusal rejects", async () => {
  const { room, socket } = await listen();
  const done = Promise.allSettled([room.setRole(BOB, "manager"), room.setRules({ slowSeconds: 5 })]);
  socket.answer("role", ({ memberId, role }) => (memberId === BOB && role === "manager" ? { type: "ok" } : {}));
  socket.answer("rules", () => ({ type: "error", code: "E-MS007", message: "no" }));
  const [first, second] = await done;

  assert.deepEqual([first.status, second.reason.code], ["fulfilled", "E-MS007"]);
});

test("what REST says of a room is taken, and not in place of what the socket said since it was asked", async () => {
  const kept = { roomId: 1, ownerId: ALICE, joining: "code", joinCode: "K7MPQ2XA" };
  const fetch = async () => {
    const data = { ...kept };
    await fetch.gate;
    return Response.json({ status: "SUCCESS", code: "S-001", message: "", data });
  };
  const { room, socket } = await listen({ fetch });
  await room.loadRules();
  assert.deepEqual([room.rules.ownerId, room.rules.joining], [ALICE, "code"]);

  const release = hold(fetch);
  const asked = room.loadRules();
  await settled();
  socket.hear(frame({ joining: "approval" }));
  await release();
  assert.deepEqual([(await asked).joining, room.rules.joining], ["code", "approval"]);
  await room.loadRules();
  assert.equal(room.rules.joining, "code");
});

test("who asks for the rules while they subscribe learns both what is said there and the rest", async () => {
  const kept = { roomId: 1, ownerId: ALICE, managerIds: [BOB], role: "member", readOnly: false };
  const fetch = async () => {
    const data = { ...kept };
    await fetch.gate;
    return Response.json({ status: "SUCCESS", code: "S-001", message: "", data });
  };
  const release = hold(fetch);
  const client = await connect({ fetch });
  newest().welcome();
  const room = client.room(1).subscribe({ history: 0 });
  const asked = room.loadRules();
  await settled();
  newest().answer("subscribe", () => ({ ...subscribed(0), role: "manager", readOnly: true }));
  await settled();
  await release();
  await asked;

  const { ownerId, managerIds, role, readOnly } = room.rules;
  assert.deepEqual([ownerId, managerIds, role, readOnly], [ALICE, [BOB], "manager", true]);
});
