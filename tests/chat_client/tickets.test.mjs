/** Sockets are opened with tickets, one for each and never twice; and with the token where tickets do not lead in. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect as connectTo, draw, newest, settled, sockets, wait } from "./fake_server.mjs";

/** A REST server that gives tickets, until `fails` says with which status it does not. */
function office() {
  const fetch = async (url, { method, headers, signal }) => {
    fetch.asked.push([method, String(url), headers.access]);
    fetch.signal = signal;
    await fetch.gate;
    if (fetch.fails === "network") throw new TypeError("fetch failed");
    const body = fetch.fails ? { status: fetch.fails, code: fetch.code, message: "no" } : { status: "SUCCESS", data: { ticket: `cht_${fetch.asked.length}` } };
    return Response.json(body, { status: fetch.fails || 200 });
  };
  return Object.assign(fetch, { asked: [], fails: null, code: "E-C006", gate: null });
}

async function connect(fetch, options = {}) {
  const client = await connectTo({ tickets: true, fetch, ...options });
  for (let turn = 0; turn < 5; turn += 1) await settled();
  return client;
}

test("a ticket stands in the address, and the token nowhere", async () => {
  const fetch = office();
  await connect(fetch, { token: () => "secret", url: "https://chat.example.com/chat/" });

  assert.deepEqual(fetch.asked, [["POST", "https://chat.example.com/chat/v1/chat/ticket", "secret"]]);
  assert.equal(newest().url, "wss://chat.example.com/chat/v2/chat/connect?ticket=cht_1");
  assert.deepEqual(newest().protocols, ["chat.v2"]);
});

test("each socket has one of its own", async () => {
  await connect(office());
  newest().welcome();
  newest().shut(1006);
  await wait(1);

  assert.deepEqual(sockets.map(({ url }) => new URL(url).searchParams.get("ticket")), ["cht_1", "cht_2"]);
});

for (const status of [404, 405]) {
  test(`a server that answers ${status} gives none, and is not asked again`, async () => {
    const fetch = Object.assign(office(), { fails: status });
    await connect(fetch, { token: () => "secret" });
    newest().shut(1006);
    await wait(1);

    assert.equal(fetch.asked.length, 1);
    assert.equal(sockets.length, 2);
    assert.equal(newest().url, "wss://chat.example.com/v2/chat/connect");
    assert.deepEqual(newest().protocols, ["chat.v2", "bearer.secret"]);
  });
}

test("a refused token is replaced, and a third refusal is the end", async () => {
  const asked = [];
  const fetch = Object.assign(office(), { fails: 401, code: "E-AU001" });
  const client = await connect(fetch, { token: ({ fresh }) => `token-${asked.push(fresh)}` });
  await wait(1);
  newest().shut(4401);
  await wait(10);

  assert.deepEqual(asked, [false, true, true]);
  assert.deepEqual([client.state, client.reason.kind, client.reason.error.code], ["closed", "signed-out", "E-AU001"]);
  assert.equal(fetch.asked.length, 2);
});

test("where a ticket did not lead in, the token itself is tried, and then tickets again", async () => {
  const fetch = office();
  const client = await connect(fetch, { token: () => "secret" });
  newest().shut(1012); // a database that takes no writes, say: it cannot note that the ticket was used
  await wait(1);
  assert.deepEqual(newest().protocols, ["chat.v2", "bearer.secret"]);
  newest().welcome();
  assert.equal(client.state, "open");
  newest().shut(1006);
  await wait(2);

  assert.equal(new URL(newest().url).search, "?ticket=cht_2");
});

for (const [fails, kind] of [["network", "lost"], [503, "lost"], [429, "busy"], [500, "lost"]]) {
  test(`after ${fails} it tries again, at first with the token`, async () => {
    const fetch = Object.assign(office(), { fails });
    const client = await connect(fetch);
    assert.deepEqual([client.state, client.reason.kind, sockets.length], ["waiting", kind, 0]);
    fetch.fails = null;
    await wait(6);
    assert.deepEqual([sockets.length, newest().protocols], [1, ["chat.v2", "bearer.token"]]);
    newest().shut(1006);
    await wait(2);

    assert.deepEqual([sockets.length, newest().protocols], [2, ["chat.v2"]]);
  });
}

test("a server that does not answer is given up after ten seconds, its late ticket thrown away", async () => {
  draw(0.9); // of half a second
  const fetch = office();
  let answer;
  fetch.gate = new Promise((resolve) => { answer = resolve; });
  const client = await connect(fetch);
  await wait(10.1);
  assert.equal(client.state, "waiting");
  assert.ok(fetch.signal.aborted);
  client.close();
  answer();
  await wait(1);

  assert.equal(sockets.length, 0);
  assert.equal(client.state, "closed");
});
