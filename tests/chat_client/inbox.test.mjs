/** The inbox: all rooms, of which none is listened to, as a server tells of them that does what a test says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, ack, chat, connect, newest, settled, subscribed, wait } from "./fake_server.mjs";

const mine = { mentions: [ALICE] };
const said = (seq, fields) => { const { type: _type, ...message } = chat(seq, fields); return message; };

const listed = (roomId, { lastSeq = 0, readSeq = lastSeq, last = {}, ...fields } = {}) => ({
  ...{ roomId, roomName: `Room ${roomId}`, isGroupChat: true, unReadCount: lastSeq - readSeq, lastSeq, readSeq, mentionCount: 0 },
  ...{ lastMessage: lastSeq > 0 ? said(lastSeq, { roomId, ...last }) : null, ...fields },
});

/** The REST server of these rooms, the newest first: pages of at most `limit`. `asked` are the queries. */
function listOf(rooms) {
  const fetch = async (url) => {
    const { pathname, searchParams: query } = new URL(url);
    if (!pathname.endsWith("/my/rooms")) return Response.json({ status: "SUCCESS", data: [] });
    fetch.asked.push(Object.fromEntries(query));
    const [from, limit] = [Number(query.get("after") ?? 0), Number(query.get("limit"))];
    const data = structuredClone({ rooms: fetch.rooms.slice(from, from + limit), next: from + limit < fetch.rooms.length ? String(from + limit) : null });
    await fetch.gate;
    if (fetch.isAway) throw new TypeError("fetch failed");
    return Response.json({ status: "SUCCESS", data });
  };
  return Object.assign(fetch, { rooms, asked: [], gate: null, isAway: false });
}

async function turns(count = 20) {
  for (let turn = 0; turn < count; turn += 1) await settled();
}

/** Alice, who hears of these rooms. `told` are the events of the inbox. */
async function hears(rooms, options = {}) {
  const fetch = listOf(rooms);
  const client = await connect({ inbox: true, fetch, ...options });
  client.told = [];
  client.on("inbox", ({ room }) => client.told.push(room));
  client.arrived = [];
  client.on("arrived", ({ entry, message, isChange }) => client.arrived.push([entry.roomId, message.seq, isChange]));
  newest().welcome();
  newest().answer("inbox", () => ({ type: "ok" }));
  await turns();
  return { client, fetch, inbox: client.inbox, socket: newest() };
}

const counts = ({ rooms }, roomId) => {
  const { lastSeq, readSeq, unReadCount, mentionCount } = rooms.get(roomId);
  return { lastSeq, readSeq, unReadCount, mentionCount };
};

test("it is asked for behind the room that somebody looks at, and the list is read once all is told", async () => {
  const fetch = listOf([listed(1)]);
  const client = await connect({ inbox: true, fetch });
  client.on("state", ({ state }) => state === "open" && client.room(1).subscribe());
  newest().welcome();
  await turns();
  assert.deepEqual(newest().sent.map(({ type }) => type).slice(0, 2), ["subscribe", "inbox"]);
  newest().answer("inbox", () => ({ type: "ok" }));
  await turns();
  assert.deepEqual(fetch.asked, []); // the line is the room's
  newest().answer("subscribe", () => subscribed(0));
  await turns();
  assert.equal(client.inbox.isComplete, true);
  assert.equal(newest().all("subscribe").length, 1);
});

test("a room that takes its time does not keep the list for long", async () => {
  const fetch = listOf([listed(1)]);
  const client = await connect({ inbox: true, fetch });
  client.room(1).subscribe();
  newest().welcome();
  newest().answer("inbox", () => ({ type: "ok" }));
  await wait(1.1);
  assert.equal(client.inbox.isComplete, true);
});

test("without it nothing is asked, until it is opened", async () => {
  const client = await connect({ fetch: listOf([listed(1)]) });
  newest().welcome();
  assert.equal(newest().all("inbox").length, 0);
  client.inbox.open();
  newest().answer("inbox", () => ({ type: "ok" }));
  await turns();
  assert.deepEqual([...client.inbox.rooms.keys()], [1]);
  client.inbox.close();
  assert.deepEqual(newest().all("inbox").map(({ on }) => on), [true, false]);
  assert.equal(client.inbox.rooms.size, 0);
});

