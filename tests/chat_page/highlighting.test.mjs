/** Which words of a program are what, in every language that the page knows. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { grammars, learn, piecesOf } from "../../chatproject/static/chat/page/formatting/highlighting.js";

const scopeOf = (code, language, word) => piecesOf(code, language).find(({ text }) => text.includes(word)).scope;

const programs = [
  ["bash", "echo \"$HOME\" # 집", "# 집", "comment"],
  ["c", "int main(void) { return 0; }", "return", "keyword"],
  ["c++", "auto s = std::string{\"a\"};", "\"a\"", "string"],
  ["C#", "public class A { }", "class", "keyword"],
  ["css", "a { color: #fff; }", "color", "attribute"],
  ["dart", "final a = 'b';", "'b'", "string"],
  ["diff", "+ 새 줄\n- 옛 줄", "옛 줄", "deletion"],
  ["dockerfile", "FROM a\nRUN echo b", "FROM", "keyword"],
  ["go", "func main() {}", "func", "keyword"],
  ["toml", "a = \"b\"", "a", "attr"],
  ["java", "@Override public int a() { return 1; }", "@Override", "meta"],
  ["js", "const a = 1; // 하나", "const", "keyword"],
  ["json", "{\"a\": true}", "true", "keyword"],
  ["kt", "fun main() = println(1)", "fun", "keyword"],
  ["php", "<?php $a = 1;", "$a", "variable"],
  ["Python", "def 인사(): return '안녕'", "'안녕'", "string"],
  ["rb", "def a; end", "def", "keyword"],
  ["rs", "fn main() {}", "fn", "keyword"],
  ["sql", "SELECT 1 FROM a", "SELECT", "keyword"],
  ["swift", "let a = 1", "let", "keyword"],
  ["tsx", "const a: number = 1", "number", "built_in"],
  ["html", "<p class=\"a\">b</p>", "\"a\"", "string"],
  ["yml", "a: 1", "a:", "attr"],
];

test("a language that is not learned yet stays plain", () => assert.equal(piecesOf("echo 1", "bash"), null));

for (const [language, code, word, scope] of programs) {
  test(`${language}: ${word} is a ${scope}`, async () => {
    assert.equal(await learn(language), true);
    assert.match(scopeOf(code, language, word), new RegExp(`^${scope}`));
    assert.equal(piecesOf(code, language).map(({ text }) => text).join(""), code);
  });
}

test("every language is among them", () => assert.equal(programs.length, grammars.length));

test("what stands inside another language is told too", async () => {
  await learn("html");
  assert.equal(scopeOf("<script>const a = 1;</script>", "html", "const"), "keyword");
});

test("a language that nobody knows stays plain", async () => {
  assert.equal(await learn("constructor"), false);
  assert.equal(piecesOf("a", "constructor"), null);
});

test("neither a very long line nor a very long text is told apart", async () => {
  await learn("java");
  assert.notEqual(piecesOf("a".repeat(400), "java"), null);
  assert.equal(piecesOf("a".repeat(401), "java"), null);
  assert.equal(piecesOf("a\n".repeat(5_001), "java"), null);
});
