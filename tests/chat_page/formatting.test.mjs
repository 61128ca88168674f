/** How a text is made up: its code and quotes, its bold words and links, its words without their marks. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf, endsInCode } from "../../chatproject/static/chat/page/blocks.js";
import { nodesOf } from "../../chatproject/static/chat/page/formatting/inline.js";
import { firstLine, plainText } from "../../chatproject/static/chat/page/plain-text.js";

const code = (language, ...lines) => ({ kind: "code", language, code: lines.join("\n"), isOpen: false });
const open = (language, ...lines) => ({ ...code(language, ...lines), isOpen: true });
const quote = (...blocks) => ({ kind: "quote", blocks: blocks.map((one) => (typeof one === "string" ? { kind: "text", text: one } : one)) });
const said = (...lines) => ({ kind: "text", text: lines.join("\n") });

const blocks = {
  "nothing of it": [
    ["안녕하세요\n\n  잘 지내죠?  ", said("안녕하세요", "", "  잘 지내죠?  ")],
    [">_<\n>ㅅ<\n>:(", said(">_<", ">ㅅ<", ">:(")],
    [">", said(">")],
    ["- 하나\n# 제목\n    들여쓰기", said("- 하나", "# 제목", "    들여쓰기")],
    ["```한 줄 코드```", said("```한 줄 코드```")],
    ["이건 ``` 그냥 세 개", said("이건 ``` 그냥 세 개")],
  ],
  code: [
    ["```js\nlet a = 1;\n\n  b();\n```", code("js", "let a = 1;", "", "  b();")],
    ["보세요:\n\n```\nx\n```\n\n어때요?", said("보세요:"), code("", "x"), said("어때요?")],
    ["보세요 ```py\nx\n``` ", said("보세요"), code("py", "x")],
    ["```c++ title=a\nint a;```\n끝", code("c++", "int a;"), said("끝")],
    ["```\n아직 안 닫음\n > x", open("", "아직 안 닫음", " > x")],
    ["````md\n```js\n```\n````", code("md", "```js", "```")],
    ["  ```\n  a\n    b\n  ```", code("", "a", "  b")],
    ["```\n```", code("")],
    ["```js\r\na\r\n```\r\n", code("js", "a\r")],
    ["a ```\n```js\nx\n```", said("a"), code("", "```js", "x")],
  ],
  quotes: [
    ["> 인용\n답이에요", quote("인용"), said("답이에요")],
    ["> 하나\n>\n> 둘\n\n답", quote(said("하나", "", "둘")), said("답")],
    ["> > 깊이\n> 밖", quote(quote("깊이"), "밖")],
    ["> > > > 넷", quote(quote(quote("> 넷")))],
    ["> ```js\n> a()\n> ```\n> 라던데요", quote(code("js", "a()"), "라던데요")],
    ["> 인용\n>_<", quote("인용"), said(">_<")],
  ],
};

for (const [what, examples] of Object.entries(blocks)) {
  for (const [text, ...expected] of examples) test(`blocks, ${what}: ${text}`, () => assert.deepEqual(blocksOf(text), expected));
}

test("a message of fences alone is not thousands of elements", () => {
  const found = blocksOf("```\n```\n".repeat(500));
  assert.equal(found.filter(({ kind }) => kind === "code").length, 40);
  assert.match(found.at(-1).text, /^```\n```\n/);
});

for (const [text, isOpen] of [["", false], ["```js", true], ["```\na", true], ["```\na\n```", false], ["```a```", false], ["```\na```\n", false]]) {
  test(`what follows is ${isOpen ? "" : "not "}code: ${text}`, () => assert.equal(endsInCode(text), isOpen));
}

const bold = (...nodes) => ({ kind: "bold", nodes });
const inline = (text) => ({ kind: "code", code: text });
const link = (address, ...nodes) => ({ kind: "link", address, nodes });

const nodes = {
  "bold, with a particle behind it": [
    ["아주 **중요**해요", "아주 ", bold("중요"), "해요"],
    ['**"이것"**은 **(저것)**도', bold('"이것"'), "은 ", bold("(저것)"), "도"],
    ["**`a`**는", bold(inline("a")), "는"],
    ["2 ** 3 ** 4, **, ****, ** a **", "2 ** 3 ** 4, **, ****, ** a **"],
    ["**닫지 않음\n다음 줄**", "**닫지 않음\n다음 줄**"],
  ],
  "code in a line": [
    ["`a * b` 와 ``c`d``", inline("a * b"), " 와 ", inline("c`d")],
    ["`**a**`", inline("**a**")],
    ["`하나\n둘`", "`하나\n둘`"],
    ["```한 줄```", inline("한 줄")],
  ],
  "a link that may be one": [
    ["[문서](https://e.com/a_(b)?c=d&e)를 봐요", link("https://e.com/a_(b)?c=d&e", "문서"), "를 봐요"],
    ["[**굵은** 문서](<https://e.com/가>)", link("https://e.com/가", bold("굵은"), " 문서")],
    ["<https://e.com/a>는", link("https://e.com/a", "https://e.com/a"), "는"],
    ["[a](javascript:alert(1))", "[a](javascript:alert(1))"],
    ["[a](data:text/html,x) [b](//e.com) [c](/d)", "[a](data:text/html,x) [b](//e.com) [c](/d)"],
    ["[a](https://bank.com@evil.com)", "[a](https://bank.com@evil.com)"],
    ["<javascript:alert(1)> <a@e.com>", "<javascript:alert(1)> <a@e.com>"],
  ],
  "what is none of it stays as it was written": [
    ["__init__ *a* _b_ ~~c~~", "__init__ *a* _b_ ~~c~~"],
    ["https://e.com/__a__/*b*", "https://e.com/__a__/*b*"],
    ["¯\\_(ツ)_/¯ \\*\\* &amp; &#65; C:\\_a", "¯\\_(ツ)_/¯ \\*\\* &amp; &#65; C:\\_a"],
    ["<b>a</b> <img src=x onerror=alert(1)>", "<b>a</b> <img src=x onerror=alert(1)>"],
    ["  앞뒤로  \n\n  비어요  ", "  앞뒤로  \n\n  비어요  "],
    ["a_b_c 3*4*5 a[0](1)", "a_b_c 3*4*5 a[0](1)"],
  ],
};

for (const [what, examples] of Object.entries(nodes)) {
  for (const [text, ...expected] of examples) test(`${what}: ${text}`, () => assert.deepEqual(nodesOf(text), expected));
}

const plain = [
  ["안녕", "안녕", "안녕"],
  ["**아주** `좋은` [글](https://e.com/a)", "아주 좋은 글", "아주 좋은 글"],
  ["\n> 인용\n답", "인용\n답", "인용"],
  ["```js\n\nlet a;\n```\n끝", "\nlet a;\n끝", "let a;"],
  ["```\n```", "", ""],
  ["https://e.com/[a](b) 3 * 4", "https://e.com/[a](b) 3 * 4", "https://e.com/[a](b) 3 * 4"],
];

for (const [text, whole, first] of plain) {
  test(`without marks: ${text}`, () => assert.deepEqual([plainText(text), firstLine(text)], [whole, first]));
}

/** The lesser processor time of two, in ms: what else the machine does is left out. */
function time(work) {
  const once = () => {
    const start = process.cpuUsage();
    work();
    return process.cpuUsage(start).user / 1_000;
  };
  return Math.min(once(), once());
}

const HOSTILE = [
  "*", "**a ", "a**b", "`", "`a``", "[", "[a](", "[](", "<", "<http:", "[a](<b", "**[`", "_*", "](a)", "> ", "> > > > > ", "\n", "a ```js\n",
  "```\n", "```js\n", "> ```\n", "> \n", ">\n> > a\n", "[a](https://e.com ", "https://e.com/(", "![", "****", "*a_ ", "\r\n", "[a](https:",
];

for (const piece of HOSTILE) {
  test(`eight times the text is about eight times the work: ${JSON.stringify(piece)}`, () => {
    const work = (length) => {
      const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
      return time(() => [blocksOf(text), nodesOf(text), plainText(text)]);
    };
    const [once, eightTimes] = [work(4_000), work(32_000)];
    assert.ok(eightTimes < 24 * once + 100, `${once} ms and ${eightTimes} ms`); // 64 times where it grows with the square
  });
}
