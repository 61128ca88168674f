/** What is done to messages that are there, over broken connections and refusals. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, chat, connect, listen, newest, settled, subscribed, wait } from "./fake_server.mjs";

const ACTS = ["edit", "delete", "react", "pin", "hide"];
const acts = (socket) => socket.sent.filter(({ type }) => ACTS.includes(type)).map(({ id, isAnswered, ...frame }) => frame);
const ok = (version) => () => ({ type: "ok", version });
const refusal = (code, fields = {}) => () => ({ type: "error", code, message: "…", ...fields });

/** Room 1 with three messages of Bob's, and a `changed` of the second with these fields. */
async function listenToThree(options) {
  const { client, room, socket } = await listen(options);
  for (const seq of [1, 2, 3]) socket.hear(chat(seq));
  const change = (version, fields) => newest().hear(chat(2, { type: "changed", version, ...fields }));
  return { client, room, socket, change, message: room.messages[1] };
}

async function comeBack(socket) {
  socket.shut(1006);
  await wait(1);
  newest().welcome();
  newest().answer("subscribe", () => subscribed(3, true));
  return newest();
}

for (const [what, act, frame] of [
  ["edit", (room, message) => room.edit(message, "안녕!"), { type: "edit", message: "안녕!" }],
  ["edit whom it calls", (room, message) => room.edit(message, "@Bob", { mentions: [3], everyone: false }),
    { type: "edit", message: "@Bob", mentions: [3], everyone: false }],
  ["delete", (room, message) => room.delete(message), { type: "delete" }],
  ["react", (room, message) => room.react(message, "heart"), { type: "react", key: "heart", on: true }],
  ["take a reaction back", (room, message) => room.react(message, "heart", false), { type: "react", key: "heart", on: false }],
  ["pin", (room, message) => room.pin(message), { type: "pin", on: true }],
  ["hide", (room, message) => room.hide(message, { reason: "spam" }), { type: "hide", on: true, reason: "spam" }],
  ["show again", (room, message) => room.unhide(message), { type: "hide", on: false }],
]) {
  test(`whoever wants to ${what} is answered, over a broken connection too`, async () => {
    const { room, socket, message } = await listenToThree();
    const done = act(room, message);
    const expected = { ...frame, roomId: 1, seq: 2 };
    assert.deepEqual(acts(socket), [expected]);
    const next = await comeBack(socket);
    assert.deepEqual(acts(next), [expected]);
    next.answer(frame.type, refusal("E-S002", { retryAfter: 2 }));
    await wait(2.1);
    assert.deepEqual(acts(next), [expected, expected]);
    next.answer(frame.type, ok(4));
    await done;
    assert.deepEqual(acts(await comeBack(next)), [], "once is enough");
  });

  test(`whoever may not ${what} is told why`, async () => {
    const { room, socket, message } = await listenToThree();
    const done = act(room, message);
    socket.answer(frame.type, refusal("E-MS002"));

    await assert.rejects(done, { name: "ChatError", code: "E-MS002", retryAfter: null });
    assert.deepEqual([message.message, message.deletedAt, message.reactions], ["no. 2", null, []]);
  });
}

test("a message says what the server says, on the same object", async () => {
  const { client, message, change } = await listenToThree();
  assert.deepEqual([message.reactions, message.mentions, message.everyone], [[], [], false]);
  assert.deepEqual([message.pinnedAt, message.deletedBy], [null, null]);
  const reactions = [{ key: "heart", count: 2, memberIds: [ALICE, 3] }];
  change(4, { message: "@all", reactions, mentions: [ALICE], everyone: true, editedAt: "2026-11-22T09:01:00.000000Z" });
  assert.deepEqual(message.reactions, [{ ...reactions[0], isMine: true }]);
  assert.deepEqual([message.message, message.mentions, message.everyone], ["@all", [ALICE], true]);
  change(5, { message: "", deletedAt: "2026-11-22T09:02:00.000000Z", deletedBy: "moderator" });

  assert.deepEqual([message.message, message.deletedBy, message.reactions, message.mentions], ["", "moderator", [], []]);
  assert.equal(client.seen.filter(({ name }) => name === "change").length, 2);
});

