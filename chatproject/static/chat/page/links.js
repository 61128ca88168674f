/**
 * Where the web addresses in a text begin and end. No DOM.
 *
 * The rules are those of linkifiers such as linkify-it: an address ends before white space, quotes and the punctuation
 * that closes a sentence, and takes a closing bracket only with its opening one. Two are for Korean: a particle behind
 * an address belongs to the sentence, and so does full-width punctuation. Work is in proportion to the text: every
 * character is looked at a fixed number of times.
 */

// one run of what may stand in an address: no space, control or format character, quote or CJK punctuation
const ADDRESS = /https?:\/\/[^\s\p{C}<>"`{}|\\^“”‘’«»…·\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+/giu;
const CLOSING = { ")": "(", "]": "[" };
const ENDS_A_SENTENCE = new Set(".,:;!?'*~");
const HANGUL = /^[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]$/u;
const WORD_END = /^[\p{L}\p{N})\]]$/u;
const HANGUL_DOMAINS = ["한국", "닷컴", "닷넷", "삼성"]; // the top-level ones
// what follows an address without a space in Korean; in a path only behind a character that is not Hangul
const PARTICLES = new Set(
  [
    "은 는 이 가 을 를 의 에 에서 에는 에도 에서는 에서도 에게 로 으로 로는 으로는 로도 와 과 도 만 까지 부터 보다 처럼",
    "랑 이랑 나 이나 라고 이라고 라는 이라는 란 이란 라서 이라서 고 이고 며 이며 인데 인데요 네요 이네요 예요 이에요 에요",
    "입니다 이다 임 요 죠 이죠 및 등",
  ].flatMap((line) => line.split(" ")),
);

/** The addresses as `{ start, end }` in `text`, in their order; `text.slice(start, end)` is one. */
export function addressesIn(text) {
  const found = [];
  for (const { 0: run, index } of text.matchAll(ADDRESS)) {
    const address = withoutParticle(withoutEnd(run));
    if (isAddress(address)) found.push({ start: index, end: index + address.length });
  }
  return found;
}

/** Up to the first closing bracket without an opening one, and without the punctuation that is then the last. */
function withoutEnd(run) {
  const open = { "(": 0, "[": 0 };
  let end = run.length;
  for (let at = 0; at < run.length; at += 1) {
    if (run[at] in open) open[run[at]] += 1;
    else if (run[at] in CLOSING && (open[CLOSING[run[at]]] -= 1) < 0) {
      end = at;
      break;
    }
  }
  while (end > 0 && (ENDS_A_SENTENCE.has(run[end - 1]) || run[end - 1] in open)) end -= 1;
  return run.slice(0, end);
}

function withoutParticle(address) {
  const host = address.indexOf("//") + 2;
  const path = address.slice(host).search(/[/?#]/);
  if (path < 0) return withoutHangulBehindDomain(address, host);
  let start = address.length;
  while (HANGUL.test(address[start - 1])) start -= 1;
  const isBehindAWord = WORD_END.test(address[start - 1]) || start === host + path + 1; // or behind the only slash
  return isBehindAWord && PARTICLES.has(address.slice(start)) ? address.slice(0, start) : address;
}

/** No domain ends in letters of two scripts: `example.com에서` is `example.com`. */
function withoutHangulBehindDomain(address, hostStart) {
  const lastLabel = Math.max(address.lastIndexOf("."), hostStart - 1) + 1;
  const domain = HANGUL_DOMAINS.find((name) => address.startsWith(name, lastLabel));
  if (domain !== undefined) return address.slice(0, lastLabel + domain.length);
  let end = lastLabel;
  while (end < address.length && !HANGUL.test(address[end])) end += 1;
  return end > lastLabel ? address.slice(0, end) : address;
}

function isAddress(address) {
  try {
    const { hostname, username, password } = new URL(address);
    return hostname !== "" && username === "" && password === ""; // a name before the host pretends to be one
  } catch {
    return false;
  }
}
