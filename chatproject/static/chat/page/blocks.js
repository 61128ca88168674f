/**
 * Which lines of a text are code, which are quoted, which are neither. No DOM.
 *
 * Chat is no Markdown document: every line break stays one, a quote ends with its lines, `>_<` is a face, and a fence may
 * stand behind words and close behind code, as people write it. Lists, headings and the rest stay as they were written.
 * Every line is looked at a fixed number of times for each of the few levels of quotes.
 */

const FENCE = /^([^`]*)(`{3,})([^`]*)$/; // what stands before it, the fence, the language
const QUOTED = /^> |^>$/;
const QUOTES_MAX = 3; // in each other
const BLOCKS_MAX = 40; // what follows is text: a message of fences alone would be thousands of elements

/**
 * The text as `{kind: "text", text}`, `{kind: "code", language, code, isOpen}` and `{kind: "quote", blocks}`, in its order.
 * Empty lines beside code and quotes are left out; a text without either is one block, as it is.
 */
export function blocksOf(text, depth = 0) {
  const reader = { lines: text.split("\n"), at: 0, unclosed: Infinity, depth };
  const blocks = [];
  let said = [];
  const flush = () => {
    const words = withoutEmptyEnds(said);
    if (words.length > 0) blocks.push({ kind: "text", text: words.join("\n") });
    said = [];
  };
  while (reader.at < reader.lines.length) {
    const found = blocks.length < BLOCKS_MAX ? quoteAt(reader) ?? codeAt(reader) : null;
    const { before = "", block } = found ?? {};
    if (block === undefined) {
      said.push(reader.lines[reader.at]);
      reader.at += 1;
      continue;
    }
    if (before.trim() !== "") said.push(before.trimEnd());
    flush();
    blocks.push(block);
  }
  if (blocks.length === 0) return [{ kind: "text", text }];
  flush();
  return blocks;
}

/** Whether what is written behind this text goes on with its code. */
export function endsInCode(text) {
  return blocksOf(text).at(-1).isOpen === true;
}

/** The code that begins in this line, read to its end. One that nobody closes goes on to the end of the text. */
function codeAt(reader) {
  const { lines, at } = reader;
  const [, before, fence, info] = FENCE.exec(lines[at]) ?? [];
  if (fence === undefined) return null;
  const isAlone = before.trim() === "";
  if (!isAlone && info.trim().includes(" ")) return null; // words on both sides
  const end = closeOf(reader, fence.length);
  if (end < 0 && !isAlone) return null;
  const inside = lines.slice(at + 1, end < 0 ? lines.length : end);
  const last = end < 0 ? "" : withoutFence(lines[end]);
  if (last.trim() !== "") inside.push(last);
  reader.at = end < 0 ? lines.length : end + 1;
  const indent = isAlone ? before : "";
  const code = inside.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join("\n");
  return { before, block: { kind: "code", language: info.trim().split(/\s/)[0], code, isOpen: end < 0 } };
}

/** The line that closes a fence of so many backticks, -1 where none does. */
function closeOf(reader, length) {
  if (length >= reader.unclosed) return -1; // looked for before
  for (let at = reader.at + 1; at < reader.lines.length; at += 1) {
    if (reader.lines[at].trimEnd().endsWith("`".repeat(length))) return at;
  }
  reader.unclosed = length;
  return -1;
}

function withoutFence(line) {
  let end = line.trimEnd().length;
  while (line[end - 1] === "`") end -= 1;
  return line.slice(0, end);
}

function quoteAt(reader) {
  const { lines, at, depth } = reader;
  if (!lines[at].startsWith("> ") || depth === QUOTES_MAX) return null;
  let end = at;
  while (end < lines.length && QUOTED.test(lines[end])) end += 1;
  reader.at = end;
  const inside = lines.slice(at, end).map((line) => line.slice(2)).join("\n");
  return { block: { kind: "quote", blocks: blocksOf(inside, depth + 1) } };
}

function withoutEmptyEnds(lines) {
  let [start, end] = [0, lines.length];
  while (start < end && lines[start].trim() === "") start += 1;
  while (end > start && lines[end - 1].trim() === "") end -= 1;
  return lines.slice(start, end);
}