test("which reactions there are the server says", async () => {
  const client = await connect();
  assert.deepEqual(client.reactions, []);
  newest().welcome({ reactions: ["heart", "party"] });

  assert.deepEqual(client.reactions, ["heart", "party"]);
});

test("whom a message calls goes with it, also from a storage", async () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };
  const { room, socket } = await listen({ storage });
  room.send("@Bob", { mentions: [3] });
  room.send("@모두", { everyone: true });
  room.send("hello", { assisted: true });
  await connect({ storage });
  newest().welcome();

  for (const said of [socket, newest()]) {
    const called = said.all("chat").map(({ mentions, everyone, assisted }) => [mentions, everyone, assisted]);
    assert.deepEqual(called, [[[3], undefined, undefined], [undefined, true, undefined], [undefined, undefined, true]]);
  }
});

test("a storage keeps what is said, not what is done", async () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };
  const { room, message } = await listenToThree({ storage });
  void room.edit(message, "secret");
  room.send("hello");

  assert.deepEqual(JSON.parse([...kept.values()][0]).map((one) => one.message), ["hello"]);
});

// --- of the same message, the last act wins

test("of several edits the last one is sent, with whom the others call", async () => {
  const { room, socket, message } = await listenToThree({ limits: { unacknowledged: 1 } });
  room.send("first");
  const edits = [room.edit(message, "a", { mentions: [3] }), room.edit(message, "b"), room.edit(message, "c")];
  assert.deepEqual(acts(socket), []);
  socket.answer("chat", ({ clientId }) => ({ type: "ack", roomId: 1, seq: 4, version: 4, clientId }));
  await settled();
  assert.deepEqual(acts(socket), [{ type: "edit", roomId: 1, seq: 2, message: "c", mentions: [3] }]);
  socket.answer("edit", ok(5));

  await Promise.all(edits);
});

test("an edit waits for the one before it, and is the last word after a refusal that passes", async () => {
  const { room, socket, message } = await listenToThree();
  const edits = [room.edit(message, "a"), room.edit(message, "b")];
  assert.deepEqual(acts(socket).map((frame) => frame.message), ["a"]);
  socket.answer("edit", refusal("E-S002", { retryAfter: 1 }));
  await wait(1.1);
  assert.deepEqual(acts(socket).map((frame) => frame.message), ["a", "b"]);
  socket.answer("edit", ok(4));

  await Promise.all(edits);
});

test("an edit that a connection took with it is not repeated after a later one", async () => {
  const { room, socket, message } = await listenToThree();
  const edits = [room.edit(message, "a"), room.edit(message, "b")];
  const next = await comeBack(socket);
  assert.deepEqual(acts(next).map((frame) => frame.message), ["b"]);
  next.answer("edit", ok(5));

  await Promise.all(edits);
});

for (const [what, begin, sent] of [
  ["deleted for good", (room, m) => [room.edit(m, "a"), room.edit(m, "b"), room.delete(m)], ["edit a", "delete"]],
  ["not edited away from its deletion", (room, m) => [room.delete(m), room.edit(m, "b")], ["delete", "edit b"]],
  ["toggled as often as one likes", (room, m) => [true, false, true, false].map((on) => room.react(m, "heart", on)),
    ["react true", "react false"]],
  ["reacted to in several ways at once", (room, m) => [room.react(m, "heart"), room.react(m, "thumb")],
    ["react true", "react true"]],
  ["pinned after another", (room, m) => [room.pin(room.messages[0]), room.pin(m), room.pin(room.messages[2])],
    ["pin true", "pin true", "pin true"]],
]) {
  test(`a message is ${what}`, async () => {
    const { room, socket, message } = await listenToThree();
    const done = Promise.allSettled(begin(room, message));
    for (let turn = 0; turn < 4; turn += 1) {
      for (const type of ACTS) socket.answer(type, ok(4 + turn));
      await settled();
    }
    await done;
    assert.deepEqual(acts(socket).map((frame) => `${frame.type} ${frame.message ?? frame.on ?? ""}`.trim()), sent);
  });
}

test("what is done keeps to the pace of what is said", async () => {
  const { room, socket } = await listen({ limits: { sendsPerSecond: 5 } });
  for (let seq = 1; seq <= 20; seq += 1) socket.hear(chat(seq));
  for (const message of room.messages) void room.react(message, "heart");
  assert.equal(acts(socket).length, 10, "a burst at first");
  await wait(1);

  assert.equal(acts(socket).length, 14);
});

