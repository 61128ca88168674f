"""Whatever a client sends, four times as much of it is four times the work: nobody stops a worker with one frame.

Work is counted, not timed. Regular expressions are counted step by step in `backtracking`, everything around them
by Python's instructions and calls.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest

from assistant.private.summaries import grounded_points
from assistant.prompting.prompts import Prompt
from assistant.prompting.transcripts import Scene, write_transcript
from assistant.prompting.wording import Wording
from assistant.room.triggers import mentions
from chatproject.errors import ChatError
from chatproject.http.api import bearer_token, parse_integer
from chatproject.http.bodies import JSONBodyParser
from chatproject.http.websocket_heads import read_websocket_head
from chatproject.logs import blot_out_tokens
from chatproject.nicknames import mend_nickname, same_names
from chatproject.text import composed, has_something_visible
from chatproject.tokens import TokenVerifier
from messaging.moderation.matching import Matcher
from messaging.moderation.normalising import Text
from messaging.moderation.patterns import Pattern
from messaging.sockets.handshake import Handshake
from messaging.sockets.whole_frames import read_whole_text
from messaging.wire.content import check_client_id, check_message
from messaging.wire.decoding import decode, decode_v1
from rooms.names import clean_room_name
from tests import patterns
from tests.assistant.conftest import said
from tests.backtracking import Search
from tests.patterns import Expression, find_all, find_attack, find_in
from tests.work import Work

SIZES = 400, 1_600
GROWTH_MOST = 4.6
SOME_STEPS = 2_000  # what a call does whatever it is given: raising, translating

# --- regular expressions ------------------------------------------------------------------------


@pytest.mark.parametrize("expression", find_all(), ids=str)
def test_nobody_keeps_a_regular_expression_at_work(expression: Expression) -> None:
    assert find_attack(expression) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r'"(?:[^"\\]|\\.)*"',  # what once looked for strings in a frame
        r"eyJ[\w-]+\.[\w-]+\.[\w-]*",  # … for tokens in a line of the log
        r"\s*[\n\r]\s*",  # … for breaks in a message
        r"(a+)+$",
        r"(?:a|aa)+$",
        r"a*a*b",
        r"^\s+|\s+$",
        r"<!--.*?-->",
        r"(?m)^\s*x",
        r"x[ab]*[ab]*y",
    ],
)
def test_an_expression_that_can_be_kept_at_work_is_found(pattern: str) -> None:
    assert find_attack(Expression("here", re.compile(pattern), is_anchored=False)) is not None


@pytest.mark.parametrize("expression", find_all(), ids=str)
def test_steps_are_counted_of_what_the_expression_really_does(expression: Expression) -> None:
    pattern = expression.pattern
    search = Search(pattern, steps_most=1_000_000)
    for front, repeated, behind in list(patterns.attacks(pattern))[::7]:
        text = front + repeated * 3 + behind + repeated
        subject = text if isinstance(pattern.pattern, str) else text.encode("latin-1", errors="replace")
        if len(subject) == len(text):
            assert search.spans(text) == [match.span() for match in pattern.finditer(subject)]


def test_expressions_that_cannot_be_counted_get_short_texts_only() -> None:
    assert patterns.users_of_regex() == {"chatproject/nicknames.py"}  # nicknames: a token has at most 4,096 bytes


def test_an_expression_is_found_wherever_it_is_written() -> None:
    source = 'A = re.compile("a+", re.I)\ndef f(x):\n    A.fullmatch(x)\n    return re.sub("b", "", x)\n'
    found = [(one.pattern.pattern, one.pattern.flags & re.I, one.is_anchored) for one in find_in(source, "here")]
    assert sorted(found) == [("a+", re.I, True), ("b", 0, False)]


# --- everything else ----------------------------------------------------------------------------

FRAME = '{"type":"chat","roomId":1,"message":"hi","more":%s}'
FRAMES: dict[str, Callable[[int], str]] = {
    "escaped quotes behind brackets, without an end": lambda n: "[" * 33 + '"' + '\\"' * n,
    "the same, as a value": lambda n: FRAME % ("[" * 31 + '"' + '\\"' * n),
    "backslashes behind brackets": lambda n: "[" * 33 + '"' + "\\" * n,
    "quotes behind brackets": lambda n: "[" * 33 + '"' * n,
    "brackets that open": lambda n: "[{" * n,
    "brackets that close": lambda n: FRAME % ("[" + "[]," * n + "1]"),
    "brackets in a message": lambda n: '{"type":"chat","roomId":1,"message":"' + '[{\\"' * n + '"}',
    "keys again and again": lambda n: "{" + '"type":"ping",' * n + '"id":"1"}',
    "keys that are escaped": lambda n: "{" + '"\\u0069":"x",' * n + '"type":"ping"}',
    "unknown keys": lambda n: '{"type":"ping"' + "".join(f',"k{number}":1' for number in range(n)) + "}",
    "digits": lambda n: FRAME % ("9" * n),
    "decimals": lambda n: '{"type":"chat","roomId":1.' + "0" * n + ',"message":"hi"}',
    "a room's number of many digits": lambda n: '{"type":"chat","roomId":"' + "1" * n + '","message":"hi"}',
    "a long type": lambda n: '{"type":"' + "a" * n + '"}',
    "blanks": lambda n: " " * n,
    "a blank message": lambda n: '{"type":"chat","roomId":1,"message":"' + "\\u3164" * n + '"}',
    "a long id of a message": lambda n: '{"type":"ping","id":"' + "a" * n + '"}',
}
TEXTS: dict[str, Callable[[int], str]] = {
    "marks in the wrong order": lambda n: "@a" + "\u0301" * n + "\u0316" * n,
    "spaces": lambda n: "a" + " " * n + "b",
    "breaks": lambda n: "a" + "\n" * n + "b",
    "blanks": lambda n: "\u3164" * n,
    "mentions": lambda n: "@도우미" * n,
    "laughter": lambda n: "@도우미" + "ㅋ" * n + "가",
    "a long domain": lambda n: "@도우미." + "a" * n,
    "backquotes": lambda n: "@`" * n,
    "addresses": lambda n: "@https://" * n,
    "tokens": lambda n: "eyJ" * n,
    "dots": lambda n: "eyJ." * n,
    "digits": lambda n: "1" * n,
    "numbers": lambda n: "1, " * n,
    "bullets": lambda n: "- " * n,
    "points": lambda n: "1 | a\n" * n,
    "images": lambda n: "![" * n,
    "bad words": lambda n: "시1발" * n,
    "one that is stretched": lambda n: "시" + "이" * n + "발",
    "letters of Hangul": lambda n: "ㅅㅅㅂ" * n,
    "letters of Latin": lambda n: "fuuck1" * (n // 4),  # of work it is the most
}


def read_body(text: str) -> Any:
    return JSONBodyParser().parse(BytesIO(text.encode()))


def shake_hands(text: str) -> object:
    latin = text.encode(errors="replace")
    words = text.replace("\n", " ").split(" ")
    scope = {
        "query_string": latin,
        "headers": [
            (b"access", latin),
            (b"accept-language", latin),
            *((b"authorization", b"Bearer") for _ in words),
        ],
        "subprotocols": words,
    }
    handshake = Handshake.of(scope)
    with suppress(ChatError):
        handshake.subprotocol(is_v1=True)
    return handshake.language(), handshake.parameter("roomId"), handshake.token()


def open_socket(text: str) -> object:
    """A head with the text in it, and a frame that is the text."""
    head = f"GET /{text}?{text} HTTP/1.1\r\nHost: {text}\r\nSec-WebSocket-Protocol: {text}\r\n{text}\r\n\r\n"
    frame = b"\x81\xfe" + len(text).to_bytes(2, "big") + b"mask" + text.encode(errors="replace")
    return read_websocket_head(head.encode(errors="replace")), read_whole_text(frame, 0, max_bytes=65_536)


def word(text: str) -> None:
    wording = Wording("[Alice]:")
    for piece in text:
        wording.add(piece)
    wording.finish()


def transcribe(text: str) -> object:
    scene = Scene(room_name=text, assistant_name="도우미", persona=text)
    return write_transcript([said(1, "Alice", text), said(2, text, "hi")], scene=scene, max_tokens=6_000)


WORDS = ("시발", "ㅅㅂ", "f*u*ck", "아이*가가*", "aab", "도우미", "12121")
FILTER = Matcher({word: Pattern(word) for word in WORDS}, [Pattern("시발점", is_allowed=True)])


READERS: list[Callable[[str], object]] = [
    has_something_visible,
    composed,
    check_message,
    check_client_id,
    clean_room_name,
    mend_nickname,
    same_names,
    bearer_token,
    shake_hands,
    open_socket,
    word,
    transcribe,
    read_body,
    lambda text: FILTER.find(Text(text)),
    lambda text: parse_integer(text, name="page"),
    lambda text: mentions(text, "도우미"),
    lambda text: blot_out_tokens(None, "", text),
    lambda text: grounded_points(text, Prompt("", "", "", seqs=(1, 2))),
    lambda text: TokenVerifier(secret="s" * 32).verify(text),
]
# functions of C modules that read clients' texts, each in linear time; methods of built-in types all do that, and
# what expressions do is counted above
LINEAR_IN_C = {
    "_sre.compile",  # of the assistant's name
    "_thread.get_ident",
    "binascii.a2b_base64",
    "binascii.b2a_base64",
    "msgspec._core.convert",
    "msgspec._core.json_decode",
    "sys.setprofile",
    "sys.settrace",
    "unicodedata.category",
    "unicodedata.combining",
    "_bisect.bisect_right",
    "websocket.speedups.apply_mask",
    "unicodedata.normalize",  # where few marks are on each letter: see the last test
}


def assert_linear(read: Callable[[str], object], make: Callable[[int], str]) -> None:
    steps = [Work().of(read, make(size)).steps for size in SIZES]
    assert steps[1] <= GROWTH_MOST * steps[0] + SOME_STEPS, steps


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("read", [decode, decode_v1, read_body])
def test_a_frame_or_a_body_of_four_times_the_length_is_four_times_the_work(
    read: Callable[[str], object], make: Callable[[int], str]
) -> None:
    assert_linear(read, make)


@pytest.mark.parametrize("make", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("read", READERS)
def test_a_text_of_four_times_the_length_is_four_times_the_work(
    read: Callable[[str], object], make: Callable[[int], str]
) -> None:
    assert_linear(read, make)


# but the last, of tokens: they have 4,096 bytes at most, and what is loaded there are keys
@pytest.mark.parametrize("read", [*READERS[:-1], decode, decode_v1])
def test_what_is_done_in_c_is_known_to_be_linear_too(read: Callable[[str], object]) -> None:
    called: set[str] = set()
    for make in [*TEXTS.values(), *FRAMES.values()]:
        called |= Work().of(read, make(40)).c_functions
    of_modules = {name for name in called if not name.startswith((".", "builtins.", "time."))}
    assert of_modules <= LINEAR_IN_C


def test_marks_without_end_are_never_sorted() -> None:
    """Sorting marks is quadratic, inside unicodedata: so it is given few on each letter."""
    text = "a" + "\u0301" * 4_000 + "\u0316" * 4_000
    assert len(composed(text)) <= 40
