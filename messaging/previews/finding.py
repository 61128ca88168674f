"""The first web address of a text that is not code: where it begins and ends as the page has it. Pure.

The rules are those of static/chat/page/links.js and blocks.js; both are held to tests/chat_page/links.json.
"""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

ADDRESS_MAX_CHARACTERS = 2_000
# one run of what may stand in an address: no space, quote, arrow, emoji or CJK punctuation
_ADDRESS = re.compile(
    'https?://[^\\s<>"`{}|\\\\^«»…·\u2014\u2015\u2018-\u201f\u2025\u2039-\u203b\u2190-\u21ff\u231a\u231b'
    "\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2600-\u27bf\u2b1b\u2b1c\u2b50\u2b55\u3000-\u303f\ufe0f\uff00-\uff0f"
    "\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U0001f000-\U0001faff]+",
    re.IGNORECASE,
)
_CLOSING = {")": "(", "]": "["}
_ENDS_A_SENTENCE = ".,:;!?'*~"
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_JAMO = range(0x3130, 0x3190)  # as in ㅋㅋ and ㅠㅠ, which no address ends with
_DOMAIN_END = re.compile("[a-z0-9-]+(?::[0-9]*)?", re.IGNORECASE)  # the last part of a domain in ASCII, and a port
_HANGUL_DOMAINS = ("한국", "닷컴", "닷넷", "삼성")  # the top-level ones
_TICKS = re.compile("`+")

# what follows an address without a space in Korean; in a path only behind a character that is not Hangul
_ALONE = (
    "은 는 이 가 을 를 의 도 나 이나 랑 조차 마저 뿐 대로 라도 이라도 든지 이든지 요 등 및 임 고 며 죠 인 인데 "
    "인데요 인지 인가 인가요 일까요 네요 예요 이에요 에요 이다 이야 이지 이죠 이면 였어요 였습니다 입니다 "
    "입니다만 입니까 란 이란"
)
_BEFORE_ANOTHER = (
    "에 에게 에게서 에서 에다 에다가 께 께서 한테 한테서 로 으로 로부터 으로부터 로서 으로서 로써 으로써 와 과 "
    "까지 부터 보다 처럼 마다 밖에 하고 이랑 만 쪽"
)
_ANOTHER = ("", "는", "은", "도", "만", "의", "요", "나", "부터", "까지", "만은")
_BEHIND_TO_BE = (
    "고 고요 며 네 네요 라고 라고요 라는 라는데 라는데요 라던데 라던데요 라서 라서요 라며 라면 거든요 니까 니까요 "
    "지만 잖아요 더라고요 었어요 었습니다"
)
_PARTICLES = frozenset(
    [
        *_ALONE.split(),
        *(one + other for one in _BEFORE_ANOTHER.split() for other in _ANOTHER),
        *(one for one in _BEHIND_TO_BE.split() if len(one) > 1),
        *(f"이{one}" for one in _BEHIND_TO_BE.split()),
    ]
)
# those that are no name of a page: what stands behind a slash may be one
_NO_NAMES = (
    "을 를 는 에 에는 에도 에서 에서는 에서도 에서만 으로 으로는 라고 이라고 인데 인데요 예요 이에요 에요 입니다"
)
_BEHIND_A_SLASH = frozenset(_NO_NAMES.split())


def first_address(text: str) -> str | None:
    """None where there is none, or one that is too long to be looked at."""
    found = next((address for part in _parts_that_are_no_code(text) for address in addresses_in(part)), None)
    return found if found and len(found) <= ADDRESS_MAX_CHARACTERS else None


def addresses_in(text: str) -> Iterator[str]:
    """The web addresses in their order, in code or not."""
    for run in _ADDRESS.finditer(text):
        address = _without_particle(_without_end(_printable(run[0])))
        if _is_address(address):
            yield address


def _printable(run: str) -> str:
    """Up to the first control, format or private character."""
    return run if run.isprintable() else run[: next(at for at, one in enumerate(run) if not one.isprintable())]


def _without_end(run: str) -> str:
    """Up to the first bracket without its other one, and without the punctuation that is then the last."""
    open_ones: dict[str, list[int]] = {"(": [], "[": []}  # where they stand
    end = len(run)
    for at, character in enumerate(run):
        if character in open_ones:
            open_ones[character].append(at)
        elif (opening := _CLOSING.get(character)) is not None:
            if not open_ones[opening]:
                end = at
                break
            open_ones[opening].pop()
    end = min([end, *(places[0] for places in open_ones.values() if places)])
    return run[:end].rstrip(_ENDS_A_SENTENCE)


