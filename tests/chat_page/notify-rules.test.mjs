/** Whom a message is told to, and as what. */

import assert from "node:assert/strict";
import { test } from "node:test";

// what the words of the page stand on there
globalThis.django = { gettext: (text) => text, ngettext: (one) => one, interpolate: (text) => text };
globalThis.document = { documentElement: { lang: "ko" } };
const { isFor, reasonToTell, sayable } = await import("../../chatproject/static/chat/page/notify-rules.js");

const [ME, OTHER] = [7, 3];
const message = (fields) => ({ senderId: OTHER, seq: 5, deletedAt: null, message: "점심 먹어요", mentions: [], everyone: false, ...fields });
const reason = (fields, situation) =>
  reasonToTell(message(fields), { me: ME, level: "all", keywords: ["배포"], isChange: false, isKnown: false, ...situation });

test("a room's level says what is told, and a mention or a keyword breaks through all but nothing", () => {
  const cases = [
    [{}, "message", null, null],
    [{ mentions: [ME] }, "mention", "mention", null],
    [{ everyone: true }, "everyone", "everyone", null],
    [{ mentions: [ME], everyone: true }, "mention", "mention", null],
    [{ mentions: [OTHER] }, "message", null, null],
    [{ message: "배포오류가 났어요" }, "keyword", "keyword", null],
  ];
  for (const [fields, ...expected] of cases) {
    assert.deepEqual(["all", "mentions", "none"].map((level) => reason(fields, { level })), expected, JSON.stringify(fields));
  }
});

test("nothing is told of somebody whom one blocks", () => {
  for (const fields of [{}, { mentions: [ME] }, { everyone: true }, { message: "배포" }]) {
    for (const isChange of [false, true]) assert.equal(reason(fields, { isBlocked: true, isChange }), null);
  }
});

test("nobody is told what they said themselves, nor what is deleted or not stored", () => {
  for (const fields of [{ senderId: ME, everyone: true }, { deletedAt: "2026-11-22T09:00:00Z" }, { seq: null }]) {
    assert.equal(reason(fields), null);
  }
  assert.equal(reason({ senderId: null, kind: "assistant" }), "message");
});

test("an edit tells those who are new, and nobody else", () => {
  assert.equal(reason({ mentions: [ME] }, { isChange: true }), "mention");
  assert.equal(reason({ mentions: [ME] }, { isChange: true, isKnown: true }), null);
  assert.equal(reason({ everyone: true }, { isChange: true }), "everyone");
  assert.equal(reason({ message: "배포" }, { isChange: true }), null);
  assert.equal(reason({ mentions: [ME] }, { isChange: true, level: "none" }), null);
});

test("one's own call of everyone is for the others", () => {
  assert.equal(isFor(message({ everyone: true }), ME), true);
  assert.equal(isFor(message({ everyone: true, senderId: ME }), ME), false);
  assert.equal(isFor(message({}), ME), false);
});

test("a browser's notification shows what the member and the room let others see", () => {
  const rooms = { usual: { allowsPreviews: true, isCounselling: false }, shy: { allowsPreviews: false, isCounselling: false } };
  const counselling = { allowsPreviews: false, isCounselling: true };
  const shown = (room, hidesText = false) => sayable(room, { hidesText });
  assert.deepEqual([shown(rooms.usual), shown(rooms.usual, true), shown(rooms.shy)], ["all", "names", "names"]);
  assert.deepEqual([shown(counselling), shown(counselling, true), shown(null)], ["nothing", "nothing", "all"]);
});
