/** When the client comes back and when it does not, how it finds out that a link is dead, how its token stays fresh. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { connect, draw, listen, newest, settled, sockets, wait } from "./fake_server.mjs";

const MOST = 1 - Number.EPSILON;

/** The pause before the next attempt, in seconds. */
function pause(client) {
  assert.equal(client.state, "waiting");
  return (client.seen.at(-1).retryAt - Date.now()) / 1000;
}

test("the token goes with the handshake, never into an address", async () => {
  await connect({ token: () => "secret" });

  assert.equal(newest().url, "wss://chat.example.com/v2/chat/connect");
  assert.deepEqual(newest().protocols, ["chat.v2", "bearer.secret"]);
});

test("an address may end with a slash", async () => {
  await connect({ url: "http://localhost:8081/" });

  assert.equal(newest().url, "ws://localhost:8081/v2/chat/connect");
});

test("pauses double from half a second to half a minute", async () => {
  draw(MOST);
  const client = await connect();
  const pauses = [];
  for (let attempt = 0; attempt < 9; attempt += 1) {
    newest().shut(1006);
    pauses.push(Math.round(pause(client) * 10) / 10);
    await wait(pause(client) + 0.1);
  }

  assert.deepEqual(pauses, [0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
});

test("a pause is any share of that, so that a thousand clients do not come at once", async () => {
  const client = await connect();
  for (const share of [0, 0.25, MOST]) {
    draw(share);
    newest().shut(1006);
    const longest = 0.5 * 2 ** (sockets.length - 1);
    assert.ok(Math.abs(pause(client) - share * longest) < 0.002);
    await wait(longest + 0.1);
  }
});

test("after a connection that lasted the first pause is short again, after others it is not", async () => {
  draw(MOST);
  const client = await connect();
  for (const [seconds, expected] of [[1, 0.5], [1, 1], [6, 0.5]]) {
    newest().welcome();
    await wait(seconds);
    newest().shut(1006);
    assert.ok(Math.abs(pause(client) - expected) < 0.002);
    await wait(expected + 0.1);
  }
});

test("a server that says bye is believed", async () => {
  const client = await connect();
  newest().welcome();
  newest().hear({ type: "bye", reconnectAfter: 2.5 });
  newest().shut(1012);

  assert.equal(client.reason.kind, "restart");
  assert.equal(pause(client), 2.5);
  await wait(2.4);
  assert.equal(sockets.length, 1);
  await wait(0.2);
  assert.equal(sockets.length, 2);
});

for (const code of [1003, 1007, 1009, 4403]) {
  test(`after ${code} it does not come back by itself`, async () => {
    const client = await connect();
    newest().shut(code);
    await wait(120);

    assert.equal(client.state, "closed");
    assert.deepEqual([client.reason.kind, client.reason.code], ["refused", code]);
    assert.equal(sockets.length, 1);
  });
}

for (const code of [1000, 1001, 1006, 1011, 1012, 4408]) {
  test(`after ${code} it comes back`, async () => {
    await connect();
    newest().shut(code);
    await wait(1);

    assert.equal(sockets.length, 2);
  });
}

test("after 4429 it waits five seconds at least", async () => {
  draw(0);
  const client = await connect();
  newest().shut(4429);

  assert.deepEqual([client.reason.kind, pause(client)], ["busy", 5]);
});

test("a refused token is replaced, and a third refusal is the end", async () => {
  const asked = [];
  const client = await connect({ token: ({ fresh }) => `token-${asked.push(fresh)}` });
  for (let refusal = 0; refusal < 3; refusal += 1) {
    newest().hear({ type: "error", code: "E-AU001", message: "The access token has expired." });
    newest().shut(4401);
    await wait(3);
  }

  assert.deepEqual(asked, [false, true, true]);
  assert.deepEqual([client.state, client.reason.kind], ["closed", "signed-out"]);
  assert.equal(client.reason.error.code, "E-AU001");
  assert.deepEqual(client.seen.filter(({ name }) => name === "error"), []);
});

test("without a token it does not knock", async () => {
  const client = await connect({ token: async () => null });

  assert.equal(client.reason.kind, "signed-out");
  assert.equal(sockets.length, 0);
});

test("a token that cannot be had now is asked for again", async () => {
  let attempts = 0;
  const token = async () => {
    if ((attempts += 1) < 3) throw new Error("the main server is away");
    return "token";
  };
  const client = await connect({ token });
  assert.equal(client.reason.error.message, "the main server is away");
  await wait(3);

  assert.equal(sockets.length, 1);
});

test("a token that never comes is asked for again", async () => {
  let asked = 0;
  await connect({ token: () => ((asked += 1) === 1 ? new Promise(() => {}) : "token") });
  await wait(61);

  assert.deepEqual([asked, sockets.length], [2, 1]);
});

test("a token is replaced before it expires, on the same socket", async () => {
  const payload = btoa(JSON.stringify({ exp: Date.parse("2026-11-22T09:20:00Z") / 1000 }));
  const asked = [];
  await connect({ token: ({ fresh }) => asked.push(fresh) && `h.${payload}.s` });
  newest().welcome({ expiresAt: "2026-11-22T09:10:00.000000Z" });
  await wait(9 * 60 - 1);
  assert.deepEqual(asked, [false]);
  await wait(2);
  assert.deepEqual(newest().all("auth").map(({ access }) => access), [`h.${payload}.s`]);
  newest().answer("auth", () => ({ type: "ok" }));
  await wait(9 * 60);
  assert.equal(newest().all("auth").length, 1);
  await wait(2 * 60);

  assert.equal(newest().all("auth").length, 2, "the new one is replaced a minute before its own end");
  assert.equal(sockets.length, 1);
});

test("a token of another member is not spoken for", async () => {
  const client = await connect();
  newest().welcome();
  newest().shut(1006);
  await wait(1);
  newest().welcome({ memberId: 8 });

  assert.equal(client.reason.kind, "refused");
  assert.equal(client.me.memberId, 7);
});

test("whoever listens to nothing says something all the same, or the server would hang up", async () => {
  await connect();
  newest().welcome();

  assert.equal(newest().all("ping").length, 1);
});

test("a token that no handshake can carry is shown to nobody", async () => {
  const client = await connect({ token: () => "secret with spaces" });

  assert.deepEqual([client.reason.kind, client.reason.error, sockets.length], ["signed-out", null, 0]);
});

test("a listener may close the client at any moment", async () => {
  for (const name of ["connecting", "open", "waiting"]) {
    const client = await connect();
    client.on("state", ({ state }) => state === name && client.close());
    if (name === "connecting") client.close(), client.connect();
    await settled();
    if (name !== "connecting") newest().welcome();
    if (name === "waiting") newest().shut(1006);
    await wait(60);

    assert.equal(client.state, "closed");
  }
});

test("a silent link is probed and given up", async () => {
  const { client, socket } = await listen();
  const pings = () => socket.all("ping").length - 1; // the first is the greeting
  await wait(19);
  socket.hear({ type: "typing", roomId: 9 });
  await wait(19);
  assert.equal(pings(), 0);
  await wait(2);
  assert.equal(pings(), 1);
  socket.answersPings = false;
  await wait(20);
  assert.equal(pings(), 2);
  await wait(8.1);

  assert.ok(client.seen.some(({ reason }) => reason?.kind === "lost"));
  assert.ok(socket.isClosed);
});

test("a clock that was set back hides no silence", async () => {
  const { socket } = await listen();
  await wait(1);
  const { now } = Date;
  mock.method(Date, "now", () => now() - 3_600_000); // timers do not care
  socket.answersPings = false;
  await wait(60);

  assert.ok(socket.isClosed);
});

test("a handshake that is never answered is given up", async () => {
  const client = await connect();
  await wait(10.1);

  assert.equal(client.state, "waiting");
});

test("the window back online does not wait for the pause", async (context) => {
  const listeners = {};
  globalThis.addEventListener = (name, listener) => { listeners[name] = listener; };
  context.after(() => delete globalThis.addEventListener);
  draw(MOST);
  const client = await connect();
  for (let attempt = 0; attempt < 7; attempt += 1) {
    newest().shut(1006);
    if (attempt < 6) await wait(30);
  }
  assert.ok(pause(client) > 29);
  listeners.online();
  await settled();
  assert.equal(client.state, "connecting");
  newest().welcome();
  const pings = newest().all("ping").length;
  listeners.online();
  assert.equal(newest().all("ping").length, pings + 1, "an open link may have died meanwhile");
});

test("closed is closed", async () => {
  const { client, socket, room } = await listen();
  client.close();
  await wait(120);

  assert.ok(socket.isClosed);
  assert.deepEqual([sockets.length, client.reason.kind, room.state], [1, "closed", "joining"]);
});

test("a listener that throws stops nobody else, and is not hushed up", async () => {
  const reports = [];
  mock.method(globalThis, "queueMicrotask", (report) => reports.push(report));
  const client = await connect();
  client.on("state", () => { throw new Error("the page's own"); });
  let heard = 0;
  client.on("state", () => { heard += 1; });
  newest().welcome();

  assert.throws(reports[0], { message: "the page's own" });
  assert.deepEqual([heard, client.state], [1, "open"]);
});

for (const [url, socketAt, restAt] of [
  ["https://example.com/chat", "wss://example.com/chat/v2/chat/connect", "https://example.com/chat/v1/chat/my/rooms?limit=200"],
  ["https://example.com/chat/?a=b#c", "wss://example.com/chat/v2/chat/connect", "https://example.com/chat/v1/chat/my/rooms?limit=200"],
  ["http://127.0.0.1:8081", "ws://127.0.0.1:8081/v2/chat/connect", "http://127.0.0.1:8081/v1/chat/my/rooms?limit=200"],
  ["wss://example.com/a/b", "wss://example.com/a/b/v2/chat/connect", "https://example.com/a/b/v1/chat/my/rooms?limit=200"],
]) {
  test(`the path of the site's address is kept: ${url}`, async () => {
    const asked = [];
    const fetch = async (address) => {
      asked.push(String(address));
      return { status: 200, json: async () => ({ status: "SUCCESS", data: [] }) };
    };
    const client = await connect({ url, fetch });
    await client.myRooms();
    assert.deepEqual([newest().url, asked], [socketAt, [restAt]]);
  });
}

test("a token that no server would take is not sent, at the door or later", async () => {
  const client = await connect({ token: () => "x".repeat(4_097) });
  assert.deepEqual([client.reason.kind, sockets.length], ["signed-out", 0]);

  const later = await connect({ token: ({ fresh }) => (fresh ? "no token" : "token") });
  newest().welcome({ expiresAt: "2026-11-22T09:02:00.000000Z" });
  await wait(120);
  assert.deepEqual([newest().all("auth"), later.reason.kind], [[], "signed-out"]);
});

test("a REST call ends when its caller ends it, or after its time", async () => {
  const fetch = (_address, { signal }) =>
    new Promise((_resolve, reject) => {
      const end = () => reject(new Error("aborted"));
      if (signal.aborted) end();
      signal.addEventListener("abort", end);
    });
  const client = await connect({ fetch });
  const stopping = new AbortController();
  const stopped = client.call("GET", "/my/rooms", { signal: stopping.signal });
  const slow = client.call("GET", "/my/rooms");
  await settled();
  stopping.abort();
  await assert.rejects(stopped, { code: "aborted" });
  mock.timers.tick(60_000);
  await assert.rejects(slow, { code: "network" });
  await assert.rejects(client.call("GET", "/my/rooms", { signal: stopping.signal }), { code: "aborted" });
});
