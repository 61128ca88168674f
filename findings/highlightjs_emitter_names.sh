# highlight.js calls a custom emitter by two pairs of names, startScope/endScope and openNode/closeNode; its declarations ask for the first alone. An emitter by them yields plain text, and only `errorRaised` says so.
# Run: bash findings/highlightjs_emitter_names.sh. It needs npm and Node 20 or newer.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --no-audit --no-fund --loglevel=error highlight.js@11.12.0 >/dev/null
cat >emitter.js <<'JS'
import { readFileSync } from "node:fs";
import hljs from "highlight.js/lib/core";
import javascript from "highlight.js/lib/languages/javascript";

const withMethods = (...names) => {
  class Emitter {
    parts = [];
    addText(text) { this.parts.push(text); }
    __addSublanguage() {}
    finalize() {}
    toHTML() { return this.parts.join(""); }
  }
  for (const name of names)
    Emitter.prototype[name] = function (scope) { this.parts.push(scope === undefined ? "]" : `[${scope}:`); };
  return Emitter;
};
const show = (emitter) => {
  hljs.configure({ __emitter: emitter });
  const { value, errorRaised } = hljs.highlight("const a = 1;", { language: "javascript" });
  return `${value} (${errorRaised?.message ?? "no error"})`;
};

hljs.registerLanguage("javascript", javascript);
const types = readFileSync("node_modules/highlight.js/types/index.d.ts", "utf8");
const [emitter] = types.match(/interface Emitter \{[^}]*\}/);
const declared = ["startScope", "endScope", "openNode", "closeNode"].filter((name) => emitter.includes(`${name}(`));
const byTypes = show(withMethods("startScope", "endScope"));
const byBoth = show(withMethods("startScope", "endScope", "openNode", "closeNode"));
console.log(`highlight.js ${hljs.versionString}`);
console.log(`declared: ${declared.join(", ")}`);
console.log(`an emitter with startScope and endScope: ${byTypes}`);
console.log(`an emitter with openNode and closeNode too: ${byBoth}`);
const asSeen = declared.join() === "startScope,endScope" && byTypes.startsWith("const a = 1;") && byBoth.startsWith("[keyword:const]");
process.exit(asSeen ? 0 : 1);
JS
node emitter.js
