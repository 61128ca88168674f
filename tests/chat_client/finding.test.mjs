/** Rooms found, invited into, kept in one's own list: what is asked over HTTP, and what own sockets hear. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, newest } from "./fake_server.mjs";

const done = (data) => Response.json({ status: "SUCCESS", code: "S-001", data });

async function asking(answers = {}, options = {}) {
  const asked = [];
  const fetch = async (url, { method, body }) => {
    const { pathname, search } = new URL(url);
    asked.push([method, pathname.replace("/v1/chat", "") + decodeURIComponent(search), ...(body ? [JSON.parse(body)] : [])]);
    return answers[pathname.split("/").at(-1)]?.clone() ?? done(null);
  };
  const client = await connect({ fetch, ...options });
  newest().welcome();
  return { client, asked, socket: newest() };
}

test("rooms are searched and shown, joined by an invitation, and kept in one's own list", async () => {
  const invites = [{ inviteId: 4, uses: 0, used: 1 }];
  const { client, asked } = await asking({ invite: done({ invites }) });
  await client.searchRooms({ q: "ㄱㅁ", limit: 20 });
  await client.searchRooms();
  await client.roomCard(1);
  await client.invitation("a/b");
  await client.joinRoom(1, { invite: "ab" });
  await client.room(1).setMine({ pinned: true });
  await client.room(1).invite({ days: 3 });
  assert.deepEqual(await client.room(1).invites(), invites);
  await client.room(1).endInvite(4);

  assert.deepEqual(asked, [
    ["GET", "/room/group/search?q=ㄱㅁ&limit=20"],
    ["GET", "/room/group/search"],
    ["GET", "/room/1"],
    ["GET", "/invite/a%2Fb"],
    ["POST", "/room/group/1/join?invite=ab"],
    ["PUT", "/room/1/mine", { pinned: true }],
    ["POST", "/room/1/invite", { days: 3 }],
    ["GET", "/room/1/invite"],
    ["DELETE", "/room/1/invite/4"],
  ]);
});

test("what another device makes of a room is heard, listened to or not", async () => {
  const { client, socket } = await asking();
  const heard = [];
  client.on("mine", ({ room, pinned, hidden, unread }) => heard.push([room.roomId, pinned, hidden, unread]));
  socket.hear({ type: "mine", roomId: 1, pinned: true, hidden: false, unread: true });

  assert.deepEqual(heard, [[1, true, false, true]]);
});

test("of a room that staff deleted the error says which and why", async () => {
  const gone = { status: 410, code: "E-R006", message: "The room was deleted.", roomName: "Garden", why: "it is over" };
  const { client } = await asking({ 1: Response.json(gone, { status: 410 }) });

  await assert.rejects(client.roomCard(1), { code: "E-R006", status: 410, roomName: "Garden", why: "it is over" });
});
