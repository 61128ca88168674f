"""The friendly answer of the stand-in: about what was said, labelled, and always the same."""

import pytest

from assistant.standin_scenarios import friendly_answer, in_deltas


@pytest.mark.parametrize(
    ("transcript", "start"),
    [
        (">[Alice]: 점심 뭐 먹지?", "(연습용 답변) Alice님, “점심 뭐 먹지?” 이야기군요."),
        (">[Alice]: 왜?\n[Bob]: 몰라", "(연습용 답변) Alice님, “왜?” 이야기군요."),
        ("[Alice]: 왜?\n[Bob]: 몰라", "(연습용 답변) Bob님, “몰라” 이야기군요."),
        (">[Bob]: what now?", "(practice answer) Bob, so this is about “what now?”."),
        ("그냥 질문", "(연습용 답변) 친구님, “그냥 질문” 이야기군요."),
        ("[Bob]: 배고파\n>[Alice]:", "(연습용 초안) “배고파” 이야기, 저도 공감해요."),
        ("[Bob]: hungry\n>[Alice]:", "(practice draft) I feel the same about “hungry”."),
        ("(도우미): (연습용 답변) 네, 그래요\n>[Alice]:", "(연습용 초안) “네, 그래요” 이야기"),
        (">[Alice]:", "(연습용 초안) 안녕하세요!"),
        (f">[Bob]: {'가' * 100}", f"(연습용 답변) Bob님, “{'가' * 40}…” 이야기군요."),
    ],
)
def test_the_answer_is_about_what_was_said_and_labelled(transcript: str, start: str) -> None:
    assert friendly_answer(transcript).startswith(start)
    assert friendly_answer(transcript) == friendly_answer(transcript)


def test_deltas_add_up_to_the_text_and_the_end_comes_alone() -> None:
    text = friendly_answer(">[Alice]: 점심 뭐 먹지?")
    *deltas, end = in_deltas(text)

    assert len(deltas) > 1
    assert "".join(delta["candidates"][0]["content"]["parts"][0]["text"] for delta in deltas) == text
    assert end["candidates"] == [{"index": 0, "finishReason": "STOP"}]