test("a screenful comes first, and the rest in larger pages behind it", async () => {
  const rooms = Array.from({ length: 300 }, (_, at) => listed(at + 1));
  const { client, fetch, inbox } = await hears(rooms);
  assert.deepEqual(fetch.asked, [{ limit: "50" }, { limit: "200", after: "50" }, { limit: "200", after: "250" }]);
  assert.deepEqual([...inbox.rooms.keys()], rooms.map(({ roomId }) => roomId));
  assert.deepEqual(client.told.slice(0, 2), [null, null]);
});

test("what comes moves counts, the last message and the order, and rings once", async () => {
  const { client, inbox, socket } = await hears([listed(1, { lastSeq: 3 }), listed(2, { lastSeq: 3 })]);
  const before = inbox.rooms;
  const frame = { type: "inbox", roomId: 2, lastSeq: 30, messages: [said(4, { roomId: 2, ...mine }), said(29, { roomId: 2 }), said(30, { roomId: 2 })] };
  socket.hear(frame);
  socket.hear(frame);
  assert.deepEqual(counts(inbox, 2), { lastSeq: 30, readSeq: 3, unReadCount: 27, mentionCount: 1 });
  assert.equal(inbox.rooms.get(2).lastMessage.message, "no. 30");
  assert.deepEqual([...inbox.rooms.keys()], [2, 1]);
  assert.deepEqual(client.arrived, [[2, 4, false], [2, 29, false], [2, 30, false]]);
  assert.deepEqual([...before.keys(), before.get(2).unReadCount], [1, 2, 0]); // whoever kept it has what it was
  assert.equal(client.told.filter((room) => room?.roomId === 2).length, 1);
});

test("what is read on another device is read here, whole or in part", async () => {
  const { inbox, socket } = await hears([listed(1, { lastSeq: 9, readSeq: 3, mentionCount: 4 })]);
  assert.deepEqual(counts(inbox, 1), { lastSeq: 9, readSeq: 3, unReadCount: 6, mentionCount: 4 });
  socket.hear({ type: "inbox", roomId: 1, lastSeq: 9, readSeq: 7, mentionCount: 1 });
  assert.deepEqual(counts(inbox, 1), { lastSeq: 9, readSeq: 7, unReadCount: 2, mentionCount: 1 });
  socket.hear({ type: "inbox", roomId: 1, lastSeq: 10, messages: [said(10, mine)] });
  assert.deepEqual(counts(inbox, 1), { lastSeq: 10, readSeq: 7, unReadCount: 3, mentionCount: 2 });
  socket.hear({ type: "inbox", roomId: 1, lastSeq: 10, readSeq: 10 });
  assert.deepEqual(counts(inbox, 1), { lastSeq: 10, readSeq: 10, unReadCount: 0, mentionCount: 0 });
});

test("to have spoken is to have read, and who is blocked calls nobody", async () => {
  const { client, inbox, socket } = await hears([listed(1, { lastSeq: 9, readSeq: 3, mentionCount: 4 })]);
  socket.hear({ type: "inbox", roomId: 1, lastSeq: 10, messages: [said(10, { senderId: ALICE })] });
  assert.deepEqual(counts(inbox, 1), { lastSeq: 10, readSeq: 10, unReadCount: 0, mentionCount: 0 });
  socket.hear({ type: "blocked", memberIds: [3] });
  socket.hear({ type: "inbox", roomId: 1, lastSeq: 11, messages: [said(11, mine)] });
  assert.equal(inbox.rooms.get(1).mentionCount, 0);
  client.room(1).send("an answer");
  newest().answer("chat", (frame) => ack(frame, 12));
  await turns();
  assert.deepEqual(counts(inbox, 1), { lastSeq: 12, readSeq: 12, unReadCount: 0, mentionCount: 0 });
});

test("a room that nobody listens to says what was changed, to those who quote it", async () => {
  const { client, inbox, socket } = await hears([listed(1, { lastSeq: 9, readSeq: 8, last: mine, mentionCount: 1 })]);
  const older = [];
  client.on("older", ({ room, message }) => older.push([room.roomId, message.seq, message.deletedAt !== null]));
  socket.hear({ type: "inbox", roomId: 1, lastSeq: 9, messages: [said(9, { version: 10, message: "", deletedAt: "2026-11-22T09:00:01.000000Z", ...mine })] });
  assert.deepEqual([older, inbox.rooms.get(1).mentionCount, client.arrived], [[[1, 9, true]], 0, []]);
  socket.hear({ type: "inbox", roomId: 1, lastSeq: 9, messages: [said(5, { version: 11, ...mine })] });
  assert.deepEqual(client.arrived, [[1, 5, true]]);
  assert.equal(inbox.rooms.get(1).lastMessage.seq, 9);
});

