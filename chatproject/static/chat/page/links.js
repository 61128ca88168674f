/**
 * Where the web addresses in a text begin and end. No DOM.
 *
 * The rules are those of linkifiers such as linkify-it: an address ends before white space, quotes and the punctuation
 * that closes a sentence, and takes a closing bracket only with its opening one. Two are for Korean: a particle behind
 * an address belongs to the sentence, and so does full-width punctuation. Work is in proportion to the text: every
 * character is looked at a fixed number of times.
 */

// one run of what may stand in an address: no space, control or format character, quote, arrow, emoji or CJK punctuation
const ADDRESS =
  /https?:\/\/[^\s\p{C}\p{Emoji_Presentation}<>"`{}|\\^«»…·\u2014\u2015\u2018-\u201f\u2025\u2039-\u203b\u2190-\u21ff\u2600-\u27bf\u3000-\u303f\ufe0f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+/giu;
const CLOSING = { ")": "(", "]": "[" };
const ENDS_A_SENTENCE = new Set(".,:;!?'*~");
const HANGUL = /^[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]$/u;
const JAMO = /^[\u3130-\u318f]$/u; // as in ㅋㅋ and ㅠㅠ, which no address ends with
const WORD_END = /^[\p{L}\p{N})\]]$/u;
const DOMAIN_END = /^[a-z0-9-]+(?::[0-9]*)?/i; // the last part of a domain in ASCII, and a port
const HANGUL_DOMAINS = ["한국", "닷컴", "닷넷", "삼성"]; // the top-level ones

// what follows an address without a space in Korean; in a path only behind a character that is not Hangul
const ALONE =
  "은 는 이 가 을 를 의 도 나 이나 랑 조차 마저 뿐 대로 라도 이라도 든지 이든지 요 등 및 임 고 며 죠 인 인데 인데요 인지 인가 인가요 일까요 " +
  "네요 예요 이에요 에요 이다 이야 이지 이죠 이면 였어요 였습니다 입니다 입니다만 입니까 란 이란";
const BEFORE_ANOTHER =
  "에 에게 에게서 에서 에다 에다가 께 께서 한테 한테서 로 으로 로부터 으로부터 로서 으로서 로써 으로써 와 과 까지 부터 보다 처럼 마다 밖에 하고 이랑 만 쪽";
const ANOTHER = ["", "는", "은", "도", "만", "의", "요", "나", "부터", "까지", "만은"];
const BEHIND_TO_BE =
  "고 고요 며 네 네요 라고 라고요 라는 라는데 라는데요 라던데 라던데요 라서 라서요 라며 라면 거든요 니까 니까요 지만 잖아요 더라고요 었어요 었습니다";
const PARTICLES = new Set([
  ...ALONE.split(" "),
  ...BEFORE_ANOTHER.split(" ").flatMap((one) => ANOTHER.map((other) => one + other)),
  ...BEHIND_TO_BE.split(" ").flatMap((one) => (one.length > 1 ? [one, `이${one}`] : [`이${one}`])),
]);
// those that are no name of a page: what stands behind a slash may be one
const BEHIND_A_SLASH = new Set("을 를 는 에 에는 에도 에서 에서는 에서도 에서만 으로 으로는 라고 이라고 인데 인데요 예요 이에요 에요 입니다".split(" "));

/** The addresses as `{ start, end }` in `text`, in their order; `text.slice(start, end)` is one. */
export function addressesIn(text) {
  const found = [];
  for (const { 0: run, index } of text.matchAll(ADDRESS)) {
    const address = withoutParticle(withoutEnd(run));
    if (isAddress(address)) found.push({ start: index, end: index + address.length });
  }
  return found;
}

/** Up to the first bracket without its other one, and without the punctuation that is then the last. */
function withoutEnd(run) {
  const open = { "(": [], "[": [] }; // where they stand
  let end = run.length;
  for (let at = 0; at < run.length; at += 1) {
    if (run[at] in open) open[run[at]].push(at);
    else if (run[at] in CLOSING && open[CLOSING[run[at]]].pop() === undefined) {
      end = at;
      break;
    }
  }
  end = Math.min(end, ...Object.values(open).flatMap((places) => places.slice(0, 1)));
  while (end > 0 && ENDS_A_SENTENCE.has(run[end - 1])) end -= 1;
  return run.slice(0, end);
}

function withoutParticle(address) {
  const host = address.indexOf("//") + 2;
  const path = address.slice(host).search(/[/?#]/);
  const hostEnd = path < 0 ? address.length : host + path;
  const domainEnd = endOfDomain(address.slice(0, hostEnd), host);
  if (path < 0 || domainEnd < hostEnd) return address.slice(0, domainEnd);
  const { end, start } = tailOf(address);
  const particle = address.slice(start, end).normalize("NFC");
  const isBehindASlash = address[start - 1] === "/" && (start === hostEnd + 1 || BEHIND_A_SLASH.has(particle));
  const isOne = PARTICLES.has(particle) && (isBehindASlash || WORD_END.test(address[start - 1]));
  return address.slice(0, isOne ? start : end);
}

/** The Hangul at the end, from `start` to `end`: behind it nobody looks at jamo that stand behind a word. */
function tailOf(address) {
  let end = address.length;
  while (JAMO.test(address[end - 1])) end -= 1;
  if (!WORD_END.test(address[end - 1]) && address[end - 1] !== "/") end = address.length; // as in ?q=ㅋㅋ
  let start = end;
  while (HANGUL.test(address[start - 1])) start -= 1;
  return { start, end };
}

/** No domain ends in letters of two scripts: `example.com에서` is `example.com`. */
function endOfDomain(address, hostStart) {
  if (address[hostStart] === "[" || address.includes("@")) return address.length;
  const lastLabel = Math.max(address.lastIndexOf("."), hostStart - 1) + 1;
  const domain = DOMAIN_END.exec(address.slice(lastLabel))?.[0] ?? HANGUL_DOMAINS.find((name) => address.startsWith(name, lastLabel));
  if (domain !== undefined) return lastLabel + domain.length;
  let end = lastLabel;
  while (end < address.length && !HANGUL.test(address[end])) end += 1;
  return end > lastLabel ? end : address.length;
}

/** Whether this is a web address, and none that pretends to be another's. */
export function isAddress(address) {
  try {
    const { protocol, hostname, username, password } = new URL(address);
    return /^https?:$/.test(protocol) && hostname !== "" && username === "" && password === ""; // a name before the host pretends to be one
  } catch {
    return false;
  }
}
