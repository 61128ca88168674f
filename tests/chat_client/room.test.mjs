/** What a room keeps and in which order, whatever comes twice, late or in pieces. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, chat, connect, historyOf, hold, listen, newest, settled, subscribed, wait } from "./fake_server.mjs";

const seqs = (room) => room.messages.map(({ seq }) => seq);
const deltas = (client) => client.seen.filter(({ name }) => name === "assistant").map(({ run }) => run);

const upTo = (last) => Array.from({ length: last }, (_, at) => chat(at + 1));

test("the history comes first, what was heard meanwhile behind it", async () => {
  const client = await connect({ fetch: historyOf(upTo(9)) });
  newest().welcome();
  const room = client.room(1).subscribe({ history: 4 });
  newest().answer("subscribe", () => subscribed(9));
  newest().hear(chat(10));
  assert.deepEqual(seqs(room), []);
  await settled();

  assert.deepEqual(seqs(room), [6, 7, 8, 9, 10]);
  assert.equal(room.hasOlder, true);
  assert.deepEqual(client.seen.map(({ name }) => name).slice(-2), ["reset", "message"]);
});

test("what is unread is told before the history is there", async () => {
  const fetch = historyOf(upTo(9));
  const release = hold(fetch);
  const client = await connect({ fetch });
  newest().welcome();
  const room = client.room(1);
  const told = [];
  room.on("room", () => told.push([room.state, room.unread]));
  room.subscribe({ history: 4 });
  newest().answer("subscribe", () => ({ ...subscribed(9), readSeq: 1 }));
  await settled();
  assert.deepEqual([told.at(-1)[1], room.messages.length], [8, 0]);
  assert.notEqual(told.at(-1)[0], "live");
  await release();

  assert.deepEqual(told.at(-1), ["live", 8]);
});

test("a page before, and another, until there is none", async () => {
  const { room } = await listen({ fetch: historyOf(upTo(9)) }, 9);
  const [page, same] = await Promise.all([room.loadOlder(6), room.loadOlder(6)]);
  assert.deepEqual(page.map(({ seq }) => seq), [4, 5, 6, 7, 8, 9]);
  assert.equal(page, same, "asked for once");
  await room.loadOlder(6);

  assert.deepEqual([seqs(room), room.hasOlder], [[1, 2, 3, 4, 5, 6, 7, 8, 9], false]);
  assert.deepEqual(await room.loadOlder(), []);
});

test("an edit that overtakes its page is kept", async () => {
  const { room, socket } = await listen({ fetch: historyOf(upTo(3)) }, 3);
  const page = room.loadOlder();
  socket.hear(chat(2, { type: "changed", version: 4, message: "edited", editedAt: "2026-11-22T09:00:01.000000Z" }));
  await page;

  assert.deepEqual(room.messages.map(({ message }) => message), ["no. 1", "edited", "no. 3"]);
});

test("what became of a message that is not kept is told all the same: others may quote it", async () => {
  const { client, room, socket } = await listen({ fetch: historyOf(upTo(3)) }, 3);
  socket.hear(chat(2, { type: "changed", version: 4, message: "", deletedAt: "2026-11-22T09:00:01.000000Z" }));

  assert.deepEqual(seqs(room), []);
  assert.deepEqual(client.seen.filter(({ name }) => name === "older").map(({ message }) => message.seq), [2]);
});

test("what comes again is dropped, what changed is changed in its place", async () => {
  const { client, room, socket } = await listen();
  for (const seq of [1, 2, 3, 2, 1]) socket.hear(chat(seq));
  const [, second] = room.messages;
  socket.hear(chat(2, { type: "changed", version: 5, message: "", deletedAt: "2026-11-22T09:00:01.000000Z" }));
  socket.hear(chat(2, { type: "changed", version: 4, message: "older news" }));

  assert.deepEqual([seqs(room), second.message, second.version], [[1, 2, 3], "", 5]);
  assert.equal(client.seen.filter(({ name }) => name === "message").length, 3);
  assert.equal(client.seen.filter(({ name }) => name === "change").length, 1);
});

test("a replay that brings an edited message late puts it where it belongs", async () => {
  const { room, socket } = await listen();
  socket.hear(chat(1));
  socket.hear(chat(3, { version: 3 }));
  socket.hear(chat(2, { type: "changed", version: 4 }));

  assert.deepEqual(seqs(room), [1, 2, 3]);
});

test("it resumes after the newest version it knows", async () => {
  const { socket } = await listen({}, 5);
  socket.hear(chat(6));
  socket.hear(chat(6, { type: "changed", version: 7 }));
  socket.shut(1006);
  await wait(1);
  newest().welcome();

  assert.equal(newest().all("subscribe")[0].since, 7);
});

test("an absence too long for a replay is made up from the history, as far back as was known", async () => {
  const fetch = historyOf(upTo(300));
  const { client, room, socket } = await listen({ fetch }, 5);
  socket.hear(chat(6));
  const [known] = room.messages;
  socket.shut(1006);
  await wait(1);
  newest().welcome();
  newest().answer("subscribe", () => subscribed(300));
  newest().hear(chat(301));
  assert.deepEqual([room.state, seqs(room)], ["joining", [6]]);
  await wait(0.1);

  assert.deepEqual(seqs(room), Array.from({ length: 296 }, (_, at) => at + 6));
  assert.equal(room.messages[0], known);
  assert.deepEqual(fetch.asked, [{ before: 301, limit: 200 }, { before: 101, limit: 95 }]);
  assert.equal(client.seen.filter(({ name }) => name === "reset").length, 2);
});

test("a history that cannot be read now is read later, and not more of it than is kept", async () => {
  const fetch = historyOf(upTo(900));
  const { room, socket } = await listen({ fetch }, 5);
  socket.hear(chat(6));
  fetch.isAway = true;
  for (let connection = 0; connection < 2; connection += 1) {
    newest().shut(1006);
    await wait(2);
    newest().welcome();
    assert.equal(newest().all("subscribe")[0].since, 6, "nothing of it is known yet");
    newest().answer("subscribe", () => subscribed(900));
    await wait(5);
  }
  assert.deepEqual([room.state, seqs(room)], ["joining", [6]]);
  fetch.isAway = false;
  await wait(30);

  assert.deepEqual([room.messages.length, room.messages[0].seq, room.state], [500, 401, "live"]);
});

test("who closes the client ends the wait for a history, until it connects again", async () => {
  const fetch = historyOf(upTo(9));
  const { client, room } = await listen({ fetch });
  fetch.isAway = true;
  room.subscribe({ history: 5 });
  newest().answer("subscribe", () => subscribed(9));
  await wait(1);
  client.close();
  await wait(31);
  const { length } = fetch.asked;
  await wait(120);
  assert.equal(fetch.asked.length, length);
  fetch.isAway = false;
  client.connect();
  await settled();
  newest().welcome();
  newest().answer("subscribe", () => subscribed(9));
  await settled();

  assert.deepEqual([room.state, seqs(room)], ["live", [5, 6, 7, 8, 9]]);
});

test("a history that arrives after its connection broke is as good", async () => {
  const { room, socket } = await listen({ fetch: historyOf(upTo(900)) }, 5);
  socket.shut(1006);
  await wait(1);
  newest().welcome();
  newest().answer("subscribe", () => subscribed(900));
  newest().shut(1006);
  await settled();
  assert.equal(room.state, "joining");
  await wait(2);
  newest().welcome();

  assert.equal(newest().all("subscribe")[0].since, 900);
});

test("memory is bounded: the oldest go, and can be had back", async () => {
  const { client, room, socket } = await listen({ maxMessages: 3, fetch: historyOf(upTo(4)) });
  for (const { seq } of upTo(4)) socket.hear(chat(seq));
  assert.deepEqual([seqs(room), room.hasOlder], [[2, 3, 4], true]);
  assert.deepEqual(client.seen.at(-1).messages.map(({ seq }) => seq), [1]);
  await room.loadOlder();
  socket.hear(chat(5));
  assert.deepEqual(seqs(room), [1, 2, 3, 4, 5], "who reads back keeps what was loaded");
  room.trim();

  assert.deepEqual(seqs(room), [3, 4, 5]);
});

test("an answer is put together by code points, and the message takes its place", async () => {
  const { client, room, socket } = await listen();
  const tell = (fields) => socket.hear({ type: "assistant", roomId: 1, runId: "0a".repeat(16), ...fields });
  tell({ state: "thinking", askedBy: 7 });
  tell({ state: "writing", offset: 0, text: "🍣은 " });
  tell({ state: "writing", offset: 3, text: "초밥" });
  tell({ state: "writing", offset: 3, text: "초밥" });
  const [run] = [...room.runs.values()];
  assert.deepEqual([run.text, run.askedBy, run.isPartial], ["🍣은 초밥", 7, false]);
  tell({ state: "writing", offset: 9, text: "요." });
  assert.deepEqual([run.text, run.isPartial], ["🍣은 초밥", true]);
  tell({ state: "writing", offset: 0, text: "🍣은 초밥이에요." });
  assert.deepEqual([run.text, run.isPartial], ["🍣은 초밥이에요.", false]);
  const clientId = "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a";
  socket.hear(chat(1, { kind: "assistant", senderId: null, clientId, message: "🍣은 초밥이에요." }));
  tell({ state: "done" });

  assert.deepEqual([room.runs.size, run.state], [0, "done"]);
  assert.equal(deltas(client).length, 7, "an end is told once");
});

test("an answer that the history has first is over all the same", async () => {
  const clientId = "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a";
  const answer = chat(1, { kind: "assistant", senderId: null, clientId });
  const fetch = historyOf([answer]);
  const client = await connect({ fetch });
  const release = hold(fetch);
  newest().welcome();
  const room = client.room(1).subscribe();
  newest().answer("subscribe", () => ({ ...subscribed(1), lastSeq: 1, version: 0 }));
  newest().hear({ type: "assistant", roomId: 1, runId: "0a".repeat(16), state: "writing", offset: 0, text: "네" });
  newest().hear(answer);
  await release();

  assert.deepEqual([seqs(room), room.runs.size], [[1], 0]);
});

test("an answer that a broken connection cut is lost until it shows again", async () => {
  const { client, room, socket } = await listen();
  socket.hear({ type: "assistant", roomId: 1, runId: "run", state: "writing", offset: 0, text: "네" });
  socket.shut(1006);
  await wait(1);
  newest().welcome();

  assert.deepEqual([room.runs.size, deltas(client).at(-1).state], [0, "lost"]);
});

for (const code of ["E-AU002", "E-R001", "E-C004"]) {
  test(`a room that is refused with ${code} says why, and asks no more`, async () => {
    const client = await connect();
    newest().welcome();
    const room = client.room(1).subscribe();
    newest().answer("subscribe", () => ({ type: "error", code, message: "…" }));
    newest().shut(1006);
    await wait(1);
    newest().welcome();

    assert.deepEqual([room.state, room.error.code], ["refused", code]);
    assert.equal(newest().all("subscribe").length, 0);
  });
}

test("a room that cannot be heard now is asked for again", async () => {
  const client = await connect();
  newest().welcome();
  const room = client.room(1).subscribe({ history: 0 });
  newest().answer("subscribe", () => ({ type: "error", code: "E-S002", message: "…", retryAfter: 2 }));
  await wait(2.1);
  newest().answer("subscribe", () => subscribed(0));
  await settled();

  assert.equal(room.state, "live");
});

test("whoever is removed hears nothing more", async () => {
  const { client, room, socket } = await listen();
  socket.hear({ type: "removed", roomId: 1, reason: "removed" });
  socket.hear(chat(1));
  socket.shut(1006);
  await wait(1);
  newest().welcome();

  assert.deepEqual([room.state, room.messages.length, newest().all("subscribe")], ["removed", 0, []]);
  assert.ok(client.seen.some(({ name, reason }) => name === "removed" && reason === "removed"));
});

test("whoever comes into a room hears of it before listening to it, and of nothing else there", async () => {
  const client = await connect();
  const joined = [];
  client.on("joined", ({ room, memberId }) => joined.push([room.roomId, memberId]));
  newest().welcome();
  newest().hear({ type: "joined", roomId: 5, memberId: ALICE, nickName: "Alice" });
  newest().hear(chat(1, { roomId: 5 }));

  assert.deepEqual(joined, [[5, ALICE]]);
  assert.deepEqual([client.room(5).state, client.room(5).messages], ["idle", []]);
});

test("a subscription that was given up does not come back with a late answer", async () => {
  const client = await connect();
  newest().welcome();
  const room = client.room(1).subscribe({ history: 0 });
  room.unsubscribe();
  room.subscribe({ history: 0 });
  const [early, late] = newest().all("subscribe");
  newest().hear({ id: early.id, ...subscribed(3) });
  await settled();
  assert.equal(room.state, "joining");
  newest().hear({ id: late.id, ...subscribed(5) });
  await settled();

  assert.deepEqual([room.state, room.lastSeq], ["live", 5]);
});

test("a room that is not listened to any more claims no count", async () => {
  const { room } = await listen({}, 4);
  room.unsubscribe();

  assert.deepEqual([room.lastSeq, room.readSeq, room.unread], [0, 0, 0]);
});

test("unread counts move with what others say and what I read elsewhere", async () => {
  const { room, socket } = await listen({}, 4);
  socket.hear(chat(5));
  assert.equal(room.unread, 5);
  socket.hear({ type: "read", roomId: 1, memberId: 3, seq: 5 });
  assert.deepEqual([room.unread, room.reads.get(3)], [5, 5]);
  socket.hear({ type: "read", roomId: 1, memberId: 7, seq: 3 });
  assert.equal(room.unread, 2);
  room.read();
  assert.equal(room.unread, 0);
});
