/** Which messages are so long that only their beginning is shown at first. Pure. */

import { blocksOf } from "./blocks.js";

const LINES_MAX = 13; // two more than are shown folded, or there would be little to unfold
const LINE_UNITS = 76; // of a line in the widest bubble; 한글 takes two of them
const WIDE = /[\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60]/;
const HEAD_LINES = 2; // what stands above code, and around it

/** Over about 500 syllables, or 13 lines of text or code. */
export function isLong(text) {
  if (text.length <= LINE_UNITS && !text.includes("\n")) return false;
  return linesOf(blocksOf(text)) > LINES_MAX;
}

function linesOf(blocks) {
  let lines = 0;
  for (const { kind, text, code, blocks: quoted } of blocks) {
    if (kind === "code") lines += code.split("\n").length + HEAD_LINES;
    else if (kind === "quote") lines += linesOf(quoted);
    else for (const line of text.split("\n")) lines += Math.max(1, Math.ceil(unitsOf(line) / LINE_UNITS));
    if (lines > LINES_MAX) break;
  }
  return lines;
}

function unitsOf(line) {
  let units = 0;
  for (const sign of line) units += WIDE.test(sign) ? 2 : 1;
  return units;
}
