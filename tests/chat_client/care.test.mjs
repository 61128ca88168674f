/** What the client tells of people who may need help, and where it asks. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { listen } from "./fake_server.mjs";

test("a card and a concern are told with what they leave out", async () => {
  const { client, socket } = await listen();
  const told = [];
  for (const name of ["care", "concern"]) client.on(name, (event) => told.push([name, event]));
  socket.hear({ type: "care", roomId: 1, concernId: 5 });
  socket.hear({ type: "concern", roomId: 9, concernId: 6, source: "failure" });

  assert.deepEqual(told, [
    ["care", { text: "", textEn: "", lines: [], roomId: 1, concernId: 5 }],
    ["concern", { seq: null, memberId: null, roomId: 9, concernId: 6, source: "failure" }],
  ]);
});

test("each call has its place", async () => {
  const { client } = await listen();
  const called = [];
  client.call = (method, path, options = {}) => called.push([method, path, options.query ?? options.body]);
  client.care.helpLines();
  client.care.mine();
  client.care.close();
  client.care.concernsOf(1, { state: "open" });
  client.care.lookAfter(1, 5, { state: "seen", note: "…" });
  client.care.setDuty(1, false);

  assert.deepEqual(called, [
    ["GET", "/help-lines", undefined],
    ["GET", "/me/care", undefined],
    ["DELETE", "/me/care", undefined],
    ["GET", "/room/1/concerns", { state: "open" }],
    ["PUT", "/room/1/concerns/5", { state: "seen", note: "…" }],
    ["PUT", "/room/1/duty", { onDuty: false }],
  ]);
});
