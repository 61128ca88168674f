/** A server whose database went backwards: all is read anew, and what was said last is said again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ack, ALICE, chat, connect, historyOf, newest, settled, sockets, subscribed, wait } from "./fake_server.mjs";

const texts = (socket) => socket.all("chat").map(({ message }) => message);
const shown = (room) => room.messages.map(({ message, isAgain }) => (isAgain ? `${message}!` : message));

/** The room with these messages, as Alice hears it live in epoch "a". */
async function listen(messages, options) {
  const fetch = historyOf(messages);
  const client = await connect({ fetch, ...options });
  newest().welcome({ epoch: "a" });
  const room = client.room(1).subscribe();
  newest().answer("subscribe", () => ({ ...subscribed(messages.length), epoch: "a" }));
  await wait(0.1);
  return { client, room, socket: newest(), messages };
}

function makeStorage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

/** Alice says it, and everybody hears it. */
function say(room, text) {
  const socket = newest();
  const seq = room.lastSeq + 1;
  const message = room.send(text);
  socket.answer("chat", (frame) => ack(frame, seq));
  socket.hear(chat(seq, { senderId: ALICE, clientId: message.clientId, message: text }));
  return message;
}

/** The server is back, in that epoch. */
async function comeBack(epoch) {
  newest().shut(1012);
  await wait(2);
  return welcomed(epoch);
}

async function welcomed(epoch) {
  newest().welcome({ epoch });
  await settled();
  return newest();
}

test("what was acknowledged and is lost is said again, once, in its order, and marked", async () => {
  const { client, room, messages } = await listen([chat(1), chat(2)]);
  const [first, second] = [say(room, "하나"), say(room, "둘")];
  const anew = [];
  client.on("anew", ({ messages: count }) => anew.push(count));
  const socket = await comeBack("b");
  assert.deepEqual(anew, [2]);
  assert.equal(client.epoch, "b");
  assert.deepEqual(socket.all("subscribe").map(({ since, epoch }) => [since, epoch]), [[undefined, undefined]]);
  socket.answer("subscribe", () => ({ ...subscribed(2), epoch: "b" }));
  await wait(0.1);
  assert.deepEqual(socket.all("chat").map(({ message, clientId }) => [message, clientId]), [["하나", first.clientId], ["둘", second.clientId]]);
  let seq = messages.length;
  socket.answer("chat", (frame) => ack(frame, (seq += 1)));
  for (const [at, said] of [first, second].entries()) socket.hear(chat(3 + at, { senderId: ALICE, clientId: said.clientId, message: said.message }));

  assert.deepEqual(shown(room), ["no. 1", "no. 2", "하나!", "둘!"]);
  assert.deepEqual(room.pending, []);
  await comeBack("b");
  assert.deepEqual(texts(newest()), []);
});

test("what the backup has is not marked, whether the history or the acknowledgement says so", async () => {
  const { room, messages } = await listen([chat(1)]);
  const [first, second] = [say(room, "in the history"), say(room, "acknowledged again")];
  messages.push(chat(2, { senderId: ALICE, clientId: first.clientId, message: first.message }));
  const socket = await comeBack("b");
  socket.answer("chat", (frame) => ({ ...ack(frame, frame.clientId === first.clientId ? 2 : 3), duplicate: true }));
  socket.answer("subscribe", () => ({ ...subscribed(2), epoch: "b" }));
  await wait(0.1);
  socket.hear(chat(3, { senderId: ALICE, clientId: second.clientId, message: second.message }));

  assert.deepEqual(shown(room), ["no. 1", "in the history", "acknowledged again"]);
});

test("what was not acknowledged goes behind what was, and answers no message that may be another one now", async () => {
  const { room } = await listen([chat(1)]);
  say(room, "acknowledged");
  const waiting = room.send("on its way", { replyTo: 1 });
  const socket = await comeBack("b");

  assert.deepEqual(socket.all("chat").map(({ message, replyTo }) => [message, replyTo]), [["acknowledged", undefined], ["on its way", undefined]]);
  assert.equal(waiting.isAgain, undefined);
});

