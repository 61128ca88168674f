// Which messages are folded at first.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isLong } from "../../chatproject/static/chat/page/folding.js";

const lines = (count) => Array.from({ length: count }, (_, at) => `${at}번째 줄`).join("\n");
const fenced = (count) => `이것 좀 봐 주세요\n\`\`\`py\n${lines(count)}\n\`\`\``;

test("from about 500 syllables on a text is long, of other letters from twice as many", () => {
  assert.equal(isLong("가".repeat(480)), false);
  assert.equal(isLong("가".repeat(500)), true);
  assert.equal(isLong("letters ".repeat(120)), false);
  assert.equal(isLong("letters ".repeat(125)), true);
});

test("so is one of more than 13 lines, quoted or not", () => {
  assert.equal(isLong(lines(13)), false);
  assert.equal(isLong(lines(14)), true);
  assert.equal(isLong(lines(14).replaceAll(/^/gm, "> ")), true);
  assert.equal(isLong("\n".repeat(20)), true);
});

test("a line of code is one, however far it goes to the side", () => {
  assert.equal(isLong(fenced(10)), false);
  assert.equal(isLong(fenced(11)), true);
  assert.equal(isLong(`\`\`\`\n${"x".repeat(3_000)}\n\`\`\``), false);
});