test("a room that is listened to tells of itself, and its mark is the one here", async () => {
  const { client, inbox, socket } = await hears([listed(1, { lastSeq: 9, readSeq: 3, mentionCount: 2 })]);
  const room = client.room(1).subscribe({ history: 0 });
  assert.equal(room.mentionCount, 2);
  socket.answer("subscribe", () => ({ ...subscribed(9), readSeq: 3 }));
  await turns();
  assert.deepEqual(counts(inbox, 1), { lastSeq: 9, readSeq: 3, unReadCount: 6, mentionCount: 2 });
  socket.hear(chat(10, mine));
  assert.deepEqual([client.arrived, counts(inbox, 1)], [[[1, 10, false]], { lastSeq: 10, readSeq: 3, unReadCount: 7, mentionCount: 3 }]);
  room.read();
  assert.deepEqual(counts(inbox, 1), { lastSeq: 10, readSeq: 10, unReadCount: 0, mentionCount: 0 });
  room.unsubscribe();
  socket.hear(chat(11)); // it was on its way
  assert.deepEqual(counts(inbox, 1), { lastSeq: 11, readSeq: 10, unReadCount: 1, mentionCount: 0 });
});

test("what is said while the list is read is not lost behind it", async () => {
  const fetch = listOf([listed(1, { lastSeq: 3 }), listed(2)]);
  const client = await connect({ inbox: true, fetch });
  newest().welcome();
  let release;
  fetch.gate = new Promise((resolve) => { release = resolve; });
  newest().answer("inbox", () => ({ type: "ok" }));
  await turns();
  newest().hear({ type: "inbox", roomId: 1, lastSeq: 4, messages: [said(4)] });
  newest().hear({ type: "removed", roomId: 2, reason: "left" });
  release();
  await turns();
  assert.deepEqual([...client.inbox.rooms.keys()], [1]);
  assert.deepEqual(counts(client.inbox, 1), { lastSeq: 4, readSeq: 3, unReadCount: 1, mentionCount: 0 });
});

test("a room that comes, or comes to the top, while the pages are read is there in the end", async () => {
  const rooms = Array.from({ length: 60 }, (_, at) => listed(at + 1, { lastSeq: 1 }));
  const fetch = listOf(rooms);
  const client = await connect({ inbox: true, fetch });
  newest().welcome();
  let release;
  fetch.gate = new Promise((resolve) => { release = resolve; });
  newest().answer("inbox", () => ({ type: "ok" }));
  await turns();
  fetch.rooms = [listed(60, { lastSeq: 2, readSeq: 1 }), ...rooms.slice(0, -1)]; // so the second page has it no more
  newest().hear({ type: "joined", roomId: 61, memberId: ALICE, nickName: "Alice", seq: 0 }); // the list is older
  release();
  await turns(40);
  assert.deepEqual([[...client.inbox.rooms.keys()][0], client.inbox.rooms.size], [60, 60]);
  fetch.rooms = [listed(61), ...fetch.rooms];
  await wait(5);
  assert.equal(client.inbox.rooms.size, 61);
});

test("a room that is not in the list is looked for, once for many", async () => {
  const { fetch, inbox, socket } = await hears([listed(1)]);
  fetch.rooms = [listed(2, { lastSeq: 2, readSeq: 0 }), listed(3), listed(1)];
  socket.hear({ type: "joined", roomId: 2, memberId: ALICE, nickName: "Alice", seq: 0 });
  for (const seq of [1, 2]) socket.hear({ type: "inbox", roomId: 2, lastSeq: seq, messages: [said(seq, { roomId: 2 })] });
  socket.hear({ type: "inbox", roomId: 3, lastSeq: 1, messages: [] });
  await wait(5);
  assert.equal(fetch.asked.length, 2);
  assert.deepEqual([...inbox.rooms.keys()], [2, 3, 1]);
  assert.equal(inbox.rooms.get(2).unReadCount, 2);
  assert.equal((await inbox.find(3)).roomName, "Room 3");
  assert.equal(fetch.asked.length, 2); // it is there
  assert.equal(await inbox.find(9), undefined);
});

