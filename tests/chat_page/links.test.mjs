/** Which part of a text is a web address. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressesIn } from "../../chatproject/static/chat/page/links.js";

const found = (text) => addressesIn(text).map(({ start, end }) => text.slice(start, end));

const cases = {
  "a Korean particle belongs to the sentence": [
    ["https://www.google.com에서 찾았어요", "https://www.google.com"],
    ["https://example.com/docs/install을 보세요", "https://example.com/docs/install"],
    ["https://example.com:8080으로 접속", "https://example.com:8080"],
    ["http://localhost에서 돌려요", "http://localhost"],
    ["https://example.com/에서 봤어요", "https://example.com/"],
    ["https://example.com/a?id=3이에요", "https://example.com/a?id=3"],
    ["https://ko.wikipedia.org/wiki/파이썬_(언어)에서는", "https://ko.wikipedia.org/wiki/파이썬_(언어)"],
    ["https://github.com/django/django입니다.", "https://github.com/django/django"],
    ["https://example.com/a이라는데 맞아요?", "https://example.com/a"],
    ["https://example.com/a에서만 돼요", "https://example.com/a"],
    ["https://example.com/a로부터 왔어요", "https://example.com/a"],
    ["https://example.com/a하고 https://example.com/b까지는", "https://example.com/a", "https://example.com/b"],
    ["https://example.com/a인가요?", "https://example.com/a"],
    ["https://example.com/a/b/에서 봐", "https://example.com/a/b/"],
    [`https://example.com/a${"에서".normalize("NFD")} 봐`, "https://example.com/a"],
    ["https://example.com은/는 뭐예요", "https://example.com"],
    ["https://example.com에서(공식)", "https://example.com"],
    ["https://youtu.be/abcㅋㅋㅋ", "https://youtu.be/abc"],
    ["https://example.com/a를ㅠㅠ", "https://example.com/a"],
  ],
  "Hangul may stand in an address": [
    ["https://ko.wikipedia.org/wiki/파이썬", "https://ko.wikipedia.org/wiki/파이썬"],
    ["https://ko.wikipedia.org/wiki/가", "https://ko.wikipedia.org/wiki/가"],
    ["https://한글.한국에서 봐요", "https://한글.한국"],
    ["https://도메인.com에서 봐요", "https://도메인.com"],
    ["https://example.com/?q=고민상담", "https://example.com/?q=고민상담"],
    ["https://namu.wiki/w/C언어", "https://namu.wiki/w/C언어"],
    ["https://namu.wiki/w/보다", "https://namu.wiki/w/보다"],
    ["https://example.com/?q=ㅋㅋ", "https://example.com/?q=ㅋㅋ"],
    ["https://한글.한국/경로", "https://한글.한국/경로"],
  ],
  "a bracket is part of it where both are": [
    ["https://ko.wikipedia.org/wiki/파이썬_(언어)", "https://ko.wikipedia.org/wiki/파이썬_(언어)"],
    ["(https://example.com/a)", "https://example.com/a"],
    ["(https://example.com/a_(b))에서", "https://example.com/a_(b)"],
    ["[문서](https://example.com/a).", "https://example.com/a"],
    ["https://example.com/a[0]", "https://example.com/a[0]"],
    ["https://example.com/a(", "https://example.com/a"],
    ["https://example.com/a(공식 문서)", "https://example.com/a"],
    ["http://[::1]:8000/에서", "http://[::1]:8000/"],
  ],
  "punctuation that ends a sentence, quotes and full-width signs are not": [
    ["https://example.com/a.", "https://example.com/a"],
    ["https://example.com/a?!", "https://example.com/a"],
    ["“https://example.com/a”라고", "https://example.com/a"],
    ["「https://example.com/a」", "https://example.com/a"],
    ["https://example.com/a。", "https://example.com/a"],
    ["https://example.com/a，https://example.com/b", "https://example.com/a", "https://example.com/b"],
    ["（https://example.com/a）", "https://example.com/a"],
    ["**https://example.com/a**", "https://example.com/a"],
    ["'https://example.com/a'", "https://example.com/a"],
    ["https://example.com/a…", "https://example.com/a"],
    ["‹https://example.com›", "https://example.com"],
    ["https://example.com/a→https://example.com/b", "https://example.com/a", "https://example.com/b"],
    ["https://example.com—그래서", "https://example.com"],
    ["https://example.com,그리고", "https://example.com"],
    ["https://example.com😀", "https://example.com"],
    ["https://example.com/a👍🏽❤️", "https://example.com/a"],
    ["https://example.comは", "https://example.com"],
    ["https://example.com/a/?b=c&d=e.f#g", "https://example.com/a/?b=c&d=e.f#g"],
  ],
  "letter case does not matter": [
    ["HTTPS://Example.COM/A", "HTTPS://Example.COM/A"],
    ["Http://example.com", "Http://example.com"],
  ],
  "nothing else is an address": [
    ["https://"], ["https://."], ["javascript:alert(1)"], ["ftp://example.com"], ["https//example.com"],
    ["https://google.com@example.com/"], ["https://a:b@example.com"], ["http://[::1"],
  ],
};

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
