/** A name is found by what was typed of it so far. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginsWith, lettersOf } from "../../chatproject/static/chat/page/hangul.js";

test("a name is found at every key that writes it", () => {
  for (const typed of ["", "ㅈ", "지", "징", "지으", "지은"]) assert.ok(beginsWith("지은", typed), typed);
  for (const typed of ["ㄱ", "고", "과", "과ㅇ", "광"]) assert.ok(beginsWith("광수", typed), typed);
  for (const typed of ["ㅂ", "비", "지은이", "은"]) assert.ok(!beginsWith("지은", typed), typed);
});

test("first consonants find it, and another case or composition does not hide it", () => {
  assert.ok(beginsWith("지은", "ㅈㅇ"));
  assert.ok(!beginsWith("지은", "ㅈㄱ"));
  assert.ok(beginsWith("Bob", "bO"));
  assert.ok(beginsWith("지은".normalize("NFD"), "지"));
  assert.equal(lettersOf("앉ㄳ"), "ㅇㅏㄴㅈㄱㅅ");
});
