"""The friendly answer of the stand-in: about what was said, labelled, and always the same."""

import pytest

from assistant.standin.answers import friendly_answer


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


def test_drafts_are_as_many_as_the_rules_want() -> None:
    drafts = friendly_answer("[Bob]: 배고파\n>[Alice]:", "Give 3 alternatives that …").split("\n===\n")

    assert len(set(drafts)) == 3
    assert all(draft.startswith("(연습용 초안) “배고파” 이야기, ") for draft in drafts)
    assert len(set(friendly_answer(">[Alice]:", "Give 3 alternatives").split("\n===\n"))) == 3


def test_a_summary_rests_on_the_last_numbered_lines() -> None:
    lines = "# room: 점심\n8 [Bob]: 하나\n9 [Bob]: 둘\n11 [Alice]: three\n12 (도우미): 넷"

    assert friendly_answer(lines).splitlines() == [
        "9 | (연습용 요약) Bob님이 “둘”라고 했어요.",
        "11 | (practice summary) Alice said “three”.",
        "12 | (연습용 요약) 도우미님이 “넷”라고 했어요.",
    ]