def _without_particle(address: str) -> str:
    host = address.find("//") + 2
    host_end = next((at for at in range(host, len(address)) if address[at] in "/?#"), None)
    domain_end = _end_of_domain(address[:host_end], host)
    if host_end is None or domain_end < host_end:
        return address[:domain_end]
    start, end = _tail_of(address)
    particle = unicodedata.normalize("NFC", address[start:end])
    before = address[start - 1]
    is_behind_a_slash = before == "/" and (start == host_end + 1 or particle in _BEHIND_A_SLASH)
    is_one = particle in _PARTICLES and (is_behind_a_slash or _ends_word(before))
    return address[: start if is_one else end]


def _tail_of(address: str) -> tuple[int, int]:
    """The Hangul at the end; jamo that stand behind a word are behind its end."""
    end = len(address)
    while ord(address[end - 1]) in _JAMO:
        end -= 1
    if not _ends_word(address[end - 1]) and address[end - 1] != "/":
        end = len(address)  # as in ?q=ㅋㅋ
    start = end
    while _HANGUL.match(address[start - 1]):
        start -= 1
    return start, end


def _end_of_domain(address: str, host_start: int) -> int:
    """No domain ends in letters of two scripts: `example.com에서` is `example.com`."""
    if address[host_start : host_start + 1] == "[" or "@" in address:
        return len(address)
    last_label = max(address.rfind("."), host_start - 1) + 1
    ascii_end = _DOMAIN_END.match(address, last_label)
    known = next((name for name in _HANGUL_DOMAINS if address.startswith(name, last_label)), None)
    if ascii_end is not None or known is not None:
        return ascii_end.end() if ascii_end else last_label + len(known or "")
    end = last_label
    while end < len(address) and not _HANGUL.match(address[end]):
        end += 1
    return end if end > last_label else len(address)


def _ends_word(character: str) -> bool:
    return character in ")]" or unicodedata.category(character)[0] in "LN"


def _is_address(address: str) -> bool:
    """Whether this is a web address, and none that pretends to be another's by a name before the host."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False


# --- what is code


def _parts_that_are_no_code(text: str) -> Iterator[str]:
    if "`" not in text:
        yield text
        return
    for part in _outside_fences(text.split("\n")):
        yield from _outside_ticks(part)


def _outside_fences(lines: list[str]) -> Iterator[str]:
    """What stands between fences. One that nobody closes goes on to the end, unless it stands behind words."""
    unclosed = 1 + max(map(len, lines))  # so many backticks and more close nothing below
    said: list[str] = []
    at = 0
    while at < len(lines):
        opened = _fence_in(lines[at])
        if opened is None:
            said.append(lines[at])
            at += 1
            continue
        before, ticks = opened
        closes = (n for n in range(at + 1, len(lines)) if lines[n].rstrip().endswith(ticks))
        end = next(closes, None) if len(ticks) < unclosed else None
        if end is None:
            unclosed = min(unclosed, len(ticks))
            if before.strip():
                said.append(lines[at])
                at += 1
                continue
        yield "\n".join([*said, before])
        said, at = [], len(lines) if end is None else end + 1
    yield "\n".join(said)


def _fence_in(line: str) -> tuple[str, str] | None:
    """What stands before a fence, and its backticks. Between words on both sides there is none."""
    ticks = _TICKS.findall(line)
    if len(ticks) != 1 or len(ticks[0]) < 3:
        return None
    before, _, language = line.partition(ticks[0])
    return None if before.strip() and " " in language.strip() else (before, ticks[0])


def _outside_ticks(text: str) -> Iterator[str]:
    """What stands between `code`, which ends at the next run of as many backticks as it began with."""
    runs = list(_TICKS.finditer(text))
    closes: dict[int, int] = {}  # which run closes which
    behind: dict[int, int] = {}  # by its length, the next run
    for number in range(len(runs) - 1, -1, -1):
        length = len(runs[number][0])
        if length in behind:
            closes[number] = behind[length]
        behind[length] = number
    start = number = 0
    while number < len(runs):
        if number not in closes:
            number += 1
            continue
        yield text[start : runs[number].start()]
        number = closes[number]
        start = runs[number].end()
        number += 1
    yield text[start:]
