/** Which of my rooms the list shows. */

import assert from "node:assert/strict";
import { test } from "node:test";

const { roomsShown } = await import("../../chatproject/static/chat/page/rooms-shown.js");

const NAMES = { 1: "고민상담방", 2: "개발자 라운지", 3: "민수", 4: "산책 모임" };
const ROOMS = [{ roomId: 1 }, { roomId: 2, isPinned: true }, { roomId: 3, isHidden: true }, { roomId: 4, isPinned: false, isHidden: false }];
const shown = (options = {}) =>
  roomsShown(ROOMS, { wanted: "", nameOf: (roomId) => NAMES[roomId], isAway: () => false, showsHidden: false, openId: null, ...options }).map(({ roomId }) => roomId);

test("those kept at the top come first, hidden ones and those that one leaves not at all", () => {
  assert.deepEqual(shown(), [2, 1, 4]);
  assert.deepEqual(shown({ isAway: (roomId) => roomId === 1 }), [2, 4]);
});

test("a hidden one shows to who looks for it, at it, or wants to see them all", () => {
  assert.deepEqual(shown({ wanted: "ㅁㅅ" }), [1, 3]);
  assert.deepEqual(shown({ openId: 3 }), [2, 1, 3, 4]);
  assert.deepEqual(shown({ showsHidden: true }), [2, 1, 3, 4]);
  assert.deepEqual(shown({ wanted: "상담" }), [1]);
});
