/** How fast messages go, what becomes of refusals, what outlives a reload. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ack, ALICE, chat, connect, listen, newest, settled, subscribed, wait } from "./fake_server.mjs";

const texts = (socket) => socket.all("chat").map(({ message }) => message);
const say = (room, how_many) => Array.from({ length: how_many }, (_, at) => room.send(`no. ${at + 1}`));

/** Something in the way of `sessionStorage`. */
function makeStorage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };
}

test("no faster than the server allows", async () => {
  const { room, socket } = await listen({ limits: { sendsPerSecond: 10 } });
  say(room, 60);
  assert.equal(texts(socket).length, 20, "a burst at first");
  await wait(2);
  socket.answer("chat", (frame) => ack(frame, 1));

  assert.ok([37, 38].includes(texts(socket).length), "then nine a second");
});

test("frames of all kinds together keep within the frames' limit", async () => {
  const client = await connect();
  newest().welcome({ limits: { framesPerSecond: 50 } });
  for (let roomId = 1; roomId <= 128; roomId += 1) client.room(roomId).subscribe({ history: 0 });
  assert.equal(newest().all("subscribe").length, 50);
  await wait(2);

  assert.equal(newest().all("subscribe").length, 128);
});

test("no more on their way than the server wants unacknowledged", async () => {
  const { room, socket } = await listen({ limits: { sendsPerSecond: 0, unacknowledged: 4 } });
  say(room, 6);
  assert.deepEqual(texts(socket), ["no. 1", "no. 2", "no. 3", "no. 4"]);
  socket.answer("chat", (frame) => ack(frame, 1));
  await settled();

  assert.deepEqual(texts(socket), ["no. 1", "no. 2", "no. 3", "no. 4", "no. 5", "no. 6"]);
});

for (const code of ["E-C004", "E-S002"]) {
  test(`${code} is waited for as long as it says, and the same message sent again`, async () => {
    const { room, socket } = await listen();
    const message = room.send("안녕하세요");
    socket.answer("chat", () => ({ type: "error", code, message: "…", retryAfter: 1.5 }));
    room.send("and another");
    await wait(1.4);
    assert.deepEqual(texts(socket), ["안녕하세요"]);
    await wait(0.2);

    assert.deepEqual(texts(socket), ["안녕하세요", "안녕하세요", "and another"]);
    assert.equal(new Set(socket.all("chat").map(({ clientId }) => clientId)).size, 2);
    assert.equal(message.state, "sending");
  });
}

test("a refusal for good fails the message, until it is tried again or dropped", async () => {
  const { client, room, socket } = await listen();
  const message = room.send("너무 길어요");
  socket.answer("chat", () => ({ type: "error", code: "E-C001", message: "…" }));
  assert.deepEqual([message.state, message.error.code], ["failed", "E-C001"]);
  assert.deepEqual(client.seen.at(-1).message, message);
  await wait(60);
  assert.equal(texts(socket).length, 1);
  room.retry(message);
  assert.deepEqual([texts(socket).length, message.state], [2, "sending"]);
  socket.answer("chat", () => ({ type: "error", code: "E-C001", message: "…" }));
  room.discard(message);

  assert.deepEqual(room.pending, []);
});

test("a message that the server would hang up on fails here", async () => {
  const { room, socket } = await listen();
  const message = room.send("🍣".repeat(4001));
  room.send("🍣".repeat(4000));

  assert.equal(message.error.code, "E-C002");
  assert.equal(texts(socket).length, 1);
});

test("what was not acknowledged is sent again on the next connection, in its order", async () => {
  const { room, socket } = await listen();
  const [first] = say(room, 3);
  socket.hear({ id: socket.all("chat")[0].id, ...ack({ clientId: first.clientId, roomId: 1 }, 1) });
  socket.shut(1006);
  room.send("no. 4");
  await wait(1);
  newest().welcome();

  assert.deepEqual(texts(newest()), ["no. 2", "no. 3", "no. 4"]);
});

test("on a connection that is closing nothing is said any more, only on the next", async () => {
  const { room, socket } = await listen();
  socket.readyState = 2;
  say(room, 1);
  room.typing();
  socket.shut(1012);
  await wait(1);
  newest().welcome();

  assert.deepEqual(texts(socket), []);
  assert.deepEqual(texts(newest()), ["no. 1"]);
});