test("what was taken back, hidden or said in a room that one is out of is not said again; nor what is long ago", async () => {
  const { client, room, socket } = await listen([]);
  say(room, "long ago");
  await wait(601);
  const [deleted, hidden] = [say(room, "deleted"), say(room, "hidden")];
  socket.hear({ ...chat(2, { senderId: null, message: "", deletedAt: "2026-11-22T09:00:00.000000Z", version: 9 }), type: "changed" });
  socket.hear({ ...chat(3, { senderId: ALICE, message: "", hiddenAt: "2026-11-22T09:00:00.000000Z", version: 10 }), type: "changed" });
  client.room(2).send("in a room that I am out of");
  socket.answer("chat", (frame) => ack(frame, 1));
  socket.hear({ type: "removed", roomId: 2, reason: "removed" });
  assert.ok(deleted.deletedAt && hidden.hiddenAt);

  assert.deepEqual(texts(await comeBack("b")), []);
});

test("what was said last is said again however long the server was away", async () => {
  const { room, socket } = await listen([]);
  say(room, "하나");
  socket.shut(1012);
  await wait(3600);
  for (const tried = sockets.length; sockets.length === tried; ) await wait(1);

  assert.deepEqual(texts(await welcomed("b")), ["하나"]);
});

test("an edited message is said again as it was last, an asked one is asked", async () => {
  const { room, socket } = await listen([]);
  const message = say(room, "teh");
  socket.hear({ ...chat(1, { senderId: ALICE, clientId: message.clientId, message: "the", version: 2, editedAt: "2026-11-22T09:00:00.000000Z" }), type: "changed" });
  const asked = room.ask("why?");
  socket.answer("ask", (frame) => ack(frame, 2));
  socket.hear(chat(2, { senderId: ALICE, clientId: asked.clientId, message: "why?", version: 3 }));
  const back = await comeBack("b");

  assert.deepEqual([texts(back), back.all("ask").map((frame) => frame.message)], [["the"], ["why?"]]);
});

/** Alice leaves the room and opens it again; meanwhile these became of its messages. */
async function reopen({ room, socket, messages }, became) {
  room.unsubscribe();
  messages.splice(0, messages.length, ...became);
  room.subscribe();
  socket.answer("subscribe", () => ({ ...subscribed(messages.length), epoch: "a" }));
  await wait(0.1);
}

const AT = "2026-11-22T09:00:00.000000Z";

test("what became of a message while the room was not open is known once it was opened again", async () => {
  const listening = await listen([]);
  const [edited, deleted, hidden] = ["teh", "deleted", "hidden"].map((text) => say(listening.room, text));
  await reopen(listening, [
    chat(1, { senderId: ALICE, clientId: edited.clientId, message: "the", version: 4, editedAt: AT }),
    chat(2, { senderId: null, message: "", version: 5, deletedAt: AT }),
    chat(3, { senderId: ALICE, clientId: hidden.clientId, message: "", version: 6, hiddenAt: AT }),
  ]);

  assert.equal(deleted.deletedAt, null);
  assert.deepEqual(texts(await comeBack("b")), ["the"]);
});

test("and what becomes of it after that, also where it is not at hand any more", async () => {
  const listening = await listen([]);
  const { room, socket } = listening;
  const [first, second] = [say(room, "하나"), say(room, "둘")];
  await reopen(listening, [1, 2].map((seq) => chat(seq, { senderId: ALICE, clientId: [first, second][seq - 1].clientId })));
  socket.hear({ ...chat(1, { senderId: ALICE, clientId: first.clientId, message: "", version: 7, hiddenAt: AT }), type: "changed" });
  room.unsubscribe();
  room.subscribe({ history: 0 });
  socket.answer("subscribe", () => ({ ...subscribed(2), epoch: "a" }));
  await wait(0.1);
  socket.hear({ ...chat(2, { senderId: null, message: "", version: 8, deletedAt: AT }), type: "changed" });

  assert.deepEqual(texts(await comeBack("b")), []);
});

