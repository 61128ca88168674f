/** Which words of a program are what, as highlight.js tells it. No DOM; its HTML is never made. */

import highlight from "../vendor/highlight/core.js";

const LINE_MAX = 400; // some grammars take a time that grows with the square of a line
const CODE_MAX = 10_000;

// what a language is called beside its name, and where its grammar is: written out, for what makes one file of many
const LANGUAGES = {
  bash: { names: "sh zsh shell console", grammar: () => import("../vendor/highlight/bash.js") },
  c: { names: "h", grammar: () => import("../vendor/highlight/c.js") },
  cpp: { names: "c++ cc cxx hpp h++", grammar: () => import("../vendor/highlight/cpp.js") },
  csharp: { names: "cs c#", grammar: () => import("../vendor/highlight/csharp.js") },
  diff: { names: "patch", grammar: () => import("../vendor/highlight/diff.js") },
  dockerfile: { names: "docker", grammar: () => import("../vendor/highlight/dockerfile.js") },
  go: { names: "golang", grammar: () => import("../vendor/highlight/go.js") },
  ini: { names: "toml env properties", grammar: () => import("../vendor/highlight/ini.js") },
  java: { names: "", grammar: () => import("../vendor/highlight/java.js") },
  javascript: { names: "js jsx mjs cjs node", grammar: () => import("../vendor/highlight/javascript.js") },
  json: { names: "jsonc json5", grammar: () => import("../vendor/highlight/json.js") },
  kotlin: { names: "kt kts", grammar: () => import("../vendor/highlight/kotlin.js") },
  python: { names: "py python3 django", grammar: () => import("../vendor/highlight/python.js") },
  ruby: { names: "rb", grammar: () => import("../vendor/highlight/ruby.js") },
  rust: { names: "rs", grammar: () => import("../vendor/highlight/rust.js") },
  sql: { names: "mysql mariadb postgres postgresql sqlite", grammar: () => import("../vendor/highlight/sql.js") },
  typescript: { names: "ts tsx", grammar: () => import("../vendor/highlight/typescript.js") },
  xml: { names: "html svg vue xhtml", grammar: () => import("../vendor/highlight/xml.js") },
  yaml: { names: "yml", grammar: () => import("../vendor/highlight/yaml.js") },
  css: { names: "", grammar: () => import("../vendor/highlight/css.js") },
  dart: { names: "", grammar: () => import("../vendor/highlight/dart.js") },
  php: { names: "", grammar: () => import("../vendor/highlight/php.js") },
  swift: { names: "", grammar: () => import("../vendor/highlight/swift.js") },
};
const GRAMMARS = new Map(
  Object.entries(LANGUAGES).flatMap(([grammar, { names }]) => [grammar, ...names.split(" ")].map((name) => [name, grammar])),
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
  highlight.registerLanguage(grammar, (await LANGUAGES[grammar].grammar()).default);
}

/** The code as `{scope, text}`; null where it stays plain: its language is not learned, or it is too long. */
export function piecesOf(code, language) {
  const grammar = grammarOf(language);
  if (grammar === undefined || highlight.getLanguage(grammar) === undefined) return null;
  if (code.length > CODE_MAX || code.split("\n").some((line) => line.length > LINE_MAX)) return null;
  const { _emitter, errorRaised } = highlight.highlight(code, { language: grammar, ignoreIllegals: true });
  return errorRaised === undefined ? _emitter.pieces : null;
}

export const grammars = Object.keys(LANGUAGES);
