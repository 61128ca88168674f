/** Which message is on top of a room, and what it says, whatever comes twice or late. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { chat, connect, historyOf, hold, listen, newest, settled, subscribed, wait } from "./fake_server.mjs";

const pinnedAt = "2026-11-22T09:00:00.000000Z";
const changed = (seq, version, fields) => chat(seq, { type: "changed", version, ...fields });

test("a notice is pinned, replaced, edited and taken down as it is told", async () => {
  const { client, room, socket } = await listen();
  let told = 0;
  client.on("pinned", () => { told += 1; });
  for (const seq of [1, 2]) socket.hear(chat(seq));
  assert.deepEqual([room.pinned, room.pinnedMessage, told], [null, null, 0]);
  socket.hear(changed(1, 3, { pinnedAt }));
  assert.deepEqual([room.pinned, room.pinnedMessage], [1, room.messages[0]]);
  socket.hear(changed(2, 5, { pinnedAt }));
  socket.hear(changed(1, 4));
  assert.deepEqual([room.pinned, room.pinnedMessage], [2, room.messages[1]], "the old one came down too late");
  socket.hear(changed(2, 6, { pinnedAt, message: "edited" }));
  assert.equal(room.pinnedMessage.message, "edited");
  socket.hear(changed(2, 7, { message: "", deletedAt: pinnedAt }));

  assert.deepEqual([room.pinned, room.pinnedMessage, told], [null, null, 4]);
});

test("a notice that is not at hand is read, and follows what becomes of it", async () => {
  const messages = Array.from({ length: 9 }, (_, at) => chat(at + 1, at + 1 === 2 ? { pinnedAt } : {}));
  const client = await connect({ fetch: historyOf(messages) });
  newest().welcome();
  const room = client.room(1).subscribe({ history: 3 });
  newest().answer("subscribe", () => ({ ...subscribed(9), pinned: 2 }));
  assert.deepEqual([room.pinned, room.pinnedMessage], [2, null]);
  await wait(0.1);
  assert.equal(room.pinnedMessage.message, "no. 2");
  newest().hear(changed(2, 10, { pinnedAt, message: "edited" }));

  assert.equal(room.pinnedMessage.message, "edited");
});

test("a notice that is put up while the history is read is on top, though the history has it already", async () => {
  const fetch = historyOf([chat(1, { version: 2, pinnedAt })]);
  const client = await connect({ fetch });
  const release = hold(fetch);
  newest().welcome();
  const room = client.room(1).subscribe({ history: 3 });
  newest().answer("subscribe", () => subscribed(1));
  newest().hear(changed(1, 2, { pinnedAt }));
  await release();

  assert.deepEqual([room.pinned, room.pinnedMessage], [1, room.messages[0]]);
});

test("a replay of how it came to be changes nothing of what is", async () => {
  const { room, socket } = await listen({}, 2);
  socket.shut(1006);
  await wait(1);
  newest().welcome();
  newest().answer("subscribe", () => ({ ...subscribed(2, true), version: 6, pinned: 2 }));
  newest().hear(changed(1, 4, { pinnedAt: null }));
  newest().hear(changed(2, 6, { pinnedAt }));
  await settled();

  assert.deepEqual([room.pinned, room.pinnedMessage?.seq], [2, 2]);
});

test("old news of a message that is not at hand pins nothing", async () => {
  const { room, socket } = await listen({}, 9);
  socket.hear(changed(1, 10, { pinnedAt }));
  socket.hear(changed(1, 11));
  socket.hear(changed(1, 10, { pinnedAt }));

  assert.deepEqual([room.pinned, room.pinnedMessage], [null, null]);
});
