/**
 * People who use the JavaScript client with two real servers. Run by test_chat_client.py, which says in the environment
 * where they are; what the library does while servers die is tested in `chaos`.
 */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, test } from "node:test";
import { ChatClient, ChatError } from "../../chatproject/static/chat/chat-client.js";

const { FIRST_SERVER, SECOND_SERVER, GO_BACK_PORT, JWT_SECRET, CAST } = process.env;
const [ALICE, BOB, CHARLIE] = JSON.parse(CAST);
const WAIT_MS = 30_000;
const clients = [];

after(() => clients.forEach((client) => client.close()));

function tokenFor(memberId, nickname, seconds = 3600) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { category: "access", userId: memberId, role: "USER", nickname, iat: now, exp: now + seconds };
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", JWT_SECRET).update(text).digest("base64url")}`;
}

function meet([memberId, nickname], url, options = {}) {
  const client = new ChatClient({ url, token: () => tokenFor(memberId, nickname), language: "en", ...options });
  clients.push(client);
  return client;
}

/** Resolves as soon as that holds; looked at whenever the client has news. */
function until(client, holds, what) {
  const names = ["state", "room", "reset", "message", "change", "beyond", "pinned", "typing", "read", "joined", "left", "removed", "assistant"];
  return new Promise((resolve, reject) => {
    const look = () => holds() && done(resolve);
    const offs = names.map((name) => client.on(name, () => setImmediate(look)));
    const timer = setTimeout(() => done(reject, new Error(`${what} did not come`)), WAIT_MS);
    const done = (end, value) => {
      clearTimeout(timer);
      offs.forEach((off) => off());
      end(value);
    };
    look();
  });
}

const live = (room) => room.state === "live";
const texts = (room) => room.messages.map(({ message }) => message);
let rooms = 0;

/** Alice at the first server and Bob at the second, in a new room that both listen to. */
async function together(options = {}) {
  const [alice, bob] = [meet(ALICE, FIRST_SERVER, options), meet(BOB, SECOND_SERVER, options)];
  const { roomId } = await alice.createRoom(`Room ${(rooms += 1)} of ${process.pid}`);
  await bob.joinRoom(roomId);
  const [hers, his] = [alice.room(roomId).subscribe(), bob.room(roomId).subscribe()];
  alice.connect();
  bob.connect();
  await until(alice, () => live(hers), "Alice's room");
  await until(bob, () => live(his), "Bob's room");
  return { alice, bob, roomId, hers, his };
}

test("two members on two servers hear each other in one order", async () => {
  const { alice, bob, hers, his } = await together();
  for (let number = 0; number < 20; number += 1) {
    hers.send(`A${number}`);
    his.send(`B${number}`);
  }
  for (const [client, room] of [[alice, hers], [bob, his]]) {
    await until(client, () => room.messages.length === 40 && room.pending.length === 0, "all that was said");
  }

  assert.deepEqual(texts(hers), texts(his));
  assert.deepEqual(hers.messages.map(({ seq }) => seq), Array.from({ length: 40 }, (_, at) => at + 1));
  for (const name of ["A", "B"]) {
    const own = texts(hers).filter((text) => text.startsWith(name));
    assert.deepEqual(own, Array.from({ length: 20 }, (_, at) => `${name}${at}`), "each in the order of saying");
  }
});

test("typing, reading and unread counts", async () => {
  const { alice, bob, roomId, hers, his } = await together();
  const seen = [];
  for (const name of ["typing", "read"]) alice.on(name, ({ memberId, seq }) => seen.push([name, memberId, seq]));
  hers.send("안녕하세요");
  await until(bob, () => his.unread === 1, "what Alice said");
  his.typing();
  his.read();
  await until(alice, () => seen.length === 2, "that Bob types and has read");

  assert.deepEqual(seen.sort(), [["read", BOB[0], 1], ["typing", BOB[0], undefined]]);
  assert.equal(hers.reads.get(BOB[0]), 1);
  assert.equal((await bob.myRooms()).find((room) => room.roomId === roomId).unReadCount, 0);
});

/** What Alice said, as the objects of both. */
async function saidByAlice({ alice, bob, hers, his }, text) {
  const said = hers.send(text);
  await until(alice, () => said.version > 0, "her message at Alice's");
  await until(bob, () => his.messages.some(({ seq }) => seq === said.seq), "her message at Bob's");
  return [said, his.messages.find(({ seq }) => seq === said.seq)];
}

