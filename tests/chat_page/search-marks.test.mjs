/** What is marked in a message that was found. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf } from "../../chatproject/static/chat/page/search-marks.js";

const shown = (text, query) => piecesOf(text, query).map(({ text: piece, isMarked }) => (isMarked ? `[${piece}]` : piece)).join("");

const cases = [
  ["요즘 고민상담 고민", "고민", "요즘 [고민]상담 [고민]"],
  ["Django API와 api", "API", "Django [API]와 [api]"],
  ["고민이 많아요", "ㄱㅁ", "[고민]이 많아요"],
  ["고민상담", "고민ㅅㄷ", "[고민상담]"],
  ["감사합니다", "ㄳ", "[감사]합니다"],
  ["배포 후 오류", "오류 배포", "[배포] 후 [오류]"],
  ["고민상담".normalize("NFD"), "고민", "[고민]상담"],
  ["줄을\n바꾼  글", "바꾼", "줄을 [바꾼] 글"],
  ["<b>굵게</b> & <mark>", "<b>", "[<b>]굵게</b> & <mark>"],
  ["가나다라", "나다 다라", "가[나다라]"],
  ["👍👍 좋아요", "👍 좋", "[👍👍] [좋]아요"],
  ["İstanbul", "stan", "İ[stan]bul"],
  ["없어요", "고민", "없어요"],
];

for (const [text, query, marked] of cases) test(`${query} in ${text}`, () => assert.equal(shown(text, query), marked));

test("of a long message the part around the first word is shown", () => {
  const pieces = shown(`${"가 ".repeat(1_000)}고민${" 나".repeat(1_000)}`, "고민");
  assert.match(pieces, /^…[가 ]+\[고민\][ 나]+…$/u);
  assert.ok(pieces.length < 200);
});
