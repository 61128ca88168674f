/** Which words of a program are what, as highlight.js tells it. No DOM; its HTML is never made. */

import highlight from "../vendor/highlight/core.js";

const LINE_MAX = 400; // some grammars take a time that grows with the square of a line
const CODE_MAX = 10_000;

const ALSO_CALLED = {
  bash: "sh zsh shell console",
  c: "h",
  cpp: "c++ cc cxx hpp h++",
  csharp: "cs c#",
  diff: "patch",
  dockerfile: "docker",
  go: "golang",
  ini: "toml env properties",
  java: "",
  javascript: "js jsx mjs cjs node",
  json: "jsonc json5",
  kotlin: "kt kts",
  python: "py python3 django",
  ruby: "rb",
  rust: "rs",
  sql: "mysql mariadb postgres postgresql sqlite",
  typescript: "ts tsx",
  xml: "html svg vue xhtml",
  yaml: "yml",
  css: "",
  dart: "",
  php: "",
  swift: "",
};
const GRAMMARS = new Map(
  Object.entries(ALSO_CALLED).flatMap(([grammar, names]) => [grammar, ...names.split(" ")].map((name) => [name, grammar])),
);
const INSIDE = { xml: ["css", "javascript"], dockerfile: ["bash"], javascript: ["xml"], typescript: ["xml"] };

/** What highlight.js tells of a text while it reads it: its pieces with the scope they are in. */
class Pieces {
  #scopes = [];
  pieces = [];

  addText(text) {
    this.#add({ scope: this.#scopes.at(-1) ?? "", text });
  }

  startScope(scope) {
    this.#scopes.push(scope);
  }

  endScope() {
    this.#scopes.pop();
  }

  openNode(scope) { // the older name, which is used too
    this.startScope(scope);
  }

  closeNode() {
    this.endScope();
  }

  __addSublanguage({ pieces }) {
    for (const piece of pieces) this.#add(piece);
  }

  finalize() {}

  toHTML() {
    return "";
  }

  #add({ scope, text }) {
    const last = this.pieces.at(-1);
    if (last?.scope === scope) last.text += text;
    else this.pieces.push({ scope, text });
  }
}

highlight.configure({ __emitter: Pieces });

/** Learn the language and what may stand inside it; true when it is known now, false for one that nobody knows. */
export async function learn(language) {
  const grammar = grammarOf(language);
  if (grammar === undefined) return false;
  await Promise.all([...(INSIDE[grammar] ?? []), grammar].map(register));
  return true;
}

const grammarOf = (language) => GRAMMARS.get(language.toLowerCase());

async function register(grammar) {
  if (highlight.getLanguage(grammar) !== undefined) return;
  highlight.registerLanguage(grammar, (await import(`../vendor/highlight/${grammar}.js`)).default);
}

/** The code as `{scope, text}`; null where it stays plain: its language is not learned, or it is too long. */
export function piecesOf(code, language) {
  const grammar = grammarOf(language);
  if (grammar === undefined || highlight.getLanguage(grammar) === undefined) return null;
  if (code.length > CODE_MAX || code.split("\n").some((line) => line.length > LINE_MAX)) return null;
  const { _emitter, errorRaised } = highlight.highlight(code, { language: grammar, ignoreIllegals: true });
  return errorRaised === undefined ? _emitter.pieces : null;
}

export const grammars = Object.keys(ALSO_CALLED);
