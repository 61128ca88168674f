/** Messages that wait for a manager: shown to their author as waiting, and what becomes of them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, listen, newest } from "./fake_server.mjs";

test("a held message waits among the pending ones, until it is rejected", async () => {
  const { client, room, socket } = await listen({ limits: { sendsPerSecond: 10 } });
  const message = room.send("젠장");
  socket.answer("chat", ({ id }) => ({ type: "error", id, code: "E-MO006", message: "…", heldId: 9 }));
  assert.deepEqual([message.state, message.heldId, room.pending], ["held", 9, [message]]);
  room.retry(message);
  assert.equal(message.state, "held");

  const heard = [];
  client.on("held", ({ decided }) => heard.push(decided.state));
  newest().hear({ type: "held", heldId: 9, roomId: 1, clientId: message.clientId, state: "rejected", reason: "욕설" });
  assert.deepEqual([message.state, message.reason, heard], ["rejected", "욕설", ["rejected"]]);
  room.discard(message);
  assert.deepEqual(room.pending, []);
});

test("what waits is there again after a reload, once", async () => {
  const held = { heldId: 9, roomId: 1, message: "젠장", clientId: "0190a3c4-7b1e-7cc2-9f00-0123456789ab", replyTo: null, heldAt: "2026-11-22T09:10:00Z", state: "waiting" };
  const fetch = async () => ({ status: 200, json: async () => ({ status: "SUCCESS", data: { held: [{ ...held, state: "rejected", clientId: "x" }, held] } }) });
  const client = await connect({ fetch });
  await client.held.load();
  await client.held.load();
  assert.deepEqual(client.room(1).pending.map(({ message, state }) => [message, state]), [["젠장", "held"]]);
  newest().hear({ type: "held", heldId: 9, roomId: 1, clientId: held.clientId, state: "released", seq: 4 });
  assert.deepEqual(client.room(1).pending, []);
});

test("managers hear how much waits, of any room", async () => {
  const client = await connect();
  const heard = [];
  client.on("waiting", ({ room, waiting }) => heard.push([room.roomId, waiting.held, waiting.cases]));
  newest().hear({ type: "moderation", roomId: 3, held: 2 });
  assert.deepEqual(heard, [[3, 2, 0]]);
});
