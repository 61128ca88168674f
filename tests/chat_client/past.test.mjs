/** Looking at what was said long ago while others go on talking, and coming back. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ack, ALICE, chat, connect, historyOf, hold, listen, newest, settled, subscribed, wait } from "./fake_server.mjs";

const upTo = (last) => Array.from({ length: last }, (_, at) => chat(at + 1));
const seqs = (room) => room.messages.map(({ seq }) => seq);
const edited = (seq, version) => chat(seq, { type: "changed", version, message: "edited" });

/** Alice in a room of thirty messages, at the newest five of them. */
async function atTheNewest(options = {}) {
  const messages = upTo(30);
  const fetch = historyOf(messages);
  const { client, room, socket } = await listen({ fetch, ...options }, 30);
  await room.loadOlder(5);
  const store = (message) => {
    messages[message.seq - 1] = message;
    newest().hear(message);
  };
  const told = (name) => client.seen.filter((event) => event.name === name).length;
  return { client, room, socket, fetch, messages, store, told };
}

/** The same at messages 8 to 12. */
async function inThePast(options) {
  const scene = await atTheNewest(options);
  await scene.room.loadAround(10, 5);
  return scene;
}

test("a message of long ago is shown among its neighbours, apart from the newest", async () => {
  const { room, told } = await inThePast();
  assert.deepEqual([seqs(room), told("reset")], [[8, 9, 10, 11, 12], 2]);

  assert.deepEqual([room.isDetached, room.hasNewer, room.hasOlder], [true, true, true]);
});

test("one that is at hand needs no jump", async () => {
  const { room, fetch } = await atTheNewest();
  const asked = fetch.asked.length;
  await room.loadAround(28);

  assert.deepEqual([seqs(room), room.isDetached, fetch.asked.length], [[26, 27, 28, 29, 30], false, asked]);
});

test("what others say meanwhile is counted and told, and is not put behind what is shown", async () => {
  const { client, room, store, told } = await inThePast();
  const beyond = [];
  client.on("beyond", ({ message }) => beyond.push(message.seq));
  const before = told("message");
  store(chat(31));
  store(edited(31, 32));

  assert.deepEqual([seqs(room), room.lastSeq, room.unread], [[8, 9, 10, 11, 12], 31, 31]);
  assert.deepEqual([beyond, told("message")], [[31], before]);
});

test("what becomes of messages is shown on those at hand, and known of the others once they are", async () => {
  const { room, store } = await inThePast();
  const [, , tenth] = room.messages;
  store(edited(10, 31));
  store(edited(13, 32));
  store(edited(7, 33));
  assert.deepEqual([tenth.message, seqs(room)], ["edited", [8, 9, 10, 11, 12]]);
  await room.loadNewer(1);
  await room.loadOlder(1);

  assert.deepEqual(room.messages.map(({ message }) => message === "edited"), [true, false, false, true, false, false, true]);
});

test("page by page it comes back to the newest, and new messages join again", async () => {
  const { room, store } = await inThePast();
  const page = await room.loadNewer(10);
  assert.deepEqual(page.map(({ seq }) => seq), [13, 14, 15, 16, 17, 18, 19, 20, 21, 22]);
  assert.equal(room.isDetached, true);
  await room.loadNewer(10);
  assert.deepEqual([room.isDetached, room.messages.at(-1).seq, await room.loadNewer()], [false, 30, []]);
  store(chat(31));

  assert.equal(room.messages.at(-1).seq, 31);
});

test("what is said and edited while the last page is on its way is not lost", async () => {
  const { room, fetch, store } = await inThePast();
  const release = hold(fetch);
  const page = room.loadNewer(50);
  await settled();
  store(edited(20, 31));
  store(chat(31, { version: 32 }));
  await release();
  await page;
  store(chat(32, { version: 33 }));

  assert.deepEqual([room.isDetached, seqs(room)], [false, Array.from({ length: 25 }, (_, at) => at + 8)]);
  assert.equal(room.messages[12].message, "edited");
});

test("back to the newest is one step", async () => {
  const { room, store } = await inThePast();
  store(chat(31));
  await room.returnToNewest();
  assert.deepEqual([room.isDetached, room.messages.at(-1).seq, room.messages.length], [false, 31, 31]);
  await room.returnToNewest();
  store(chat(32));

  assert.equal(room.messages.at(-1).seq, 32);
});

test("of several jumps the last one counts", async () => {
  const { room, fetch, told } = await atTheNewest();
  const releaseFirst = hold(fetch);
  const first = room.loadAround(5, 3);
  await settled();
  const releaseLast = hold(fetch);
  const last = room.loadAround(10, 3);
  await settled();
  await releaseFirst();
  await first;
  assert.equal(told("reset"), 1);
  await releaseLast();
  await last;

  assert.deepEqual(seqs(room), [9, 10, 11]);
});

test("memory is bounded in both directions, on the side that one leaves", async () => {
  const { client, room } = await inThePast({ maxMessages: 6 });
  await room.loadOlder(3);
  assert.deepEqual([seqs(room), client.seen.at(-1).messages.map(({ seq }) => seq)], [[5, 6, 7, 8, 9, 10], [11, 12]]);
  await room.loadNewer(4);
  assert.deepEqual([seqs(room), client.seen.at(-1).messages.map(({ seq }) => seq)], [[9, 10, 11, 12, 13, 14], [5, 6, 7, 8]]);
  const all = await room.loadNewer(40);

  assert.deepEqual([all.length, seqs(room), room.isDetached], [16, all.map(({ seq }) => seq), false]);
});

