/** What is bold, code or a link in a line, as markdown-it tells it. No DOM, and no markup is ever made. */

import { isAddress } from "../links.js";
import MarkdownIt from "../vendor/markdown-it.js";

const markdown = new MarkdownIt("zero").enable(["backticks", "emphasis", "link", "autolink"]);
markdown.validateLink = isAddress;
markdown.normalizeLink = (address) => address; // the browser does that
markdown.normalizeLinkText = (address) => address;

/**
 * Stars that stand at a word are a mark. CommonMark wants white space or punctuation beyond a closing one that follows
 * punctuation, so that in Korean, with a particle there, `**"이것"**은` would not be bold.
 */
markdown.inline.State = class extends markdown.inline.State {
  scanDelims(start, canSplitWord) {
    const found = super.scanDelims(start, canSplitWord);
    if (this.src[start] !== "*" || found.length < 2) return found;
    const [before, after] = [this.src[start - 1] ?? " ", this.src[start + found.length] ?? " "];
    return { ...found, can_open: after.trim() !== "", can_close: before.trim() !== "" };
  }
};

/** The text as strings, `{kind: "bold", nodes}`, `{kind: "code", code}` and `{kind: "link", address, nodes}`. */
export function nodesOf(text) {
  const nodes = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (at > 0) add(nodes, "\n");
    for (const node of treeOf(markdown.parseInline(line, {})[0].children)) add(nodes, node);
  }
  return nodes;
}

function treeOf(tokens) {
  const stack = [[]];
  for (const token of tokens) {
    const opened = openedBy(token);
    if (opened !== null) {
      add(stack.at(-1), opened);
      stack.push(opened.nodes);
    } else if (isMark(token) && token.nesting < 0) stack.pop();
    else if (token.type === "code_inline") add(stack.at(-1), { kind: "code", code: token.content });
    else add(stack.at(-1), token.content || (token.nesting === 0 ? "" : token.markup));
  }
  return stack[0];
}

function openedBy(token) {
  if (!isMark(token) || token.nesting <= 0) return null;
  if (token.type === "link_open") return { kind: "link", address: token.attrGet("href"), nodes: [] };
  return { kind: "bold", nodes: [] };
}

/** Single stars and underlines are left as they are: `__init__` is a name. */
function isMark({ type, markup }) {
  return type.startsWith("link_") || (type.startsWith("strong_") && markup === "**");
}

/** Texts beside each other are one, so that an address in them is found whole. */
function add(nodes, node) {
  if (typeof node === "string" && typeof nodes.at(-1) === "string") nodes[nodes.length - 1] += node;
  else if (node !== "") nodes.push(node);
}
