"""The table of what people write to get past the filter, and of what must pass; and finding in general."""

import sysconfig
import time
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.moderation.matching import Hit, Matcher
from messaging.moderation.normalising import Text
from messaging.moderation.patterns import Pattern, Span
from tests.load.korean import messages
from tests.load.word_filter import MOST_US, RULES, rules, us_per_message
from tests.messaging.moderation.korean import EVASIONS, INNOCENT, example

EXAMPLE = example()


@pytest.mark.parametrize(("text", "word"), EVASIONS.items(), ids=[ascii(text) for text in EVASIONS])
def test_evasion_does_not_pass(text: str, word: str) -> None:
    assert word in {hit.key for hit in EXAMPLE.find(Text(text))}
    assert word in {hit.key for hit in EXAMPLE.find(Text(f"아니 진짜 {text} 왜 그래"))}


@pytest.mark.parametrize("text", INNOCENT)
def test_what_means_nothing_by_it_passes(text: str) -> None:
    assert EXAMPLE.find(Text(text)) == []


def test_the_table_is_large() -> None:
    assert len(EVASIONS) >= 40
    assert len(INNOCENT) >= 40


def test_code_and_english_pass() -> None:
    library = Path(sysconfig.get_paths()["stdlib"])
    for name in (
        "argparse",
        "ast",
        "datetime",
        "email/message",
        "logging/__init__",
        "typing",
        "pydoc_data/topics",
    ):
        text = (library / f"{name}.py").read_text()
        assert [text[hit.span.start : hit.span.end] for hit in EXAMPLE.find(Text(text))] == []


def test_chats_pass() -> None:
    found = [text for text in islice(messages(11), 3_000) if EXAMPLE.find(Text(text))]
    assert len(found) <= 1, found  # made of syllables by chance, which may be anything


def test_a_hit_says_where_it_is() -> None:
    matcher = Matcher({"a": Pattern("시발"), "b": Pattern("병신")})
    assert set(matcher.find(Text("아, 시-발 이 병♥신"))) == {
        Hit("a", Span(3, 6)),
        Hit("b", Span(9, 12)),
    }


def test_no_word_finds_nothing() -> None:
    assert Matcher[int]({}).find(Text("시발")) == []


@given(st.text("시발병신ㅅㅂㅏㄹㄹ아이 .1atlqkf", max_size=60), st.text("시발ㅂ병신*아", min_size=2, max_size=6))
def test_every_text_can_be_looked_at(text: str, word: str) -> None:
    try:
        pattern = Pattern(word)
    except ValueError:
        return
    for hit in Matcher({1: pattern}).find(Text(text)):
        assert 0 <= hit.span.start < hit.span.end <= len(Text(text).text) or "" in text


@given(
    st.text("가나다라마바사자차카타파하갈날닭값", min_size=2, max_size=5),
    st.sampled_from(["♡", "\u200b", "-", " ", "1"]),
)
def test_a_word_with_something_between_its_syllables_is_found(word: str, between: str) -> None:
    assert Matcher({1: Pattern(word)}).find(Text(f"음 {between.join(word)} 음"))


def test_thousands_of_rules_cost_a_message_little() -> None:
    """30 µs on the machine of the benchmark; a machine that others use meanwhile gets three times as long."""
    texts = list(islice(messages(3), 1_000))
    assert us_per_message(Matcher(rules(RULES)), texts) < 3 * MOST_US


def test_a_text_made_to_be_looked_at_for_long_is_taken_to_say_the_word() -> None:
    """Each of 100 words at each of 4,000 places, half of them exceptions: that took minutes."""
    words = {count: Pattern("가" * count) for count in range(2, 52)}
    exceptions = [Pattern("가" * count, is_allowed=True) for count in range(2, 52)]
    begun = time.perf_counter()
    hits = Matcher(words, exceptions).find(Text("가" * 4_000))
    assert time.perf_counter() - begun < 3
    assert {hit.key for hit in hits} == set(words)
    assert not Matcher({1: Pattern("바보")}, [Pattern("바보상자", is_allowed=True)]).find(Text("바보상자 " * 300))


def test_an_exception_read_from_keys_excuses_nothing_else() -> None:
    matcher = Matcher({1: Pattern("시발"), 2: Pattern("바보")}, [Pattern("시발점", is_allowed=True)])
    assert matcher.find(Text("시qkf점")) == []
    assert {hit.key for hit in matcher.find(Text("시qkf점 바보"))} == {2}
