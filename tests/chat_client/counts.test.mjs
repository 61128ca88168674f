/** What calls a member: how it is counted, listed, found and let through. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, chat, connect, historyOf, listen, newest, settled, subscribed } from "./fake_server.mjs";

const mine = { mentions: [ALICE] };

/** A REST server that has these answers, by path; `asked` are the paths with their queries. */
function restOf(answers, asked = []) {
  const fetch = async (url, { method, body }) => {
    const { pathname, search } = new URL(url);
    asked.push([method, pathname.replace("/v1/chat", "") + decodeURIComponent(search), body && JSON.parse(body)]);
    const data = answers[pathname.replace("/v1/chat", "")];
    return Response.json({ status: "SUCCESS", code: "S-001", data: typeof data === "function" ? data(url) : data });
  };
  return Object.assign(fetch, { asked });
}

const listed = (fields) => ({ roomId: 1, roomName: "Lunch", isGroupChat: true, unReadCount: 4, lastSeq: 9, readSeq: 5, ...fields });

async function counted(steps) {
  const { client, room, socket } = await listen({ fetch: restOf({ "/my/rooms": [listed({ mentionCount: 2 })] }) }, 9);
  await client.myRooms();
  const counts = [room.mentionCount];
  for (const step of steps) {
    if (typeof step === "function") step(room);
    else socket.hear(step);
    counts.push(room.mentionCount);
  }
  return counts;
}

const changed = (seq, version, fields) => chat(seq, { type: "changed", version, ...fields });
const deleted = { message: "", deletedAt: "2026-11-22T09:00:01.000000Z" };
const readBy = (memberId, seq) => ({ type: "read", roomId: 1, memberId, seq });

for (const [what, steps, counts] of [
  ["me, everyone, not others, not by me", [chat(10, mine), chat(11, { everyone: true }), chat(12, { mentions: [8] }),
    chat(13, { ...mine, kind: "notice", senderId: null })], [2, 3, 4, 4, 5]],
  ["once, however often it comes", [chat(10, mine), chat(10, mine)], [2, 3, 3]],
  ["as edits and deletions have it", [chat(10), changed(10, 11, mine), changed(10, 12, deleted), chat(11, { version: 13 }),
    changed(11, 14, { everyone: true })], [2, 2, 3, 2, 2, 3]],
  ["as far as I have not read, here", [chat(10, mine), chat(11, mine), (room) => room.read(10), (room) => room.read()],
    [2, 3, 4, 1, 0]],
  ["as far as I have not read, elsewhere", [chat(10, mine), readBy(3, 10), readBy(ALICE, 9), readBy(ALICE, 10)], [2, 3, 3, 1, 0]],
  ["not when I have answered", [chat(10, mine), chat(11, { senderId: ALICE, everyone: true })], [2, 3, 0]],
]) {
  test(`it is counted what calls ${what}`, async () => assert.deepEqual(await counted(steps), counts));
}

test("with the unread at hand the count is theirs", async () => {
  const messages = [chat(1), chat(2, mine), chat(3, { mentions: [ALICE] }), chat(4)];
  const client = await connect({ fetch: historyOf(messages) });
  newest().welcome();
  const room = client.room(1).subscribe();
  newest().answer("subscribe", () => ({ ...subscribed(4), readSeq: 2 }));
  await settled();
  assert.equal(room.mentionCount, 1);
  newest().hear(changed(3, 5, {}));

  assert.equal(room.mentionCount, 0);
});

test("of what the server counted, an edit at hand is known to count no more", async () => {
  const rest = restOf({ "/my/rooms": [listed({ mentionCount: 2 })], "/history/1": [chat(8, mine), chat(9, mine)] });
  const { client, room, socket } = await listen({ fetch: rest }, 9);
  await client.myRooms();
  await room.loadOlder();
  socket.hear(changed(9, 10, deleted));
  assert.equal(room.mentionCount, 1);
  room.read(8);

  assert.equal(room.mentionCount, 0);
});

test("a count that comes late does not count again what was heard", async () => {
  const { client, room, socket } = await listen({ fetch: restOf({ "/my/rooms": [listed({ mentionCount: 3, lastSeq: 10 })] }) }, 9);
  for (const seq of [10, 11]) socket.hear(chat(seq, mine));
  await client.myRooms();

  assert.equal(room.mentionCount, 4);
});

test("a member of many rooms gets them page by page, each once", async () => {
  const pages = [[[1, 2], "b"], [[2, 3], null], [[4, 1], "b"]]; // 4 was below 3, and moved up meanwhile
  const rooms = () => {
    const [roomIds, next] = pages.shift();
    return { rooms: roomIds.map((roomId) => listed({ roomId, lastMessage: chat(9) })), next };
  };
  const fetch = restOf({ "/my/rooms": rooms });
  const client = await connect({ fetch });
  const mineAll = await client.myRooms();

  assert.deepEqual(mineAll.map(({ roomId }) => roomId), [4, 1, 2, 3]);
  assert.deepEqual(mineAll[0].lastMessage.reactions, []);
  assert.deepEqual(fetch.asked.map(([, path]) => path), ["/my/rooms?limit=200", "/my/rooms?limit=200&after=b", "/my/rooms?limit=200"]);
});

test("an older server's answer is all of them", async () => {
  const client = await connect({ fetch: restOf({ "/my/rooms": [listed()] }) });
  const [room] = await client.myRooms();

  assert.deepEqual([room.mentionCount, room.pinned, room.notify, room.lastMessage], [0, null, "all", null]);
});

const found = { messages: [{ ...chat(3), roomName: "Lunch" }], next: "c" };

for (const [name, call, path, answer, asked] of [
  ["search", (c) => c.search({ q: "점심", roomId: 1, limit: 5 }), "/search", found, ["GET", "/search?q=점심&roomId=1&limit=5"]],
  ["mentions", (c) => c.mentions({ before: "c" }), "/my/mentions", found, ["GET", "/my/mentions?before=c"]],
  ["members", (c) => c.members(1, { prefix: "김" }), "/room/1/members", {}, ["GET", "/room/1/members?prefix=김"]],
  ["pins", (c) => c.pins(1), "/room/1/pins", { pins: [{ seq: 3, message: chat(3) }], next: null }, ["GET", "/room/1/pins"]],
  ["reactors", (c) => c.reactors(1, 3, "heart"), "/room/1/message/3/reaction/heart", {},
    ["GET", "/room/1/message/3/reaction/heart"]],
  ["notifications", (c) => c.notifications(), "/me/notifications", {}, ["GET", "/me/notifications"]],
  ["own keywords", (c) => c.setNotifications({ keywords: ["배포"] }), "/me/notifications", {},
    ["PUT", "/me/notifications", { keywords: ["배포"] }]],
  ["a room's level", (c) => c.setRoomNotifications(1, "none"), "/room/1/notifications", null,
    ["PUT", "/room/1/notifications", { level: "none" }]],
]) {
  test(`${name}: asked for as the server wants it, messages as everywhere`, async () => {
    const fetch = restOf({ [path]: answer });
    const client = await connect({ fetch });
    const got = await call(client);
    assert.deepEqual(fetch.asked, [asked.length === 2 ? [...asked, undefined] : asked]);
    for (const { reactions, state } of got?.messages ?? got?.pins?.map(({ message }) => message) ?? []) {
      assert.deepEqual([reactions, state], [[], "sent"]);
    }
    if (got?.messages) assert.deepEqual([got.next, got.messages[0].roomName], ["c", "Lunch"]);
  });
}
