/** Reports: what goes to the server, and what is heard of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, newest } from "./fake_server.mjs";

test("a report goes to the server with what it is about, and its decision is heard without a room", async () => {
  const calls = [];
  const fetch = async (address, { method, body }) => {
    calls.push([method, address.pathname, body && JSON.parse(body)]);
    return { status: 200, json: async () => ({ status: "SUCCESS", data: { reportId: 9 } }) };
  };
  const client = await connect({ fetch });
  assert.deepEqual(await client.reports.send({ roomId: 1, seq: 4, reason: "spam" }), { reportId: 9 });
  await client.reports.decide(1, 2, { outcome: "muted", reason: "…", until: "2026-12-01T00:00:00Z", hide: true });
  assert.deepEqual(calls, [
    ["POST", "/v1/chat/reports", { roomId: 1, seq: 4, reason: "spam" }],
    ["PUT", "/v1/chat/room/1/cases/2/decision", { outcome: "muted", reason: "…", until: "2026-12-01T00:00:00Z", hide: true }],
  ]);

  const heard = [];
  client.on("report", ({ report }) => heard.push(report));
  newest().hear({ type: "report", reportId: 9, outcome: "dismissed" });
  assert.deepEqual(heard, [{ reportId: 9, outcome: "dismissed", reason: "" }]);
});