test("a message that is not acknowledged, or a text that is too long, is refused here", async () => {
  const { room, socket, message } = await listenToThree();
  await assert.rejects(room.edit(room.send("on its way"), "…"), { code: "E-MS001" });
  await assert.rejects(room.edit(message, "가".repeat(4_001)), { code: "E-C002" });

  assert.deepEqual(acts(socket), []);
});

// --- reactions are shown at once

const shown = ({ reactions }) => reactions.map(({ key, count, memberIds, isMine }) => [key, count, memberIds, isMine]);

test("a reaction shows at once, and stays until all see it", async () => {
  const { client, room, socket, message, change } = await listenToThree();
  const done = room.react(message, "heart");
  assert.deepEqual(shown(message), [["heart", 1, [ALICE], true]]);
  assert.equal(client.seen.at(-1).name, "change");
  change(4, { reactions: [{ key: "thumb", count: 1, memberIds: [3] }] });
  assert.deepEqual(shown(message), [["thumb", 1, [3], false], ["heart", 1, [ALICE], true]], "others react meanwhile");
  socket.answer("react", ok(5));
  await done;
  assert.deepEqual(shown(message).length, 2, "acknowledged is not told yet");
  change(5, { reactions: [{ key: "thumb", count: 1, memberIds: [3] }, { key: "heart", count: 2, memberIds: [3, ALICE] }] });

  assert.deepEqual(shown(message), [["thumb", 1, [3], false], ["heart", 2, [3, ALICE], true]]);
});

test("a reaction that is refused goes again, one that is taken back too", async () => {
  const { room, socket, message, change } = await listenToThree();
  change(4, { reactions: [{ key: "heart", count: 1, memberIds: [ALICE] }] });
  const refused = room.react(message, "nonsense");
  const back = room.react(message, "heart", false);
  assert.deepEqual(shown(message), [["nonsense", 1, [ALICE], true]]);
  socket.answer("react", ({ key }) => (key === "heart" ? { type: "ok", version: 5 } : refusal("E-MS005")()));
  await assert.rejects(refused, { code: "E-MS005" });
  await back;
  assert.deepEqual(shown(message), []);
  change(6, { reactions: [{ key: "heart", count: 1, memberIds: [ALICE] }] }); // from another device

  assert.deepEqual(shown(message), [["heart", 1, [ALICE], true]]);
});

test("among more than can be named one is known to be, once a page or a replay said so", async () => {
  const { message, change } = await listenToThree();
  const memberIds = Array.from({ length: 30 }, (_, at) => 100 + at);
  change(4, { reactions: [{ key: "heart", count: 40, memberIds: [...memberIds, ALICE] }] });
  change(5, { reactions: [{ key: "heart", count: 41, memberIds }, { key: "thumb", count: 40, memberIds }] });

  assert.deepEqual(shown(message), [["heart", 41, memberIds, true], ["thumb", 40, memberIds, false]]);
});

test("among more than can be named one is known to be, once one was", async () => {
  const { room, socket, message, change } = await listenToThree();
  const memberIds = Array.from({ length: 30 }, (_, at) => 100 + at);
  change(4, { reactions: [{ key: "heart", count: 40, memberIds }] });
  const done = room.react(message, "heart");
  socket.answer("react", ok(5));
  await done;
  change(5, { reactions: [{ key: "heart", count: 41, memberIds }] });

  assert.deepEqual(shown(message), [["heart", 41, memberIds, true]]);
});

test("a hidden message calls nobody until it is shown again", async () => {
  const { room, socket } = await listenToThree();
  const hear = (version, fields) => socket.hear(chat(4, { type: version === 4 ? "chat" : "changed", version, ...fields }));
  hear(4, { mentions: [ALICE] });
  assert.equal(room.mentionCount, 1);
  hear(5, { message: "", hiddenAt: "2026-11-22T09:05:00.000000Z" });
  const message = room.messages[3];
  assert.equal(room.mentionCount, 0);
  assert.deepEqual([message.message, message.mentions, message.hiddenAt !== null], ["", [], true]);
  hear(6, { mentions: [ALICE] });
  assert.equal(room.mentionCount, 1);
  assert.equal(message.hiddenAt, null);
});
