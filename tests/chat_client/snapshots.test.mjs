/** What a room and a client show as values: the same until something changed, and never another once taken. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ack, chat, connect, historyOf, listen, newest, settled } from "./fake_server.mjs";

const hear = (socket, seq, fields) => socket.hear(chat(seq, fields));

test("a snapshot is the same object until something changed", async () => {
  const { room, socket } = await listen();
  const before = room.snapshot();

  assert.equal(room.snapshot(), before);
  hear(socket, 1);
  const after = room.snapshot();
  assert.notEqual(after, before);
  assert.deepEqual([before.messages.length, after.messages.map(({ message }) => message)], [0, ["no. 1"]]);
  assert.equal(room.snapshot(), after);
});

test("what says nothing new changes no snapshot", async () => {
  const { room, socket } = await listen();
  hear(socket, 1);
  const before = room.snapshot();

  hear(socket, 1);
  socket.hear({ type: "typing", roomId: 1, memberId: 3, nickName: "Bob" });
  socket.hear({ type: "joined", roomId: 1, memberId: 4, nickName: "Dave", seq: 1 });

  assert.equal(room.snapshot(), before);
});

test("of the messages only those that changed are others", async () => {
  const { room, socket } = await listen();
  for (const seq of [1, 2]) hear(socket, seq);
  const [first, second] = room.snapshot().messages;

  socket.hear({ ...chat(2, { message: "edited", version: 3, reactions: [{ key: "heart", count: 1, memberIds: [7] }] }), type: "changed" });
  const after = room.snapshot().messages;

  assert.equal(after[0], first);
  assert.deepEqual([second.message, second.reactions.length], ["no. 2", 0]);
  assert.deepEqual([after[1].message, after[1].reactions[0].isMine], ["edited", true]);
});

test("nothing of a snapshot can be changed", async () => {
  const { room, socket } = await listen();
  hear(socket, 1, { reactions: [{ key: "heart", count: 1, memberIds: [7] }] });
  const { messages, rules } = room.snapshot();

  for (const part of [room.snapshot(), messages, messages[0], messages[0].reactions[0].memberIds, rules]) assert.ok(Object.isFrozen(part));
});

test("older pages are in the snapshot, before the ones that stay as they are", async () => {
  const fetch = historyOf([1, 2, 3].map((seq) => chat(seq)));
  const { room, socket } = await listen({ fetch }, 3);
  hear(socket, 4);
  const [fourth] = room.snapshot().messages;

  await room.loadOlder();

  assert.deepEqual(room.snapshot().messages.map(({ seq }) => seq), [1, 2, 3, 4]);
  assert.equal(room.snapshot().messages[3], fourth);
  assert.equal(room.snapshot().hasOlder, false);
});

test("an own message goes from pending to its place, and the room that shows it is told of once", async () => {
  const { client, room, socket } = await listen();
  const told = [];
  room.on("update", () => told.push(room.revision));
  client.on("update", ({ room: which }) => told.push(which));
  await settled();
  told.length = 0;

  const own = room.send("hello");
  const { pending } = room.snapshot();
  assert.deepEqual([pending[0].state, Object.keys(pending[0]).includes("settled")], ["sending", false]);
  socket.answer("chat", (frame) => ack(frame, 1));
  hear(socket, 1, { senderId: 7, clientId: own.clientId, message: "hello" });
  assert.equal(told.length, 0);
  await settled();

  assert.deepEqual(told, [room.revision, room]);
  assert.deepEqual([room.snapshot().pending.length, room.snapshot().messages[0].state], [0, "sent"]);
  assert.equal(pending[0].state, "sending");
});

test("a copy of a failed message is as good as the message to try again or to discard it", async () => {
  const { room, socket } = await listen();
  for (const way of ["retry", "discard"]) {
    room.send("hello");
    socket.answer("chat", () => ({ type: "error", code: "E-C002", message: "No." }));
    const [copy] = room.snapshot().pending;
    assert.equal(copy.state, "failed");
    room[way](copy);
    assert.deepEqual(room.snapshot().pending.map(({ state }) => state), way === "retry" ? ["sending"] : []);
    room.discard(copy);
  }
});

test("a client shows its connection, who it is, and the rooms of its inbox", async () => {
  const client = await connect();
  const connecting = client.snapshot();
  let told = 0;
  client.on("update", ({ room }) => { told += room === null; });
  newest().welcome();
  await settled();
  const open = client.snapshot();

  assert.deepEqual([connecting.state, connecting.me, open.state, open.me.memberId, open.rooms.size], ["connecting", null, "open", 7, 0]);
  assert.equal(client.snapshot(), open);
  assert.equal(told, 1);
  client.close();
  assert.deepEqual([client.snapshot().state, client.snapshot().reason.kind], ["closed", "closed"]);
});