test("what is done to a message shows at everybody's, and is refused to who may not", async () => {
  const scene = await together();
  const { alice, bob, hers, his } = scene;
  const [said, heard] = await saidByAlice(scene, "저녁 6시요!");
  await hers.edit(said, "저녁 7시요, @Bob!", { mentions: [BOB[0]] });
  await until(bob, () => heard.editedAt && his.mentionCount === 1, "the edit");
  assert.deepEqual([heard.message, heard.mentions], ["저녁 7시요, @Bob!", [BOB[0]]]);
  await his.react(heard, bob.reactions[0]);
  await until(alice, () => said.reactions.length === 1, "the reaction");
  assert.deepEqual(said.reactions, [{ key: bob.reactions[0], count: 1, memberIds: [BOB[0]], isMine: false }]);
  await hers.pin(said);
  await until(bob, () => his.pinnedMessage === heard, "the notice");
  await assert.rejects(his.edit(heard, "mine"), { code: "E-MS002" });
  await assert.rejects(his.delete(heard), { code: "E-MS002" });
  await assert.rejects(his.react(heard, "nonsense"), { code: "E-MS005" });
  await assert.rejects(his.pin(heard, false), { code: "E-MS007" });
  await hers.delete(said);
  await until(bob, () => heard.deletedAt && his.pinned === null && his.mentionCount === 0, "the deletion");

  assert.deepEqual([heard.message, heard.reactions, heard.deletedBy], ["", [], "author"]);
  await assert.rejects(his.react(heard, "heart"), { code: "E-MS004" });
});

test("what is done without a connection is done after it, the last word as the last", async () => {
  const scene = await together();
  const { alice, bob, hers } = scene;
  const [said, heard] = await saidByAlice(scene, "하나");
  alice.close();
  const acts = [hers.edit(said, "둘"), hers.react(said, "heart"), hers.edit(said, "셋")];
  assert.deepEqual([said.message, said.reactions.length], ["하나", 1]);
  alice.connect();
  await Promise.all(acts);
  await until(bob, () => heard.message === "셋" && heard.reactions.length === 1, "all of it");
});

test("the guide's example of acts", async () => {
  const scene = await together();
  const { bob, hers: room } = scene;
  const [message, heard] = await saidByAlice(scene, "저녁 6시요!");
  const guide = readFileSync(new URL("../../docs/client.md", import.meta.url), "utf8");
  const [, example] = guide.match(/<!-- example: acts -->\n```js\n(.*?)```/s);
  await new Function("room", "message", `return (async () => { ${example} })()`)(room, message);
  await until(bob, () => heard.deletedAt && scene.his.messages.length === 2, "what the example does");
});

test("who is mentioned is counted, finds it, and looks at it among its neighbours", async () => {
  const { bob, roomId, hers, his } = await together();
  hers.send("@Bob 점심 먹을까요", { mentions: [BOB[0], CHARLIE[0]] });
  await until(bob, () => his.mentionCount === 1, "the mention");
  for (let number = 0; number < 60; number += 1) hers.send(`no. ${number}`);
  await until(bob, () => his.lastSeq === 61 && his.messages.length === 61, "all that Alice said");
  const listed = (await bob.myRooms()).find((room) => room.roomId === roomId);
  assert.deepEqual([listed.mentionCount, his.mentionCount, listed.lastMessage.seq], [1, 1, 61]);
  const { messages: mentions } = await bob.mentions({ limit: 1 });
  const { messages: found } = await bob.search({ q: "점심", roomId });
  assert.deepEqual([mentions[0].seq, found.map(({ seq }) => seq)], [1, [1]]);

  const again = meet(BOB, FIRST_SERVER, { maxMessages: 30 });
  const room = again.room(roomId).subscribe({ history: 5 });
  again.connect();
  await until(again, () => live(room), "Bob's other window");
  await room.loadAround(found[0].seq, 10);
  hers.send("meanwhile");
  await until(again, () => room.lastSeq === 62, "what Alice said meanwhile");
  assert.deepEqual([room.messages[0].seq, room.isDetached, texts(room).includes("meanwhile")], [1, true, false]);
  while (room.hasNewer) await room.loadNewer(20);
  assert.deepEqual([texts(room).at(-1), room.messages.length], ["meanwhile", 30]);
  his.read();
  await until(again, () => room.mentionCount === 0 && room.unread === 0, "that Bob has read");
});

