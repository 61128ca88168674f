/** Where a mention begins, what still stands in a text, and where it is shown. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { keywordIn, placesOf, queryAt, stillIn, withMention } from "../../chatproject/static/chat/page/mention-text.js";

const JIEUN = { memberId: 2, name: "지은" };
const JIEUNI = { memberId: 3, name: "지은이" };
const SPACED = { memberId: 4, name: "Ada L" };
const ALL = { memberId: null, name: "모두" };

test("a mention begins with an @ that is not in an address", () => {
  const cases = [
    ["@", ""],
    ["@지", "지"],
    ["안녕 @지은", "지은"],
    ["안녕@지은", "지은"],
    ["첫 줄\n@b", "b"],
    ["ada@example", null],
    ["안녕", null],
    ["@지은 님", null],
    ["@@", ""],
    [`@${"가".repeat(20)}`, "가".repeat(20)],
    [`@${"가".repeat(21)}`, null],
  ];
  for (const [text, query] of cases) assert.equal(queryAt(text, text.length)?.query ?? null, query, text);
  assert.deepEqual(queryAt("@지은 님", 2), { start: 0, query: "지" });
});

test("what is picked stands in the text with a space behind it", () => {
  assert.deepEqual(withMention("안녕 @지", { start: 3, caret: 5, name: "지은" }), { text: "안녕 @지은 ", caret: 7 });
  assert.deepEqual(withMention("@지 님", { start: 0, caret: 2, name: "지은" }), { text: "@지은 님", caret: 4 });
});

test("a mention that was deleted from the text is none", () => {
  assert.deepEqual(stillIn("@지은 @모두", [JIEUN, ALL]), [JIEUN, ALL]);
  assert.deepEqual(stillIn("@지 @모두", [JIEUN, ALL]), [ALL]);
  assert.deepEqual(stillIn("지은", [JIEUN]), []);
  assert.deepEqual(stillIn("@지은이", [JIEUN, JIEUNI]), [JIEUNI]); // the other one was taken out
  assert.deepEqual(stillIn("@지은에게", [JIEUN]), [JIEUN]);
});

test("each mention is shown where it stands, the longer name first", () => {
  const shown = (text, people) => placesOf(text, people).map(({ start, end, who }) => [text.slice(start, end), who.memberId]);
  assert.deepEqual(shown("@지은이, @지은! @Ada L @지은", [JIEUN, JIEUNI, SPACED]), [["@지은이", 3], ["@지은", 2], ["@Ada L", 4], ["@지은", 2]]);
  assert.deepEqual(shown("@지은", [{ memberId: 9, name: "" }]), []);
  assert.deepEqual(shown("@@지은", [JIEUN]), [["@지은", 2]]);
});

test("a keyword is found whatever its case and composition", () => {
  assert.equal(keywordIn("배포오류가 났어요", ["점심", "배포"]), "배포");
  assert.equal(keywordIn("DJANGO".normalize("NFD"), ["django"]), "django");
  assert.equal(keywordIn("가".normalize("NFD"), ["가"]), "가");
  assert.equal(keywordIn("안녕", ["배포"]), null);
});
