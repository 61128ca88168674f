/** Hangul as the keys that write it, so that a name is found while an input method still composes a syllable. No DOM. */

const INITIALS = "ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ".split(" ");
const VOWELS = "ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ".split(" ");
const FINALS = " ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ".split(" ");
const [FIRST, LAST] = [0xac00, 0xd7a3]; // the syllables, in the order of these three
const PARTS = new Map("ㅘㅗㅏ ㅙㅗㅐ ㅚㅗㅣ ㅝㅜㅓ ㅞㅜㅔ ㅟㅜㅣ ㅢㅡㅣ ㄳㄱㅅ ㄵㄴㅈ ㄶㄴㅎ ㄺㄹㄱ ㄻㄹㅁ ㄼㄹㅂ ㄽㄹㅅ ㄾㄹㅌ ㄿㄹㅍ ㅀㄹㅎ ㅄㅂㅅ".split(" ").map(([whole, ...parts]) => [whole, parts.join("")]));
const ONLY_CONSONANTS = /^[ㄱ-ㅎ]+$/;

/** Each syllable as the letters that are typed for it: 지은 is ㅈㅣㅇㅡㄴ, and so begins with 징, which is ㅈㅣㅇ. */
export function lettersOf(text) {
  return [...text.normalize("NFC").toLocaleLowerCase()].map((one) => syllable(one)?.join("") ?? PARTS.get(one) ?? one).join("");
}

/** Whether `name` begins with what was typed, or its syllables do with these consonants (ㅈㅇ: 지은). */
export function beginsWith(name, typed) {
  if (lettersOf(name).startsWith(lettersOf(typed))) return true;
  return ONLY_CONSONANTS.test(typed) && initialsOf(name).startsWith(typed);
}

/** Whether some part of `name` is what was typed, or some of its syllables in a row begin with these consonants. */
export function holds(name, typed) {
  const wanted = typed.trim();
  if (lettersOf(name).includes(lettersOf(wanted))) return true;
  return ONLY_CONSONANTS.test(wanted) && initialsOf(name).includes(wanted);
}

const initialsOf = (text) => [...text.normalize("NFC")].map((one) => syllable(one)?.[0] ?? one).join("");

function syllable(one) {
  const code = one.codePointAt(0);
  if (code < FIRST || code > LAST) return undefined;
  const place = code - FIRST;
  return [INITIALS[Math.floor(place / 588)], VOWELS[Math.floor(place / 28) % 21], FINALS[place % 28]];
}
