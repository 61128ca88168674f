/** What a message says without its marks, for where there is no room for them: lists, quotes, notifications. No DOM. */

import { blocksOf } from "./blocks.js";

const LINK = /\[([^\][]+)\]\(https?:[^\s()]*\)/gi;
const MARKS = /`+|\*\*/g;

/** The whole text, code and all. */
export function plainText(text) {
  return blocksOf(text).map(plainBlock).join("\n");
}

/** Its first line that says something. */
export function firstLine(text) {
  return plainText(text).split("\n").find((line) => line.trim() !== "")?.trim() ?? "";
}

function plainBlock({ kind, text, code, blocks }) {
  if (kind === "code") return code;
  if (kind === "quote") return blocks.map(plainBlock).join("\n");
  return text.replace(LINK, "$1").replace(MARKS, "");
}
