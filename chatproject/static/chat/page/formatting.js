/**
 * A message's text as elements: code, quotes, bold, links. Every one is made here, and every text is a text node.
 *
 * What tells the marks apart is loaded when a text has some (formatting/): until then, and should it fail, the text is
 * shown as it was written.
 */

import { blocksOf } from "./blocks.js";
import { icon, hiddenText, linked, linkTo, make } from "./dom.js";
import { t } from "./texts.js";

const MARKED = /`|\*\*|\]\(|<http/i;
const LOADS = {
  inline: () => import("./formatting/inline.js"),
  highlighting: () => import("./formatting/highlighting.js"),
};

const loaded = {};
const asked = new Set();
let learned = 0;
const hearers = [];

/** Grows when more can be shown formatted than before; what was drawn is then drawn anew. */
export const formattingLearned = () => learned;

/** `heard()` at each time. */
export function onFormattingLearned(heard) {
  hearers.push(heard);
}

/** The text as nodes. */
export function formatted(text) {
  try {
    return blocksOf(text).map(drawBlock).flat();
  } catch (error) {
    console.warn("shown as it was written:", error); // a text that nobody can read is worse
    return linked(text);
  }
}

function drawBlock({ kind, text, blocks, language, code }) {
  if (kind === "code") return drawCode(code, language);
  if (kind === "quote") return make("blockquote", {}, ...blocks.map(drawBlock).flat());
  if (!MARKED.test(text)) return linked(text);
  if (loaded.inline === undefined) {
    learn("inline");
    return linked(text);
  }
  return loaded.inline.nodesOf(text).map(drawNode).flat();
}

function drawNode(node) {
  if (typeof node === "string") return linked(node);
  if (node.kind === "code") return make("code", { translate: false, textContent: node.code });
  if (node.kind === "bold") return make("strong", {}, ...node.nodes.map(drawNode).flat());
  return drawLink(node);
}

/** A link under words of somebody's own; words that look like an address do not hide where it leads. */
function drawLink({ address, nodes }) {
  const link = linkTo(address, ...nodes.map((node) => (typeof node === "string" ? node : drawNode(node))).flat());
  const words = link.textContent;
  const { host } = new URL(address);
  if (words === address || !/[./:]/.test(words)) return link;
  return [link, ` (${host})`];
}

function drawCode(code, language) {
  const name = language.slice(0, 20) || t("Code");
  const button = make(
    "button",
    { type: "button", className: "icon-button", tabIndex: -1, title: t("Copy the code"), "data-act": "copyCode" },
    icon("copy"),
    hiddenText(t("Copy the code")),
  );
  return make(
    "div",
    { className: "code", dir: "ltr" },
    make("div", { className: "code-head" }, make("span", { textContent: name }), button),
    make(
      "pre",
      { tabIndex: 0, role: "group", "aria-label": t("Code: %(language)s", { language: name }) },
      make("code", { translate: false }, ...highlighted(code, language)),
    ),
  );
}

function highlighted(code, language) {
  if (language === "") return [code];
  const pieces = loaded.highlighting?.piecesOf(code, language) ?? null;
  if (pieces !== null) return pieces.map(drawPiece);
  learn("highlighting", language);
  return [code];
}

function drawPiece({ scope, text }) {
  return scope === "" ? text : make("span", { className: `hl-${scope.split(".")[0]}`, textContent: text });
}

/** Load it, and learn the language with it, once; what failed is tried again when something is drawn. */
async function learn(name, language = "") {
  const key = `${name} ${language}`;
  if (asked.has(key)) return;
  asked.add(key);
  try {
    loaded[name] = await LOADS[name]();
    if (language !== "" && !(await loaded[name].learn(language))) return;
    learned += 1;
    for (const hear of hearers) hear();
  } catch {
    asked.delete(key);
  }
}
