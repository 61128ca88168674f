/** What one may jump to, by what was typed. */

import assert from "node:assert/strict";
import { test } from "node:test";

const { found } = await import("../../chatproject/static/chat/page/jump-list.js");

const names = (typed) => found(["고민상담방", "개발자 라운지", "상담 예약", "지은", "새 방 만들기"].map((name) => ({ name })), typed).map(({ name }) => name);

test("a part of a name finds it, those that begin so first, also by initials and in the middle of a syllable", () => {
  assert.deepEqual(names("상담"), ["상담 예약", "고민상담방"]);
  assert.deepEqual(names("ㅅㄷ"), ["상담 예약", "고민상담방"]);
  assert.deepEqual(found([{ name: "산책 모임" }, { name: "산책" }], "산책"), [{ name: "산책" }, { name: "산책 모임" }]);
  assert.deepEqual(names("라우"), ["개발자 라운지"]);
  assert.deepEqual(names(" 징"), ["지은"]);
  assert.deepEqual(names("없는 것"), []);
  assert.equal(names("").length, 5);
});
