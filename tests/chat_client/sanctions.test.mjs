/** Acts on members as frames, what was done to this member as events and over REST. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, listen } from "./fake_server.mjs";

const NOON = "2026-11-29T03:00:00.000Z";
const sent = (socket, type) => socket.sent.filter((frame) => frame.type === type).map(({ id, isAnswered, ...frame }) => frame);

for (const [what, act, frame] of [
  ["mutes", (acts) => acts.mute(1, 3, { until: new Date(NOON), reason: "도배" }), { type: "mute", roomId: 1, memberId: 3, until: NOON, reason: "도배" }],
  ["removes for good", (acts) => acts.remove(1, 3, { reason: "욕설" }), { type: "remove", roomId: 1, memberId: 3, reason: "욕설" }],
  ["removes until then, and hides", (acts) => acts.remove(1, 3, { reason: "욕설", until: Date.parse(NOON), hideHours: 6 }),
    { type: "remove", roomId: 1, memberId: 3, reason: "욕설", until: NOON, hideHours: 6 }],
  ["lifts", (acts) => acts.lift(1, 3, "mute", { reason: "사과" }), { type: "lift", roomId: 1, memberId: 3, act: "mute", reason: "사과" }],
]) {
  test(`who ${what} is answered, or told why not`, async () => {
    const { client, socket } = await listen();
    const done = act(client.sanctions);
    assert.deepEqual(sent(socket, frame.type), [frame]);
    socket.answer(frame.type, () => ({ type: "ok" }));
    await done;
    const refused = act(client.sanctions);
    socket.answer(frame.type, () => ({ type: "error", code: "E-MO001", message: "…" }));
    await assert.rejects(refused, { name: "ChatError", code: "E-MO001" });
  });
}

test("what was done to this member is told, also of a room that is not listened to", async () => {
  const { client, socket } = await listen();
  const heard = [];
  client.on("sanction", ({ room, sanction }) => heard.push([room.roomId, sanction]));
  const sanction = { sanctionId: 5, roomId: 9, roomName: "Garden", act: "mute", by: "manager", reason: "도배" };
  socket.hear({ type: "sanction", ...sanction, until: NOON });
  socket.hear({ type: "sanction", ...sanction, lifted: true });
  assert.deepEqual(heard, [
    [9, { ...sanction, seq: null, until: NOON, lifted: false }],
    [9, { ...sanction, seq: null, until: null, lifted: true }],
  ]);
});

test("without a connection nothing is done later", async () => {
  const { client } = await listen();
  client.close();
  await assert.rejects(client.sanctions.lift(1, ALICE, "mute"), { code: "closed" });
});