test("an own message stays pending in the past, and is in its place after the return", async () => {
  const { room, socket, store } = await inThePast();
  const message = room.send("하나");
  store(chat(31, { senderId: ALICE, clientId: message.clientId, message: "하나" }));
  assert.deepEqual([room.pending, message.state, seqs(room)], [[message], "sent", [8, 9, 10, 11, 12]]);
  socket.shut(1006);
  await wait(1);
  newest().welcome();
  assert.deepEqual(newest().all("chat"), []);
  newest().answer("subscribe", () => subscribed(31, true));
  await room.returnToNewest();

  assert.deepEqual([room.pending, room.messages.at(-1)], [[], message]);
});

test("after too long an absence the same messages are read again", async () => {
  const { room, socket, messages, told } = await inThePast();
  const [, , tenth] = room.messages;
  socket.shut(1006);
  messages[9] = edited(10, 31);
  messages.push(...Array.from({ length: 600 }, (_, at) => chat(at + 31)));
  await wait(1);
  newest().welcome();
  newest().answer("subscribe", () => subscribed(630));
  await wait(0.1);

  assert.deepEqual([seqs(room), room.isDetached, room.lastSeq], [[8, 9, 10, 11, 12], true, 630]);
  assert.deepEqual([tenth.message, told("reset")], ["edited", 3]);
});

for (const isSlower of [false, true]) test(`a page from before an absence is not shown after it (${isSlower})`, async () => {
  const { room, socket, fetch, messages } = await atTheNewest();
  const release = hold(fetch);
  const jump = room.loadAround(10, 3);
  await settled();
  socket.shut(1006);
  messages[9] = edited(10, 631);
  messages.push(...Array.from({ length: 600 }, (_, at) => chat(at + 31)));
  await wait(1);
  newest().welcome();
  if (isSlower) fetch.gate = null;
  newest().answer("subscribe", () => subscribed(630));
  await wait(0.1);
  await release();
  await jump;

  assert.deepEqual([seqs(room), room.messages[1].message], [[9, 10, 11], "edited"]);
});

test("a jump into a room that is not listened to yet listens to it", async () => {
  const client = await connect({ fetch: historyOf(upTo(30)) });
  newest().welcome();
  const jumps = [client.room(1).loadAround(10, 3), assert.rejects(client.room(2).loadAround(10), { code: "E-R001" })];
  newest().answer("subscribe", ({ roomId }) =>
    roomId === 1 ? subscribed(30) : { type: "error", code: "E-R001", message: "…" });
  await Promise.all(jumps);

  assert.deepEqual([seqs(client.room(1)), client.room(1).isDetached], [[9, 10, 11], true]);
  client.room(1).unsubscribe();
  await assert.rejects(client.room(1).returnToNewest(), { code: "closed" });
});

test("who was removed while looking back begins at the newest again", async () => {
  const { room, socket } = await inThePast();
  socket.hear({ type: "removed", roomId: 1, reason: "removed" });
  room.subscribe({ history: 3 });
  socket.answer("subscribe", () => subscribed(30));
  await wait(0.1);

  assert.deepEqual([seqs(room), room.isDetached], [[28, 29, 30], false]);
});

// --- messages whose author is not told any more

const gone = { senderId: null, nickName: "", clientId: null, message: "", deletedAt: "2026-11-22T09:00:01.000000Z" };

test("an own message that was deleted before its author heard of it takes its place", async () => {
  const { room, socket } = await listen();
  const message = room.send("하나");
  socket.answer("chat", (frame) => ack(frame, 1));
  socket.hear(chat(1, { ...gone, type: "changed", version: 2 }));

  assert.deepEqual([room.pending, room.messages, message.message], [[], [message], ""]);
});

test("one that was deleted before it was acknowledged does not stay pending", async () => {
  const { room, socket } = await listen();
  room.send("하나");
  socket.hear(chat(1, { ...gone, type: "changed", version: 2 }));
  socket.answer("chat", (frame) => ack(frame, 1));

  assert.deepEqual([room.pending, seqs(room)], [[], [1]]);
});

test("what became too old goes: from what is at hand, from the unread, and nobody asks for it again", async () => {
  const { client, room, socket, fetch } = await atTheNewest();
  const trimmed = [];
  client.on("trim", ({ messages }) => trimmed.push(...messages.map(({ seq }) => seq)));
  socket.hear({ type: "room", roomId: 1, ownerId: ALICE, managerIds: [], firstSeq: 28 });
  assert.deepEqual([seqs(room), trimmed], [[28, 29, 30], [26, 27]]);
  assert.deepEqual([room.firstSeq, room.hasOlder, room.readSeq, room.unread], [28, false, 27, 3]);
  const asked = fetch.asked.length;
  await room.loadOlder();
  assert.equal(fetch.asked.length, asked);
  socket.hear({ type: "room", roomId: 1, ownerId: ALICE, managerIds: [], firstSeq: 31 });

  assert.deepEqual([seqs(room), room.hasOlder, room.unread], [[], false, 0]);
});

test("who comes back is told where the room begins, and keeps nothing from before", async () => {
  const { room } = await atTheNewest();
  newest().close();
  await wait(2_000);
  newest().welcome();
  await settled();
  newest().answer("subscribe", () => ({ ...subscribed(30), recovered: true, firstSeq: 29 }));
  await settled();

  assert.deepEqual([seqs(room), room.hasOlder, room.state], [[29, 30], false, "live"]);
});