test("an own message is one object from sending to its place", async () => {
  const { client, room, socket } = await listen();
  const message = room.send("하나");
  assert.deepEqual(room.pending, [message]);
  socket.answer("chat", (frame) => ack(frame, 1));
  assert.deepEqual([message.state, message.seq, room.pending.length], ["sent", 1, 1]);
  socket.hear(chat(1, { senderId: ALICE, clientId: message.clientId, message: "하나" }));

  assert.deepEqual([room.pending, room.messages, room.unread], [[], [message], 0]);
  assert.equal(room.messages[0], message);
  const events = client.seen.filter((event) => event.message).map(({ name }) => name);
  assert.deepEqual(events, ["message", "change", "change"]);
});

test("what everybody heard was stored, acknowledged or not", async () => {
  const { room, socket } = await listen();
  const message = room.send("하나");
  socket.hear(chat(1, { senderId: ALICE, clientId: message.clientId, message: "하나" }));
  socket.shut(1006);
  await wait(1);
  newest().welcome();

  assert.deepEqual(texts(newest()), []);
});

test("another member's message with my client id is not mine", async () => {
  const { room, socket } = await listen();
  const message = room.send("mine");
  socket.hear(chat(1, { senderId: 3, clientId: message.clientId }));

  assert.deepEqual([message.state, room.pending.length, room.messages.length], ["sending", 1, 1]);
});

test("what was not acknowledged outlives a reload, for the member who said it", async () => {
  const storage = makeStorage();
  const before = await listen({ storage });
  before.room.send("before");
  before.socket.shut(1006);
  const client = await connect({ storage });
  newest().welcome();
  const stranger = await connect({ storage });
  newest().welcome({ memberId: 8 });

  assert.deepEqual(client.room(1).pending.map(({ message }) => message), ["before"]);
  assert.deepEqual(stranger.room(1).pending, []);
});

test("a storage that is full or spoilt is told and harms nothing", async () => {
  const storage = { getItem: () => "{", setItem: () => { throw new Error("full"); } };
  const { client, room, socket } = await listen({ storage });
  room.send("하나");

  assert.deepEqual(texts(socket), ["하나"]);
  assert.equal(client.seen.filter(({ name }) => name === "error").at(-1).error.message, "full");
});

test("who goes on typing after a message is typing anew", async () => {
  const { room, socket } = await listen({}, 9);
  room.typing();
  room.send("하나");
  room.typing();
  assert.equal(socket.all("typing").length, 2);
});

test("typing is said every three seconds, reading every second at most", async () => {
  const { room, socket } = await listen({}, 9);
  for (let key = 0; key < 70; key += 1) {
    room.typing();
    room.read(Math.min(9, key));
    await wait(0.1);
  }

  assert.equal(socket.all("typing").length, 3);
  assert.deepEqual(socket.all("read").map(({ seq }) => seq), [1, 9]);
});

test("a read mark that was not told is told on the next connection", async () => {
  const { room, socket } = await listen({}, 9);
  socket.shut(1006);
  room.read();
  await wait(2);
  newest().welcome();
  newest().answer("subscribe", () => subscribed(9, true));

  assert.deepEqual(newest().all("read").map(({ seq }) => seq), [9]);
  assert.equal(room.unread, 0);
});

test("asking again is a promise, broken with the connection", async () => {
  const { room, socket } = await listen();
  const [answered, refused, broken] = [room.askAgain(), room.stop("run"), room.askAgain()];
  const [first, second] = socket.all("ask");
  socket.hear({ id: first.id, ...ack({ roomId: 1 }, 3) });
  socket.hear({ id: socket.all("stop")[0].id, type: "error", code: "E-AU002", message: "…" });
  socket.shut(1006);

  await answered;
  await assert.rejects(refused, { code: "E-AU002" });
  await assert.rejects(broken, { code: "closed" });
  assert.equal(second.message, undefined);
});

// --- what the server would close the socket for

const TOO_LONG = "가".repeat(20_000);

for (const [door, open] of Object.entries({
  send: (room) => room.send(TOO_LONG),
  ask: (room) => room.ask(TOO_LONG),
  retry: (room) => {
    const message = room.send(TOO_LONG);
    room.retry(message);
    return message;
  },
  "send after 4,000 emoji and one": (room) => room.send("🍣".repeat(4_001)),
})) {
  test(`a message that is too long is sent through no door: ${door}`, async () => {
    const { client, room, socket } = await listen();
    const message = open(room);
    room.send("짧은 글");

    assert.deepEqual([message.state, message.error.code], ["failed", "E-C002"]);
    assert.deepEqual([texts(socket), socket.all("ask")], [["짧은 글"], []]);
    assert.equal(client.state, "open");
  });
}

