/** Who is online, and whether somebody looks: what is asked when, and what is known then. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { connect, newest, settled, wait } from "./fake_server.mjs";

const [BOB, CHARLIE, EVE] = [3, 11, 12];
const LIMITS = { limits: { watchedMembers: 3 } };
const online = (memberId) => ({ memberId, online: true, lastSeenAt: null });
const away = (memberId) => ({ memberId, online: false, lastSeenAt: "2026-11-29T09:00:00.000000Z" });

async function open(welcome = LIMITS) {
  const client = await connect();
  const told = [];
  client.on("presence", ({ memberIds }) => told.push(memberIds));
  newest().welcome(welcome);
  await settled();
  return { client, told, socket: newest() };
}

function answer(socket, ...members) {
  socket.answer("watch", () => ({ type: "ok" }));
  socket.hear({ type: "presence", members });
}

const watched = (socket) => socket.all("watch").map(({ memberIds }) => memberIds);

test("who is watched is known from the answer on, and moved by what comes later", async () => {
  const { client, told, socket } = await open();
  client.presence.watch([BOB, CHARLIE]);
  assert.equal(client.presence.of(BOB), null);
  answer(socket, online(BOB));
  assert.deepEqual(client.presence.of(BOB), { online: true, lastSeenAt: null });
  assert.equal(client.presence.of(CHARLIE), null); // of whom one may not know
  socket.hear({ type: "presence", members: [away(BOB), online(EVE)] });
  assert.equal(client.presence.of(BOB).online, false);
  assert.equal(client.presence.of(EVE), null); // is not watched any more
  assert.deepEqual(told, [[BOB], [BOB]]);
});

test("the same members are asked for once, others at most once a second, and the last ones count", async () => {
  const { client, socket } = await open();
  client.presence.watch([BOB]);
  client.presence.watch([BOB]);
  client.presence.watch([BOB, CHARLIE]);
  client.presence.watch([CHARLIE, EVE]);
  assert.deepEqual(watched(socket), [[BOB]]);
  await wait(1);
  assert.deepEqual(watched(socket), [[BOB], [CHARLIE, EVE]]);
  await wait(5);
  assert.equal(watched(socket).length, 2);
});

test("no more are asked for than the server takes", async () => {
  const { client, socket } = await open();
  client.presence.watch([1, 2, BOB, CHARLIE]);
  assert.deepEqual(watched(socket), [[1, 2, BOB]]);
});

test("a refused question is asked again when the server says so", async () => {
  const { client, socket } = await open();
  client.presence.watch([BOB]);
  socket.answer("watch", () => ({ type: "error", code: "E-C004", message: "", retryAfter: 3 }));
  await wait(2);
  assert.equal(watched(socket).length, 1);
  await wait(1);
  assert.deepEqual(watched(socket), [[BOB], [BOB]]);
});

test("each connection is told anew, and what is not told any more is not known", async () => {
  const { client, told, socket } = await open();
  client.presence.watch([BOB, CHARLIE]);
  answer(socket, online(BOB), online(CHARLIE));
  socket.shut(1006);
  await wait(30);
  newest().welcome(LIMITS);
  answer(newest(), away(CHARLIE));
  assert.deepEqual(watched(newest()), [[BOB, CHARLIE]]);
  assert.equal(client.presence.of(BOB), null);
  assert.deepEqual(told.at(-1), [CHARLIE, BOB]);
});

test("a server that tells nobody is not asked, and one that knows nothing of it is told nothing", async () => {
  for (const limits of [{ watchedMembers: 0 }, {}]) {
    const { client, socket } = await open({ limits });
    client.presence.watch([BOB]);
    client.presence.look(true);
    await wait(5);
    assert.deepEqual(watched(socket), []);
    assert.equal(socket.all("look").length, "watchedMembers" in limits ? 1 : 0);
  }
});

test("an application says whether somebody looks, once each time and to each connection", async () => {
  const { client, socket } = await open();
  assert.deepEqual(socket.all("look"), []); // Node has nothing to look at
  for (const isOn of [true, true, false]) client.presence.look(isOn);
  assert.deepEqual(socket.all("look").map(({ on }) => on), [true, false]);
  socket.shut(1006);
  await wait(30);
  newest().welcome(LIMITS);
  assert.deepEqual(newest().all("look").map(({ on }) => on), [false]);
});

// --- in a browser

const page = { visibilityState: "visible", isFocused: true, listeners: new Set() };

function asInBrowser() {
  const listening = {
    addEventListener: (name, listener) => page.listeners.add(listener),
    removeEventListener: (name, listener) => page.listeners.delete(listener),
  };
  globalThis.document = { ...listening, hasFocus: () => page.isFocused };
  Object.defineProperty(globalThis.document, "visibilityState", { get: () => page.visibilityState });
  Object.assign(globalThis, listening);
}

afterEach(() => {
  for (const name of ["document", "addEventListener", "removeEventListener"]) delete globalThis[name];
});

test("a page is looked at while it is in view and has the focus", async () => {
  asInBrowser();
  const { client, socket } = await open();
  const change = (changes) => {
    Object.assign(page, changes);
    for (const listener of [...page.listeners]) listener();
  };
  change({ isFocused: false });
  change({ visibilityState: "hidden" });
  change({ isFocused: true });
  change({ visibilityState: "visible" });
  assert.deepEqual(socket.all("look").map(({ on }) => on), [true, false, true]);
  client.close();
  assert.equal(page.listeners.size, 0);
});
