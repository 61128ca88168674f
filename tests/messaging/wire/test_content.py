"""What a message may say, and client ids."""

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatproject.errors import InvalidInput, TooLarge
from chatproject.text import is_encodable
from messaging.wire.content import (
    MESSAGE_MAX_CHARACTERS,
    check_client_id,
    check_message,
    client_id_from_hex,
    client_id_to_hex,
    new_client_id,
    new_own_client_id,
)


@pytest.mark.parametrize("text", ["a", " a ", ".", "🍣", "한", "́", "\u200ba", "\x07!", "​.", "0", "￼"])
def test_whatever_shows_something_may_be_said(text: str) -> None:
    check_message(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\t", "\u00a0", "\u200b\u200d", "\u2028", "\u3164", "\uffa0\u115f", "\u2800", "\ufeff", "\u00ad"],
)
def test_what_shows_nothing_may_not(text: str) -> None:
    with pytest.raises(InvalidInput):
        check_message(text)


@pytest.mark.parametrize("text", ["a\0", "\0", "a\ud83c", "\udf63a"])
def test_nul_and_half_characters_may_not(text: str) -> None:
    with pytest.raises(InvalidInput):
        check_message(text)


@pytest.mark.parametrize("character", ["a", "가", "🍣"])
def test_the_limit_counts_characters_not_bytes(character: str) -> None:
    check_message(character * MESSAGE_MAX_CHARACTERS)
    with pytest.raises(TooLarge):
        check_message(character * (MESSAGE_MAX_CHARACTERS + 1))


@given(st.text(st.characters(categories=["Zs", "Zl", "Zp", "Cc", "Cf"]), max_size=50))
def test_no_mixture_of_invisible_characters_is_a_message(text: str) -> None:
    with pytest.raises(InvalidInput):
        check_message(text)


@given(st.text(max_size=50))
def test_one_visible_letter_makes_any_whole_characters_a_message(text: str) -> None:
    if is_encodable(text) and "\0" not in text:
        check_message(f"{text}a{text}")
    else:
        with pytest.raises(InvalidInput):
            check_message(f"{text}a{text}")


def test_a_message_without_a_client_id_gets_a_random_uuid() -> None:
    made = [new_client_id() for _ in range(1_000)]
    assert all(UUID(hex=one).hex == one and UUID(hex=one).version == 4 for one in made)
    assert {UUID(hex=one).variant for one in made} == {RFC_4122}
    assert len(set(made)) == len(made)


@given(st.uuids())
def test_a_client_id_comes_back_as_a_uuid_is_written(uuid: UUID) -> None:
    for written in (str(uuid), str(uuid).upper(), uuid.hex, uuid.hex.upper()):
        check_client_id(written)
        assert client_id_to_hex(written) == uuid.hex
    assert client_id_from_hex(uuid.hex) == str(uuid)


def test_nobody_can_take_the_id_of_an_answer_that_is_still_written() -> None:
    answer = new_own_client_id()
    assert answer != new_own_client_id()
    for written in (answer, answer.upper(), client_id_from_hex(answer)):
        with pytest.raises(InvalidInput):
            check_client_id(written)


@pytest.mark.parametrize("client_id", ["", "x", "0" * 31, "0" * 33, "g" * 32, "0" * 32 + "\n", "٠" * 32])
def test_what_is_no_uuid_is_no_client_id(client_id: str) -> None:
    with pytest.raises(InvalidInput):
        check_client_id(client_id)
