/** Where the words of a search stand in a text, as the server compares them, and a part of the text to show. No DOM. */

const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const CLUSTERS = { ㄳ: "ㄱㅅ", ㄵ: "ㄴㅈ", ㄶ: "ㄴㅎ", ㄺ: "ㄹㄱ", ㄻ: "ㄹㅁ", ㄼ: "ㄹㅂ", ㄽ: "ㄹㅅ", ㄾ: "ㄹㅌ", ㄿ: "ㄹㅍ", ㅀ: "ㄹㅎ", ㅄ: "ㅂㅅ" };
const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const SYLLABLES_PER_INITIAL = 588;
const BEFORE = 30; // characters shown before the first word
const SHOWN = 160;

const lettersOf = (text) => [...text.normalize("NFC").toLowerCase()];

function wordsOf(query) {
  const words = query.split(/\s+/).filter((word) => word !== "");
  return words.map((word) => lettersOf(word).flatMap((letter) => [...(CLUSTERS[letter] ?? letter)]));
}

function initialOf(letter) {
  const code = letter.codePointAt(0);
  if (code < FIRST_SYLLABLE || code > LAST_SYLLABLE) return letter;
  return INITIALS[Math.floor((code - FIRST_SYLLABLE) / SYLLABLES_PER_INITIAL)];
}

const isOne = (letter, wanted) => letter === wanted || (INITIALS.includes(wanted) && initialOf(letter) === wanted);

/**
 * A line of the text, one space between its words, from shortly before the first word that was found: pieces
 * `{ text, isMarked }`.
 */
export function piecesOf(text, query) {
  const shown = [...text.normalize("NFC").trim().replace(/\s+/g, " ")];
  const marked = marksIn(shown, wordsOf(query));
  const first = marked.indexOf(true);
  const start = first > BEFORE ? first - BEFORE : 0;
  const pieces = start > 0 ? [{ text: "…", isMarked: false }] : [];
  for (const [at, letter] of shown.slice(start, start + SHOWN).entries()) {
    const isMarked = marked[start + at];
    if (pieces.at(-1)?.isMarked === isMarked) pieces.at(-1).text += letter;
    else pieces.push({ text: letter, isMarked });
  }
  if (shown.length > start + SHOWN) pieces.push({ text: "…", isMarked: false });
  return pieces;
}

/** For each letter whether it belongs to a word. */
function marksIn(shown, words) {
  // one letter for one: what becomes two in lower case is compared as it is
  const letters = shown.map((letter) => ([...letter.toLowerCase()].length === 1 ? letter.toLowerCase() : letter));
  const marked = letters.map(() => false);
  for (const word of words) {
    for (let at = 0; at + word.length <= letters.length; at += 1) {
      if (word.every((wanted, place) => isOne(letters[at + place], wanted))) marked.fill(true, at, at + word.length);
    }
  }
  return marked;
}
