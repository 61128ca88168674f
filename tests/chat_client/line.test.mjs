/** What a browser says of its line: whether the server is still there is known within two seconds of that. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { connect, draw, listen, newest, settled, sockets, subscribed, wait } from "./fake_server.mjs";

let browser; // what its window, its document and its line tell
const globals = ["addEventListener", "removeEventListener", "document", "navigator"];
const before = Object.fromEntries(globals.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));

beforeEach(() => {
  browser = new EventTarget();
  const [document, connection] = [new EventTarget(), new EventTarget()];
  Object.assign(document, { visibilityState: "visible", hasFocus: () => true });
  Object.assign(browser, { document, navigator: { onLine: true, connection } });
  const given = { ...browser, addEventListener: browser.addEventListener.bind(browser), removeEventListener: browser.removeEventListener.bind(browser) };
  for (const name of globals) Object.defineProperty(globalThis, name, { value: given[name], configurable: true, writable: true });
});

afterEach(() => {
  for (const [name, descriptor] of Object.entries(before)) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else delete globalThis[name];
  }
});

function say(name, target = browser, fields = {}) {
  Object.assign(browser.navigator, fields);
  target.dispatchEvent(new Event(name));
}

const pings = () => newest().all("ping").length;

test("offline is known within two seconds, and online again is followed at once", async () => {
  draw(1); // the next attempt is as late as can be
  const client = await connect();
  const socket = newest();
  socket.answersPings = false;
  client.room(1).subscribe({ history: 0 }); // so that nobody had to look whether the server is there
  socket.welcome();
  say("offline", browser, { onLine: false });
  await wait(1.9);
  assert.deepEqual([client.state, client.reason.kind, socket.isClosed], ["waiting", "offline", true]);

  const attempts = sockets.length;
  await wait(30); // none of them succeeds
  while (client.state !== "connecting") await wait(1);
  assert.ok(sockets.length > attempts, "a server on this very machine would be there");
  const hanging = newest();
  say("online", browser, { onLine: true });
  await settled();
  assert.deepEqual([hanging.isClosed, newest() === hanging], [true, false]);
  newest().welcome();
  assert.equal(client.state, "open");
});

test("offline is known as soon where rooms were asked for before the welcome, and after another connection", async () => {
  draw(1);
  const client = await connect();
  client.room(1).subscribe({ history: 0 });
  for (const after of ["the first welcome", "an outage"]) {
    const socket = newest();
    socket.welcome();
    socket.answer("subscribe", () => subscribed(0));
    await settled();
    socket.answersPings = false;
    say("offline", browser, { onLine: false });
    await wait(1.9);
    assert.equal(client.state, "waiting", after);
    await wait(10);
    say("online", browser, { onLine: true });
    await settled();
  }
});

test("who is only told so, and hears the server all the same, stays", async () => {
  const { client } = await listen();
  await settled();
  say("offline", browser, { onLine: false });
  await wait(10);
  assert.equal(client.state, "open");
});

for (const [what, name, target] of [
  ["another network", "change", () => browser.navigator.connection],
  ["the window in front again", "visibilitychange", () => browser.document],
]) {
  test(`${what} has the line looked at`, async () => {
    draw(1);
    const { client, socket } = await listen();
    await settled();
    const asked = pings();
    socket.answersPings = false;
    say(name, target());
    assert.equal(pings(), asked + 1);
    await wait(1.9);
    assert.deepEqual([client.state, client.reason.kind], ["waiting", "lost"]);
    say(name, target());
    assert.equal(client.state, "connecting");
  });
}

for (const [name, seconds] of [["change", 3], ["offline", 1.5]]) {
  test(`a slow line has ${seconds} seconds at "${name}"`, async () => {
    draw(1);
    const client = await connect();
    const socket = newest();
    socket.answersPings = false;
    socket.welcome();
    await wait(1); // what its first answer takes
    socket.hear({ type: "pong" });
    if (name === "change") say(name, browser.navigator.connection);
    else say(name, browser, { onLine: false });
    await wait(seconds - 0.3);
    assert.equal(client.state, "open");
    await wait(0.6);
    assert.equal(client.state, "waiting");
  });
}

test("nobody who closed is woken", async () => {
  const { client } = await listen();
  client.close();
  for (const name of ["online", "offline"]) say(name);
  assert.equal(client.state, "closed");
});