test("whoever was away for more than 500 messages has them all", async () => {
  const { alice, bob, hers, his } = await together({ maxMessages: 1000 });
  his.send("here");
  await until(bob, () => his.messages.length === 1, "what Bob said");
  bob.close();
  for (let number = 0; number < 620; number += 1) hers.send(`no. ${number}`);
  await until(alice, () => hers.pending.length === 0 && hers.messages.length === 621, "all that Alice said");
  bob.connect();
  await until(bob, () => his.messages.length >= 621, "what Bob missed");

  assert.deepEqual(texts(his), texts(hers));
});

test("a reader goes back page by page to the first message", async () => {
  const { alice, roomId, hers } = await together();
  for (let number = 0; number < 90; number += 1) hers.send(`no. ${number}`);
  await until(alice, () => hers.messages.length === 90, "all that Alice said");
  const bob = meet(BOB, FIRST_SERVER);
  const his = bob.room(roomId).subscribe({ history: 20 });
  bob.connect();
  await until(bob, () => live(his), "Bob's room");
  assert.deepEqual(texts(his), texts(hers).slice(-20));
  while (his.hasOlder) await his.loadOlder(30);

  assert.deepEqual(texts(his), texts(hers));
  assert.deepEqual(texts({ messages: await bob.history(roomId, { after: 88 }) }), ["no. 88", "no. 89"]);
});

test("a token that expires is replaced, and the socket lives on", async () => {
  const life_s = 6; // half of it is time enough for a busy machine
  const asked = [];
  let expired;
  const isExpired = new Promise((resolve) => { expired = resolve; });
  const token = ({ fresh }) => {
    asked.push({ fresh, at: Date.now() });
    if (asked.at(-1).at - asked[0].at > 1_000 * life_s) expired();
    return tokenFor(...ALICE, life_s);
  };
  const alice = meet(ALICE, FIRST_SERVER, { token });
  const states = [];
  alice.on("state", ({ state }) => states.push(state));
  alice.connect();
  await isExpired; // the first one; the socket is at its third by now

  assert.deepEqual(states, ["connecting", "open"]);
  assert.deepEqual(asked.map(({ fresh }) => fresh).slice(0, 3), [false, true, true]);
});

test("a token that the server refuses is replaced, for sockets and for REST", async () => {
  const token = ({ fresh }) => (fresh ? tokenFor(...ALICE) : tokenFor(...ALICE, -10));
  const alice = meet(ALICE, FIRST_SERVER, { token });
  alice.connect();
  await until(alice, () => alice.state === "open", "the connection");

  assert.ok(Array.isArray(await alice.myRooms()));
});

test("a forged token is the end after three attempts", async () => {
  const alice = meet(ALICE, FIRST_SERVER, { token: () => `${tokenFor(...ALICE)}x` });
  alice.connect();
  await until(alice, () => alice.state === "closed", "the end");

  assert.deepEqual([alice.reason.kind, alice.reason.code, alice.reason.error.code], ["signed-out", 4401, "E-AU001"]);
  await assert.rejects(alice.myRooms(), (error) => error instanceof ChatError && error.status === 401);
});

test("a stranger is told why, and a message of theirs fails", async () => {
  const { roomId } = await together();
  const charlie = meet(CHARLIE, SECOND_SERVER);
  const room = charlie.room(roomId).subscribe();
  charlie.connect();
  const message = room.send("let me in");
  await until(charlie, () => message.state === "failed" && room.state === "refused", "the refusals");

  assert.deepEqual([message.error.code, room.error.code], ["E-AU002", "E-AU002"]);
  await charlie.joinRoom(roomId);
  room.subscribe();
  room.retry(message);
  await until(charlie, () => texts(room).includes("let me in"), "the message");
});

test("whoever leaves hears nothing more, and the others are told", async () => {
  const { alice, bob, roomId, hers, his } = await together();
  const told = [];
  alice.on("left", ({ nickName }) => told.push(nickName));
  await bob.leaveRoom(roomId);
  await until(bob, () => his.state === "removed", "the end of the subscription");
  await until(alice, () => told.length > 0, "that Bob left");

  assert.deepEqual(told, ["Bob"]);
});