test("a place that ended takes the room with it, listened to or not", async () => {
  const { client, inbox, socket } = await hears([listed(1), listed(2)]);
  socket.hear({ type: "removed", roomId: 2, reason: "removed" });
  assert.deepEqual([...inbox.rooms.keys()], [1]);
  assert.deepEqual(client.seen.filter(({ name }) => name === "removed").map(({ room, reason }) => [room.roomId, reason]), [[2, "removed"]]);
});

test("after a lost connection all is asked again: what came rings, what ended goes", async () => {
  const { client, fetch, inbox, socket } = await hears([listed(1, { lastSeq: 3 }), listed(2, { lastSeq: 3 }), listed(3)]);
  fetch.rooms = [listed(2, { lastSeq: 5, readSeq: 3, mentionCount: 1 }), listed(1, { lastSeq: 3 })];
  socket.shut(1006);
  assert.equal(inbox.isLive, false);
  await wait(1);
  newest().welcome();
  fetch.isAway = true;
  newest().answer("inbox", () => ({ type: "ok" }));
  await wait(1);
  fetch.isAway = false;
  await wait(5);
  assert.deepEqual([...inbox.rooms.keys()], [2, 1]);
  assert.deepEqual(counts(inbox, 2), { lastSeq: 5, readSeq: 3, unReadCount: 2, mentionCount: 1 });
  assert.deepEqual(client.arrived, [[2, 5, false]]);
});

test("a server that knows no inbox still has the list, and is asked for it again", async () => {
  const fetch = listOf([listed(1)]);
  const client = await connect({ inbox: true, fetch });
  newest().welcome();
  newest().answer("inbox", () => ({ type: "error", code: "E-C002", message: "No such frame." }));
  await turns();
  assert.deepEqual([client.inbox.isLive, client.inbox.error.code, client.inbox.rooms.size], [false, "E-C002", 1]);
  fetch.rooms = [listed(2), listed(1)];
  for (let minute = 0; minute < 80; minute += 10) await wait(10);
  assert.deepEqual([...client.inbox.rooms.keys()], [2, 1]);
});

test("what this member makes of a room is known at once, and what ends it", async () => {
  const { client, inbox, socket } = await hears([listed(1, { lastSeq: 3, isPinned: false, isHidden: false, isMarkedUnread: false })]);
  await client.setRoomNotifications(1, "none");
  socket.hear({ type: "mine", roomId: 1, pinned: true, hidden: true, unread: true });
  const marks = () => { const { notify, isPinned, isHidden, isMarkedUnread } = inbox.rooms.get(1); return [notify, isPinned, isHidden, isMarkedUnread]; };
  assert.deepEqual(marks(), ["none", true, true, true]);
  socket.hear({ type: "inbox", roomId: 1, lastSeq: 4, messages: [said(4)] });
  assert.deepEqual(marks(), ["none", true, false, true]);
  socket.hear({ type: "inbox", roomId: 1, lastSeq: 4, readSeq: 4 });
  assert.deepEqual(marks(), ["none", true, false, false]);
});

test("what moved up while the pages were read is looked for at the top again, and is lost to nobody", async () => {
  const rooms = Array.from({ length: 60 }, (_, at) => listed(60 - at, { lastSeq: 1 }));
  const { inbox, fetch } = await hears(rooms);
  let open;
  fetch.gate = new Promise((resolve) => { open = resolve; });
  fetch.asked.length = 0;
  const loading = inbox.load();
  await turns(); // the first page is read, and on its way
  fetch.rooms = [rooms.at(-1), ...rooms.slice(0, -1)]; // room 1 goes from behind the first page to before it
  open();
  await loading;
  assert.deepEqual(fetch.asked, [{ limit: "50" }, { limit: "200", after: "50" }, { limit: "200" }]);
  assert.equal(inbox.rooms.size, 60);
});

test("a room that is called otherwise now is so in the list, though nobody listens to it", async () => {
  const { client, inbox, socket } = await hears([listed(1), listed(2, { isGroupChat: false, roomName: "Alice-Bob" })]);
  for (const roomId of [1, 2, 3]) socket.hear({ type: "room", roomId, ownerId: null, managerIds: [], ...(roomId !== 2 && { roomName: "정원", description: "꽃" }) });
  assert.deepEqual([...inbox.rooms.values()].map(({ roomName, description }) => [roomName, description]), [["정원", "꽃"], ["Alice-Bob", undefined]]);
  assert.deepEqual(client.told.at(-1), inbox.rooms.get(1));
});
