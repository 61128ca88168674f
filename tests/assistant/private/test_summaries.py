"""What Alice missed, each point with the message it rests on; the model is a stand-in over real HTTP."""

from typing import Any

import pytest

from assistant.models import Consent
from assistant.private.calls import Reader
from assistant.private.summaries import Summary, grounded_points, summarize_unread
from assistant.prompting.prompts import Prompt
from assistant.standin.scenarios import SCENARIOS, Scenario, candidate
from assistant.standin.server import StandIn
from chatproject.errors import ModelFailed, NotInRoom
from messaging.models import Message
from rooms.models import Participant, Room
from tests.assistant.conftest import NOON, MakeGemini, on_a_thread, say
from tests.factories import ALICE, BOB, CHARLIE, caller

PROMPT = Prompt(rules="", transcript="", speaker="", seqs=(41, 42, 43, 45))


def points(text: str) -> list[tuple[int, str]]:
    return [(point.seq, point.text) for point in grounded_points(text, PROMPT)]


# --- points ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "42 | Bob이 내일 7시를 제안했어요.",
        "  42|Bob이 내일 7시를 제안했어요.  ",
        "42: Bob이 내일 7시를 제안했어요.",
        "- 42 | Bob이 내일 7시를 제안했어요.",
        "* [42] Bob이 내일 7시를 제안했어요.",
        "(#42): Bob이 내일 7시를 제안했어요.",
        "1. 42 | Bob이 내일 7시를 제안했어요.",
        "42, 43 | Bob이 내일 7시를 제안했어요.",
        "44, #42 | Bob이 내일 7시를 제안했어요.",
        "42-43 | Bob이 내일 7시를 제안했어요.",
    ],
)
def test_a_point_rests_on_its_message_however_the_model_writes_that(line: str) -> None:
    assert points(line) == [(42, "Bob이 내일 7시를 제안했어요.")]


@pytest.mark.parametrize(
    "line",
    [
        "44 | 지어낸 이야기",  # between two that were read: deleted, or withheld
        "1, 99 | 지어낸 이야기",
        "9999999999999999999 | 지어낸 이야기",
        "42",
        "42 |",
        "42 | \u200b",
        "Bob이 42번이라고 했어요.",
        "42명이 모였어요.",
        "43. 사람들이 모였어요.",
        "٤٢ | 지어낸 이야기",
        "요약:",
        "",
    ],
)
def test_what_rests_on_no_message_that_was_read_is_left_out(line: str) -> None:
    assert points(line) == []
    assert points(f"{line}\n41 | 정말 있던 이야기") == [(41, "정말 있던 이야기")]


def test_a_summary_is_short_whatever_the_model_says() -> None:
    found = points("\n".join(f"41 | {'가' * 1_000}" for _line in range(20)))

    assert len(found) == 8
    assert {len(text) for _seq, text in found} == {500}


def test_a_point_loads_no_picture() -> None:
    assert points("42 | ![x](https://evil.example/?a)") == [(42, "! [x](https://evil.example/?a)")]


# --- summaries ---------------------------------------------------------------------------------


async def summary_for(
    room: Room, read: Reader, make_gemini: MakeGemini, *, member_id: int = ALICE, scenario: str = "ok"
) -> Summary:
    return await summarize_unread(
        caller=caller(member_id), room_id=room.room_id, read=read, model=make_gemini(scenario)
    )


async def test_alice_is_told_what_she_missed(
    room: Room, read: Reader, make_gemini: MakeGemini, standin: StandIn
) -> None:
    for text in ("읽은 말", "내일 7시에 볼까?", "나는 좋아"):
        await on_a_thread(say, room, BOB, text)
    await on_a_thread(Participant.objects.filter(member_id=ALICE).update, read_seq=1)
    summary = await summary_for(room, read, make_gemini)

    assert [point.seq for point in summary.points] == [2, 3]
    assert "내일 7시에 볼까?" in summary.points[0].text
    assert (summary.from_seq, summary.to_seq, summary.withheld, summary.truncated) == (2, 3, 0, False)
    [asked] = standin.received
    assert asked.body["contents"][0]["parts"][0]["text"] == (
        "# room: 점심\n# assistant: 도우미\n2 [Bob]: 내일 7시에 볼까?\n3 [Bob]: 나는 좋아"
    )
    assert (await on_a_thread(Participant.objects.get, member_id=ALICE)).read_seq == 1


async def test_where_nothing_may_be_told_nobody_is_asked(
    room: Room, read: Reader, make_gemini: MakeGemini, standin: StandIn
) -> None:
    assert await summary_for(room, read, make_gemini) == Summary([], None, None, 0, truncated=False)

    await on_a_thread(say, room, BOB, "밥의 비밀")
    await on_a_thread(Consent.objects.create, member_id=BOB, readable=False)
    assert await summary_for(room, read, make_gemini) == Summary([], None, None, 1, truncated=False)
    assert not standin.received


async def test_what_rested_on_a_message_that_was_deleted_meanwhile_is_left_out(
    room: Room, read: Reader, make_gemini: MakeGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob deletes the second and the third while the model thinks."""
    told = "1 | 하나를 물었어요.\n2 | 둘이라고 했어요.\n4, 3 | 넷과 셋이에요.\n4 | 넷이에요."
    monkeypatch.setitem(SCENARIOS, "ok", Scenario(events=(candidate({"text": told}),)))
    for text in ("하나?", "둘.", "셋.", "넷."):
        await on_a_thread(say, room, BOB, text)
    model = make_gemini()
    generate = model.generate

    async def generate_slowly(*args: Any, **kwargs: Any) -> Any:
        answer = await generate(*args, **kwargs)
        await on_a_thread(Message.objects.filter(seq__in=(2, 3)).update, deleted_at=NOON)
        return answer

    monkeypatch.setattr(model, "generate", generate_slowly)
    summary = await summarize_unread(caller=caller(ALICE), room_id=room.room_id, read=read, model=model)

    assert [point.text for point in summary.points] == ["하나를 물었어요.", "넷이에요."]
    assert (summary.from_seq, summary.to_seq, summary.deleted_seqs) == (1, 4, (2, 3))


async def test_charlie_is_told_nothing(
    room: Room, read: Reader, make_gemini: MakeGemini, standin: StandIn
) -> None:
    await on_a_thread(say, room, BOB, "안녕")
    with pytest.raises(NotInRoom):
        await summary_for(room, read, make_gemini, member_id=CHARLIE)

    assert not standin.received


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("1 | 하나를 물었어요.\n2 | 둘이라고 하", ["하나를 물었어요."]),
        ("1 | 하나를 물", ["하나를 물…"]),
        ("요약:\n1 | 하나를 물", ["하나를 물…"]),
    ],
)
async def test_a_point_that_broke_off_is_left_out_unless_it_is_the_only_one(
    room: Room, read: Reader, make_gemini: MakeGemini, monkeypatch: pytest.MonkeyPatch, said: str, told: list[str]
) -> None:
    broken_off = candidate({"text": said}, finish="MAX_TOKENS")
    monkeypatch.setitem(SCENARIOS, "ok", Scenario(events=(broken_off,)))
    for text in ("하나?", "둘."):
        await on_a_thread(say, room, BOB, text)

    assert [point.text for point in (await summary_for(room, read, make_gemini)).points] == told


async def test_points_that_rest_on_nothing_are_no_summary(
    room: Room, read: Reader, make_gemini: MakeGemini
) -> None:
    await on_a_thread(say, room, BOB, "안녕")

    with pytest.raises(ModelFailed):
        await summary_for(room, read, make_gemini, scenario="multipart")