test("another's message of the same clientId is nobody's but theirs", async () => {
  const { room, socket } = await listen([]);
  const message = say(room, "하나");
  socket.hear(chat(2, { senderId: 3, clientId: message.clientId, message: "what Alice never said" }));

  assert.deepEqual(texts(await comeBack("b")), ["하나"]);
});

test("acts on the way are refused here: a number may be another message's now", async () => {
  const { room } = await listen([chat(1, { senderId: ALICE })]);
  const refused = assert.rejects(room.edit({ seq: 1 }, "a new text"), { code: "anew" });
  const socket = await comeBack("b");

  await refused;
  assert.deepEqual(socket.all("edit"), []);
});

test("read marks and the list of rooms may fall, too", async () => {
  const { room } = await listen([chat(1), chat(2), chat(3)]);
  room.read(3);
  const socket = await comeBack("b");
  socket.answer("subscribe", () => ({ ...subscribed(1), readSeq: 1, epoch: "b" }));
  await wait(2);

  assert.deepEqual([room.lastSeq, room.readSeq], [1, 1]);
  assert.deepEqual(socket.all("read"), []);
});

test("the same epoch, or a server that says none, changes nothing", async () => {
  const { room } = await listen([chat(1)]);
  say(room, "하나");
  const again = await comeBack("a");
  assert.deepEqual(again.all("subscribe").map(({ since, epoch }) => [since, epoch]), [[2, "a"]]);
  again.answer("subscribe", () => subscribed(2, true));
  const old = await comeBack(undefined);
  assert.deepEqual(old.all("subscribe").map(({ since, epoch }) => [since, epoch]), [[2, "a"]]);
  old.answer("subscribe", () => subscribed(2, true));

  assert.deepEqual(shown(room), ["no. 1", "하나"]);
  assert.deepEqual([texts(again), texts(old)], [[], []]);
  assert.deepEqual((await comeBack("b")).all("subscribe").map(({ since }) => since), [undefined]);
});

/** Alice says so while the server is away; then her page is reloaded, and welcomed in that epoch. */
async function reload(text, options, epoch) {
  const storage = makeStorage();
  const { room, socket } = await listen([chat(1)], { storage });
  socket.shut(1012);
  room.send(text, options);
  await connect({ storage });
  await welcomed(epoch);
  return { storage };
}

test("a reply that was kept over a reload answers the same message, and none in another epoch", async () => {
  const replies = [];
  for (const epoch of ["a", "b", undefined]) {
    await reload("a reply", { replyTo: 1 }, epoch);
    replies.push(newest().all("chat").map(({ replyTo }) => replyTo));
  }
  assert.deepEqual(replies, [[1], [undefined], [1]]);
});

test("and once it answers none it never does again; an older page's list says nothing of epochs", async () => {
  const { storage } = await reload("a reply", { replyTo: 1 }, "b");
  await connect({ storage });
  await welcomed("a");
  assert.deepEqual(newest().all("chat").map(({ replyTo }) => replyTo), [undefined]);

  const [{ epoch, ...old }] = JSON.parse(storage.getItem(`chat.unsent.${ALICE}`));
  storage.setItem(`chat.unsent.${ALICE}`, JSON.stringify([{ ...old, replyTo: 1 }]));
  await connect({ storage });
  await welcomed("b");
  assert.deepEqual([epoch, ...newest().all("chat").map(({ replyTo }) => replyTo)], ["a", 1]);
});

test("what is said again is marked after a reload, too", async () => {
  const storage = makeStorage();
  const { room } = await listen([], { storage });
  say(room, "lost");
  await comeBack("b");
  const client = await connect({ storage });
  await welcomed("b");

  assert.deepEqual(client.room(1).pending.map(({ message, isAgain }) => [message, isAgain]), [["lost", true]]);
});
