/** Which part of a text is a web address: the cases of links.json, which the server is held to as well. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { addressesIn } from "../../chatproject/static/chat/page/links.js";

const found = (text) => addressesIn(text).map(({ start, end }) => text.slice(start, end));

const cases = JSON.parse(readFileSync(new URL("links.json", import.meta.url), "utf8"));

for (const [rule, examples] of Object.entries(cases)) {
  for (const [text, ...addresses] of examples) {
    test(`${rule}: ${text}`, () => assert.deepEqual(found(text), addresses));
  }
}

/** How many characters the rules look at: every regular expression counts the text that it is given. */
function work(text) {
  const { test: plainTest } = RegExp.prototype;
  const match = RegExp.prototype[Symbol.matchAll];
  const search = RegExp.prototype[Symbol.search];
  let looked = 0;
  RegExp.prototype.test = function (part) { looked += String(part).length; return plainTest.call(this, part); };
  RegExp.prototype[Symbol.matchAll] = function (part) { looked += part.length; return match.call(this, part); };
  RegExp.prototype[Symbol.search] = function (part) { looked += part.length; return search.call(this, part); };
  try {
    addressesIn(text);
  } finally {
    RegExp.prototype.test = plainTest;
    RegExp.prototype[Symbol.matchAll] = match;
    RegExp.prototype[Symbol.search] = search;
  }
  return looked;
}

for (const piece of ["https://a ", "https://", "h", "https://가에서", "https://a/((((", "https://a))))", "https://a....", "(https://a/b)"]) {
  test(`twice the text is twice the work: ${piece}`, () => {
    const [once, twice] = [work(piece.repeat(1_000)), work(piece.repeat(2_000))];
    assert.ok(twice <= 2.1 * once, `${once} and ${twice}`);
  });
}
