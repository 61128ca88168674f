/**
 * Mentions in a text that is written or read: where one begins, which of those picked still stand in it. No DOM.
 *
 * Who is meant is known by an id, never by a name: names only say where in a text the mention stands.
 */

const QUERY_MAX = 20; // characters, as a nickname has
const MAIL = /[A-Za-z0-9._%+-]/; // before an @ it makes an address of it
const END = /[\s@]/;

export const EVERYONE = ["모두", "everyone"]; // as the picker writes it in each language

/** The mention being written before `caret`: `{ start, query }` without its @, or null. */
export function queryAt(text, caret) {
  for (let start = caret - 1; start >= 0 && caret - start <= QUERY_MAX + 1; start -= 1) {
    if (text[start] === "@") {
      if (start > 0 && MAIL.test(text[start - 1])) return null;
      return { start, query: text.slice(start + 1, caret) };
    }
    if (END.test(text[start])) return null;
  }
  return null;
}

/** `text` with the mention from `start` to `caret` written out, and where the caret is then. */
export function withMention(text, { start, caret, name }) {
  const after = text.slice(caret);
  const mention = `@${name}${/^\s/.test(after) ? "" : " "}`;
  return { text: text.slice(0, start) + mention + after, caret: start + mention.length + (mention.endsWith(" ") ? 0 : 1) };
}

/** Those of `picked`, [{ memberId (null: everyone), name }], whose mention still stands in `text`. */
export function stillIn(text, picked) {
  const standing = new Set(placesOf(text, picked).map(({ who }) => who));
  return picked.filter((who) => standing.has(who));
}

/**
 * Where in `text` these are mentioned, [{ start, end, who }] in their order. Of two names that begin alike the longer
 * one stands there: @지은이 is not 지은. Work: the text once for each name.
 */
export function placesOf(text, people) {
  const longestFirst = [...people].filter(({ name }) => name).sort((one, other) => other.name.length - one.name.length);
  const taken = new Map(); // by start
  for (const who of longestFirst) {
    const mention = `@${who.name}`;
    for (let at = text.indexOf(mention); at >= 0; at = text.indexOf(mention, at + mention.length)) {
      if (!taken.has(at)) taken.set(at, { start: at, end: at + mention.length, who });
    }
  }
  const inOrder = [...taken.values()].sort((one, other) => one.start - other.start);
  return inOrder.filter(({ start }, place) => place === 0 || start >= inOrder[place - 1].end);
}

/** Which of these keywords `text` holds, without regard to case and composition; null where none. */
export function keywordIn(text, keywords) {
  const folded = fold(text);
  return keywords.find((word) => folded.includes(fold(word))) ?? null;
}

const fold = (text) => text.normalize("NFC").toLocaleLowerCase();
