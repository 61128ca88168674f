/** What a client says at its construction, how listeners come and go, and what a page hears that may not be here. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatClient } from "../../chatproject/static/chat/chat-client.js";
import { connect, newest, settled, sockets, wait } from "./fake_server.mjs";

const GOOD = { url: "https://chat.example.com", token: () => "token" };

for (const [missing, said] of [
  [{ token: undefined }, /needs `token`: a function/],
  [{ token: "eyJhbGciOi" }, /needs `token`: a function/],
  [{ url: undefined }, /needs `url`/],
  [{ url: "null" }, /needs `url`/], // the origin of a page that is a file
  [{ url: "chat.example.com" }, /needs `url`/],
  [{ WebSocket: undefined }, /no WebSocket here.*--experimental-websocket/],
  [{ fetch: undefined }, /no fetch here/],
]) {
  test(`a client without ${JSON.stringify(missing)} says so at once`, () => {
    assert.throws(() => new ChatClient({ ...GOOD, ...missing }), { name: "TypeError", message: said });
  });
}

test("what is said at construction quotes no token", () => {
  assert.throws(() => new ChatClient({ ...GOOD, token: "secret" }), ({ message }) => !message.includes("secret"));
});

test("a client without anything at all says what it needs", () => {
  assert.throws(() => new ChatClient(), /needs `token`/);
});

test("a listener hears until it is taken off, and once when that is asked for", async () => {
  const client = new ChatClient(GOOD);
  const heard = [];
  const [always, first] = [() => heard.push("always"), () => heard.push("first")];
  client.on("state", always);
  client.once("state", first);
  const off = client.once("state", () => heard.push("never"));
  client.once("state", always);
  off();

  client.close();
  client.close();
  client.off("state", always);
  client.off("reset", always); // it never listened to that
  client.close();

  assert.deepEqual(heard, ["always", "first", "always", "always"]);
});

test("one that waits for the first is taken off by its own name", () => {
  const client = new ChatClient(GOOD);
  const listener = () => assert.fail("taken off");
  client.once("state", listener);
  client.off("state", listener);

  client.close();
});

const refusal = (code, status) => async () => Response.json({ status: "FAIL", code, message: "Not from there.", data: null }, { status });

test("a page whose origin is refused stays away, and is told why", async () => {
  const client = await connect({ tickets: true, fetch: refusal("E-AU003", 403) });
  await wait(60);

  assert.equal(client.state, "closed");
  assert.deepEqual([client.reason.kind, client.reason.error.code, client.reason.error.message], ["origin", "E-AU003", "Not from there."]);
  assert.equal(sockets.length, 0);
});

test("a server that is away, or refuses something else, is a line that comes back", async () => {
  for (const fetch of [refusal("E-S002", 503), () => Promise.reject(new TypeError("Failed to fetch"))]) {
    const client = await connect({ tickets: true, fetch });

    assert.deepEqual([client.state, client.reason.kind], ["waiting", "lost"]);
    client.close();
  }
});

test("typing is said again at once behind one's own message", async () => {
  const client = await connect();
  newest().welcome();
  const room = client.room(1).subscribe({ history: 0 });
  newest().answer("subscribe", () => ({ type: "subscribed", roomId: 1, version: 0, lastSeq: 0, readSeq: 0, recovered: true }));
  await settled();

  for (let key = 0; key < 3; key += 1) room.typing();
  room.send("hello");
  for (let key = 0; key < 3; key += 1) room.typing();

  assert.deepEqual(newest().sent.map(({ type }) => type).filter((type) => ["typing", "chat"].includes(type)), ["typing", "chat", "typing"]);
});
