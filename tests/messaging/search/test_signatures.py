"""Signatures speak for every chunk that holds what is searched for, and for hardly any other."""

from collections.abc import Sequence

import hypothesis
import hypothesis.strategies as st

from messaging.search.signatures import (
    LETTERS_MAX,
    PROBES_MAX,
    ROOMS_PROBED_MAX,
    SLICES,
    Probe,
    Said,
    probes,
    signature,
)
from messaging.search.text import words_of

HANGUL = st.text(st.sampled_from("고민상담배포오류ㄱㅁㅋ abc_%👍漢\n"), min_size=1, max_size=30)


def speaks_for(prints: Sequence[bytes], probe: Probe) -> bool:
    """As the database asks."""
    return prints[probe.slice] == b"" or any(one in prints[probe.slice] for one in probe.prints)


def is_worth_a_look(
    prints: Sequence[bytes], query: str, room_ids: Sequence[int], author_id: int | None = None
) -> bool:
    asked = probes(words_of(query), room_ids=room_ids, author_id=author_id, has_link=False)
    return all(speaks_for(prints, probe) for probe in asked)


@hypothesis.given(HANGUL, st.data())
def test_whatever_part_of_a_message_is_searched_for_its_chunk_is_looked_through(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    said = [Said(1, 7, "오늘 점심 뭐 먹죠"), Said(2, 3, text), Said(3, None, "네")]
    for room_ids in ([2], list(range(1, ROOMS_PROBED_MAX + 2))):
        assert is_worth_a_look(signature(said), part, room_ids, author_id=3)


def test_chunks_that_do_not_hold_it_are_hardly_ever_looked_through() -> None:
    said = [
        Said(number % 5, number % 9, f"안녕하세요 {number}번째 메시지입니다 번호는 {number * 7919}")
        for number in range(256)
    ]
    prints = signature(said)
    others = [chr(one) + chr(one + 1) for one in range(ord("뇌"), ord("뇌") + 600)]
    assert sum(is_worth_a_look(prints, word, [1]) for word in others) <= 1
    assert sum(is_worth_a_look(prints, word, range(1, 50)) for word in others) <= 1
    assert not is_worth_a_look(prints, "안녕", [9])  # said in other rooms only
    assert is_worth_a_look(prints, "안녕", [4])
    assert not is_worth_a_look(prints, "안녕", [4], author_id=77)


def test_initials_are_told_apart_by_fours() -> None:
    prints = signature([Said(1, 7, "고민상담 받아요")])
    assert is_worth_a_look(prints, "ㄱㅁㅅㄷ", [1])
    assert not is_worth_a_look(prints, "ㅁㅅㄷㄱ", [1])
    assert not is_worth_a_look(prints, "ㅎㅎ", [1])


def test_a_long_query_asks_no_more_than_it_has_to() -> None:
    asked = probes(
        words_of("가나다라마바사아자차카타파하 고민ㅅㄷㄱㅁㅂㅍ"), room_ids=[1], author_id=7, has_link=True
    )
    assert len(asked) == PROBES_MAX + 2


def test_one_letter_tells_nothing() -> None:
    assert probes(words_of("가 나 ㄱ a"), room_ids=[1], author_id=None, has_link=False) == []


def test_a_chunk_of_very_long_messages_says_nothing_but_that_it_is_there() -> None:
    assert signature([Said(1, 7, "가나" * (LETTERS_MAX // 2)), Said(1, 7, "다")]) == [b""] * SLICES
