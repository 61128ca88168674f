# CommonMark's emphasis ends at no `**` that stands between a punctuation mark and a Korean particle: **"강조"**는 stays as it is written, in three parsers, and **강조(하다)**는 too.
# Run: bash findings/commonmark_korean_emphasis.sh. It needs npm and Node 20 or newer. The rule: https://spec.commonmark.org/0.31.2/#right-flanking-delimiter-run
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --no-audit --no-fund --loglevel=error markdown-it@15.0.3 marked@16.4.1 commonmark@0.31.2 >/dev/null
cat >parsers.js <<'JS'
import { readFileSync } from "node:fs";
import MarkdownIt from "markdown-it";
import { marked } from "marked";
import { HtmlRenderer, Parser } from "commonmark";

const parsers = {
  "markdown-it": (text) => new MarkdownIt().renderInline(text),
  marked: (text) => marked.parseInline(text),
  commonmark: (text) => new HtmlRenderer().render(new Parser().parse(text)),
};
const expected = { "**강조**는": true, '**"강조"** 는': true, '**"강조"**는': false, "**강조(하다)**는": false };
let asSeen = true;
for (const [name, render] of Object.entries(parsers)) {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  for (const [text, bold] of Object.entries(expected)) {
    const isBold = render(text).includes("<strong>");
    console.log(`${name} ${version}: ${text} ${isBold ? "bold" : "as written"}`);
    asSeen &&= isBold === bold;
  }
}
process.exit(asSeen ? 0 : 1);
JS
node parsers.js
