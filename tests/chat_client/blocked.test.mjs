/** Whom this member blocks: read once, moved here and by the own other devices; nothing they say calls. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, chat, connect, listen, newest } from "./fake_server.mjs";

const [BOB, CHARLIE] = [3, 11];
const row = (memberId) => ({ memberId, nickName: "Bob", since: "2026-11-22T09:00:00.000000Z" });

/** A REST server whose list is `rows`; `asked` is what it was asked; `release` lets a list go that waits. */
function restOf(rows, asked = []) {
  let release = () => {};
  const fetch = async (url, { method }) => {
    asked.push(`${method} ${new URL(url).pathname.replace("/v1/chat", "")}`);
    if (fetch.waits && method === "GET") await new Promise((resolve) => (release = resolve));
    return Response.json({ status: "SUCCESS", code: "S-001", data: method === "GET" ? { blocked: rows } : null });
  };
  return Object.assign(fetch, { asked, release: () => release() });
}

async function blocking(rows, options = {}) {
  const fetch = Object.assign(restOf(rows), options);
  const client = await connect({ fetch });
  const told = [];
  client.on("blocked", ({ memberIds }) => told.push(memberIds));
  newest().welcome();
  return { client, fetch, told, socket: newest() };
}

test("the list is read, and changes are told once", async () => {
  const { client, told } = await blocking([row(BOB)]);
  assert.equal(client.blocked.has(BOB), false);
  assert.deepEqual(await client.blocked.list(), [row(BOB)]);
  await client.blocked.list();
  assert.equal(client.blocked.has(BOB), true);
  assert.deepEqual(told, [[BOB]]);
});

test("who is blocked here is blocked at once, and again when the own socket hears it", async () => {
  const { client, fetch, told, socket } = await blocking([]);
  await client.blocked.add(BOB);
  socket.hear({ type: "blocked", memberIds: [BOB] });
  socket.hear({ type: "blocked", memberIds: [BOB, CHARLIE] });
  await client.blocked.remove(BOB);
  assert.deepEqual(told, [[BOB], [BOB, CHARLIE], [CHARLIE]]);
  assert.deepEqual(fetch.asked, [`PUT /me/blocked/${BOB}`, `DELETE /me/blocked/${BOB}`]);
});

test("a list that was asked for before a change is older than it", async () => {
  const { client, fetch, socket } = await blocking([], { waits: true });
  const listing = client.blocked.list();
  await new Promise((resolve) => setImmediate(resolve));
  socket.hear({ type: "blocked", memberIds: [BOB] });
  fetch.release();
  await listing;
  assert.equal(client.blocked.has(BOB), true);
});

test("what they say calls nobody who blocks them", async () => {
  const { client, room, socket } = await listen({}, 9);
  socket.hear({ type: "blocked", memberIds: [BOB] });
  socket.hear(chat(10, { senderId: BOB, mentions: [ALICE] }));
  socket.hear(chat(11, { senderId: CHARLIE, everyone: true }));
  assert.equal(room.mentionCount, 1);
  assert.equal(room.messages.length, 2);
  assert.equal(client.blocked.has(BOB), true);
});
