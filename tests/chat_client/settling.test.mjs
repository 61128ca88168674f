/** `message.settled`: when the server has a message of one's own, and when it refused it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ack, chat, connect, listen, newest, settled, wait } from "./fake_server.mjs";

const refusal = (code) => () => ({ type: "error", code, message: "No." });

/** What became of the promise so far. */
async function fate(promise) {
  const pending = {};
  const told = await Promise.race([promise.then((value) => ({ value }), (error) => ({ error })), settled().then(() => pending)]);
  return told === pending ? "waits" : told;
}

test("it is kept with the message, once the server has it", async () => {
  const { room, socket } = await listen();
  const message = room.send("hello");
  assert.equal(await fate(message.settled), "waits");

  socket.answer("chat", (frame) => ack(frame, 1));

  assert.equal((await message.settled), message);
  assert.deepEqual([message.state, message.seq], ["sent", 1]);
});

test("it is kept where the message comes before its acknowledgement, and where one looks late", async () => {
  const { room, socket } = await listen();
  const [early, late] = [room.send("one"), room.send("two")];
  const waiting = early.settled;
  hearOwn(socket, early, 1);
  hearOwn(socket, late, 2);

  assert.equal(await waiting, early);
  assert.equal(await late.settled, late);
});

const hearOwn = (socket, { clientId }, seq) => socket.hear(chat(seq, { senderId: 7, clientId }));

test("it waits over a broken connection, and for one that was closed here", async () => {
  const { client, room, socket } = await listen();
  const message = room.send("hello");
  const waiting = message.settled;
  socket.shut(1006);
  client.close();
  assert.equal(await fate(waiting), "waits");

  client.connect();
  await wait(1);
  newest().welcome();
  await settled();
  newest().answer("chat", (frame) => ack(frame, 1));

  assert.equal(await waiting, message);
});

test("a refusal breaks it with what the message says, and another attempt is another promise", async () => {
  const { room, socket } = await listen();
  const message = room.send("hello");
  const first = message.settled;
  socket.answer("chat", refusal("E-C002"));

  await assert.rejects(first, { name: "ChatError", code: "E-C002" });
  await assert.rejects(message.settled, (error) => error === message.error);
  room.retry(message);
  const second = message.settled;
  socket.answer("chat", (frame) => ack(frame, 1));
  assert.equal(await second, message);
});

test("what waits for a manager is the server's", async () => {
  const { room, socket } = await listen();
  const message = room.send("hello");
  socket.answer("chat", () => ({ ...refusal("E-MO006")(), heldId: 3 }));

  assert.equal((await message.settled).state, "held");
});

test("one that is discarded on its way is given up", async () => {
  const client = await connect();
  const message = client.room(1).send("hello");
  const waiting = message.settled;
  client.room(1).discard(message);

  await assert.rejects(waiting, { name: "ChatError", code: "aborted" });
});

test("who does not look, or looks and does not listen, has nothing to handle", async () => {
  const unhandled = [];
  const note = (error) => unhandled.push(error);
  process.on("unhandledRejection", note);
  const { room, socket } = await listen();
  room.send("nobody looks");
  void room.send("somebody looks").settled;
  socket.answer("chat", refusal("E-C002"));
  await settled();
  await settled();
  process.off("unhandledRejection", note);

  assert.deepEqual(unhandled, []);
});

test("neither a storage nor a copy knows of it", async () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  const { room } = await listen({ storage });
  const message = room.send("hello");
  void message.settled;

  assert.ok(!JSON.stringify([...kept]).includes("settled"));
  assert.ok(!("settled" in { ...message }));
  const again = await connect({ storage });
  newest().welcome();
  const [restored] = again.room(1).pending;
  newest().answer("chat", (frame) => ack(frame, 1));
  assert.equal(await restored.settled, restored);
});