test("a file is sent with words, looked at by the others, listed, and gone with its message", async () => {
  const { alice, bob, hers, his } = await together();
  const steps = [];
  const file = new File(["한 줄\n"], "기록.log", { type: "text/plain" });
  const sent = await hers.sendFile(file, { text: "보세요", onProgress: ({ state, loaded }) => steps.push([state, loaded]) });
  await until(bob, () => his.messages[0]?.attachments[0]?.state === "ready", "the file, looked through");
  assert.deepEqual(steps, [["uploading", 0], ["done", file.size]]);

  const [{ fileId, name, type, size }] = his.messages[0].attachments;
  assert.deepEqual([name, type, size], ["기록.log", "text/plain", file.size]);
  const { url } = (await his.fileAddresses([fileId])).get(fileId);
  assert.equal(await (await fetch(url)).text(), "한 줄\n");
  assert.deepEqual((await his.files({ kind: "file" })).files.map((one) => [one.fileId, one.seq, one.width]), [[fileId, sent.seq, null]]);
  await assert.rejects(hers.cancelFile(fileId), { code: "E-FI005" });
  await assert.rejects(his.sendFile(new File(["<svg/>"], "그림.svg", { type: "image/svg+xml" })), { code: "E-FI003" });

  await hers.delete(sent);
  await until(bob, () => his.messages[0].deletedAt !== null, "that it is deleted");
  assert.deepEqual(his.messages[0].attachments, []);
  assert.equal((await his.fileAddresses([fileId], { fresh: true })).size, 0);
});

test("the assistant answers in the room and drafts beside it", async () => {
  const { alice, bob, roomId, hers, his } = await together();
  const states = new Set();
  bob.on("assistant", ({ run }) => states.add(run.state));
  const question = hers.ask("첫 출근을 앞두고 긴장돼요. 어떻게 하죠?");
  const answered = (room) => room.messages.find(({ kind }) => kind === "assistant");
  await until(alice, () => answered(hers), "the answer");
  await until(bob, () => answered(his) && his.runs.size === 0, "the answer at Bob's");

  assert.equal(answered(his).replyTo, question.seq);
  assert.ok(states.has("thinking") && states.has("done"));
  assert.ok((await alice.draft(roomId)).answer);
});

test("a call that is not answered rejects with its reason", async () => {
  const alice = meet(ALICE, FIRST_SERVER);
  await assert.rejects(alice.findGroupRoom("nobody made this"), { code: "E-R001", status: 404 });
  await assert.rejects(alice.draft(1, { signal: AbortSignal.abort() }), { code: "aborted" });
  await assert.rejects(meet(ALICE, "http://127.0.0.1:9").myRooms(), { code: "network", status: 0 });
});

test("two who open a private room at once are in the same one", async () => {
  const [alice, bob] = [meet(ALICE, FIRST_SERVER), meet(BOB, SECOND_SERVER)];
  const [hers, his] = await Promise.all([alice.openPrivateRoom(BOB[0]), bob.openPrivateRoom(ALICE[0])]);

  assert.equal(hers, his);
});

/** Have the servers' database be what it was when the room had so many messages. */
function goBack(roomId, seq) {
  return new Promise((resolve, reject) => {
    const line = connect(Number(GO_BACK_PORT), "127.0.0.1").on("error", reject).on("close", resolve).resume();
    line.write(`${roomId} ${seq}\n`);
  });
}

test("what a server lost is said again by who said it, and shown as such", async () => {
  const { alice, bob, roomId, hers, his } = await together();
  const epoch = alice.epoch;
  for (const text of ["kept", "lost", "taken back"]) hers.send(text);
  await until(alice, () => hers.messages.length === 3 && hers.pending.length === 0, "what she said");
  await hers.delete(hers.messages[2]);
  const anew = new Promise((resolve) => alice.on("anew", resolve));
  await goBack(roomId, 1);

  assert.deepEqual(await anew, { messages: 2 });
  for (const [client, room] of [[alice, hers], [bob, his]]) {
    const isWhole = () => texts(room).join() === "kept,lost" && room.pending.length === 0;
    await until(client, isWhole, "what was lost");
  }
  assert.deepEqual(hers.messages.map(({ isAgain = false }) => isAgain), [false, true]);
  assert.notEqual(alice.epoch, epoch);
  assert.equal(bob.epoch, alice.epoch);
});