test("one that an older page left in the storage is shown as failed and is not sent", async () => {
  const kept = (message) => ({ roomId: 1, seq: null, message, clientId: crypto.randomUUID(), state: "sending", replyTo: null });
  const storage = makeStorage();
  storage.setItem(`chat.unsent.${ALICE}`, JSON.stringify([kept(TOO_LONG), kept("짧은 글")]));
  const { room, socket } = await listen({ storage });

  assert.deepEqual(texts(socket), ["짧은 글"]);
  assert.deepEqual(room.pending.map(({ state }) => state), ["failed", "sending"]);
  assert.equal(JSON.parse(storage.getItem(`chat.unsent.${ALICE}`)).length, 1);
});

test("what is no message of ours in the storage is passed over", async () => {
  const good = { roomId: 1, seq: null, message: "하나", clientId: crypto.randomUUID(), state: "sending", replyTo: null };
  const odd = [null, 7, "x", {}, { ...good, roomId: "1" }, { ...good, message: 7 }, { ...good, clientId: "x" }];
  for (const kept of [[...odd, good], {}, "x"]) {
    const storage = makeStorage();
    storage.setItem(`chat.unsent.${ALICE}`, JSON.stringify(kept));
    const { room, socket } = await listen({ storage });
    room.send("둘");
    assert.deepEqual(texts(socket), Array.isArray(kept) ? ["하나", "둘"] : ["둘"]);
  }
});

test("a frame that is too large for the server is refused here, whatever it is", async () => {
  const { client, room, socket } = await listen({ limits: { frameBytes: 300, messageCharacters: 4_000 } });
  const message = room.send("가".repeat(200));
  await assert.rejects(room.stop("x".repeat(300)), { code: "E-C002" });

  assert.deepEqual([message.state, texts(socket), socket.all("stop")], ["failed", [], []]);
  assert.equal(client.state, "open");
});

test("a message is tried again once, however often one asks", async () => {
  const { room, socket } = await listen();
  const message = room.send("하나");
  socket.answer("chat", () => ({ type: "error", code: "E-AU002", message: "…" }));
  room.retry(message);
  room.retry(message);
  assert.equal(texts(socket).length, 2);
});

test("a clock that is set back while the server wants a pause makes it no longer", async () => {
  const { room, socket } = await listen();
  room.send("하나");
  socket.answer("chat", () => ({ type: "error", code: "E-C004", message: "…", retryAfter: 2 }));
  mock.timers.setTime(Date.now() - 3_600_000);
  room.send("둘");
  await wait(2);

  assert.deepEqual(texts(socket).slice(-2), ["하나", "둘"]);
});

test("what an older page left out of a message is there when it is taken up", async () => {
  const storage = makeStorage();
  const kept = (fields) => ({ roomId: 1, message: "하나", clientId: crypto.randomUUID(), ...fields });
  storage.setItem(`chat.unsent.${ALICE}`, JSON.stringify([kept({ createdAt: "x", seq: 7 }), kept({ state: "failed" })]));
  const { room } = await listen({ storage });

  for (const message of room.pending) {
    assert.deepEqual(
      [message.seq, message.state, message.replyTo, message.error, message.nickName],
      [null, "sending", null, null, "Alice"],
    );
    assert.ok(!Number.isNaN(Date.parse(message.createdAt)));
  }
  assert.equal(room.pending.length, 2);
});

test("what is no text is refused by the server and not by an exception", async () => {
  const { room, socket } = await listen();
  const message = room.send(7);
  socket.answer("chat", () => ({ type: "error", code: "E-C001", message: "…" }));
  assert.deepEqual([message.state, message.error.code], ["failed", "E-C001"]);
});

test("what is said before the first welcome has its author's name from then on", async () => {
  const client = await connect();
  const message = client.room(1).send("hello");
  assert.deepEqual([message.senderId, message.nickName], [null, ""]);

  newest().welcome();

  assert.deepEqual([message.senderId, message.nickName], [ALICE, "Alice"]);
  assert.deepEqual(client.seen.filter(({ name }) => name === "change").map((event) => event.message), [message]);
});
