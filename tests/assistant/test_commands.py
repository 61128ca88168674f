"""The assistant's commands as somebody at the shell runs them."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command

from assistant.accounts.budgets import reserve, settle
from assistant.models import AssistantRun, Consent, Usage
from assistant.standin.scenarios import SCENARIOS, Scenario, in_deltas
from assistant.standin.server import StandIn
from chatproject.days import day_of
from chatproject.settings import BASE_DIR
from messaging.models import Message
from rooms.models import Room
from tests.assistant.conftest import TIMEOUT_S, on_a_thread, say
from tests.factories import ALICE, BOB, CHARLIE
from tests.servers import free_port

HELLO = {"contents": [{"parts": [{"text": ">[Alice]: 안녕"}]}]}


@pytest.fixture
def address() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "manage.py", "gemini_standin", "--port", str(port), "--instantly"]
    with subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first_line = process.stdout.readline()
        assert "no model" in first_line
        yield first_line.rsplit("=", 1)[1].strip()
        process.terminate()


def test_the_stand_in_says_where_it_is_and_answers(address: str) -> None:
    transport = httpx.HTTPTransport(retries=5)  # it says where it will be just before it is there
    with httpx.Client(transport=transport, timeout=TIMEOUT_S, headers={"x-goog-api-key": "x"}) as client:
        answer = client.post(f"{address}/v1beta/models/gemini-x:generateContent", json=HELLO)

    assert answer.json()["candidates"][0]["content"]["parts"][0]["text"].startswith("(연습용 답변) Alice님")


# --- assistant_usage ---------------------------------------------------------------------------


def usage_table(*arguments: str) -> list[list[str]]:
    """The cells of the lines that are printed, without what explains them."""
    printed = StringIO()
    call_command("assistant_usage", *arguments, stdout=printed)
    return [line.split() for line in printed.getvalue().splitlines()[2:]]


def test_the_operator_gets_a_line_for_each_day_and_a_sum(room: Room) -> None:
    now = datetime.now(UTC)
    settle(
        reservation=reserve(member_id=ALICE, room_id=room.room_id, tokens=999, now=now - timedelta(days=1)),
        tokens=120,
    )
    reserve(member_id=ALICE, room_id=room.room_id, tokens=80, now=now)
    AssistantRun.objects.create(
        run_id="a", room=room, asker_id=ALICE, trigger_seq=1, state="done", first_word_ms=420, created_at=now
    )
    today, yesterday = day_of(now), day_of(now - timedelta(days=1))

    assert usage_table("--days", "2") == [
        [f"{yesterday}", "1", "120", "0", "0", "0", "-"],
        [f"{today}", "1", "80", "1", "0", "0", "420"],
        ["total", "2", "200", "1", "0", "0"],
    ]
    assert len(usage_table()) == 8


@pytest.mark.parametrize("days", ["0", "-1", "100000"])
def test_days_that_make_no_table_are_refused(room: Room, days: str) -> None:
    with pytest.raises(CommandError, match="--days is a number from 1"):
        call_command("assistant_usage", f"--days={days}")


# --- ask ---------------------------------------------------------------------------------------


@pytest.fixture
def standin_settings(settings: Any, gemini_url: str) -> Any:
    """The settings with the stand-in in Gemini's place."""
    settings.LLM_KEY, settings.GEMINI_BASE_URL = "x", gemini_url
    settings.GEMINI_MODEL, settings.GEMINI_FALLBACK_MODEL = "gemini-x", ""
    return settings


async def rehearse(room_id: int, member_id: int, question: str = "점심 추천해 줘") -> str:
    """What is printed."""
    printed = StringIO()
    options = {"room_id": room_id, "member_id": member_id, "stdout": printed}
    await asyncio.to_thread(call_command, "ask", question, **options)
    return printed.getvalue()


async def test_the_operator_rehearses_a_question_and_nobody_hears_it(
    room: Room, standin_settings: Any, standin: StandIn
) -> None:
    await on_a_thread(say, room, BOB, "밥의 비밀")
    await on_a_thread(say, room, ALICE, "안녕")
    await on_a_thread(Consent.objects.create, member_id=BOB, readable=False)
    answer, receipt = (await rehearse(room.room_id, ALICE)).splitlines()

    assert answer.startswith("(연습용 답변) Alice님, “점심 추천해 줘” 이야기군요.")
    assert "read messages: 2; withheld: 1. A rehearsal: nothing was stored" in receipt
    [asked] = standin.received
    assert asked.method == "streamGenerateContent"
    assert asked.body["contents"][0]["parts"][0]["text"].endswith("[Alice]: 안녕\n>[Alice]: 점심 추천해 줘")
    assert await on_a_thread(Message.objects.count) == 2
    assert not await on_a_thread(AssistantRun.objects.exists)
    assert (await on_a_thread(Usage.objects.get, scope="member")).calls == 1


async def test_a_rehearsal_in_a_strangers_name_or_with_a_model_that_fails_ends_in_words(
    room: Room, standin_settings: Any
) -> None:
    with pytest.raises(CommandError, match="E-AU002"):
        await rehearse(room.room_id, CHARLIE)
    with pytest.raises(CommandError, match="E-R001"):
        await rehearse(999_999, ALICE)
    with pytest.raises(CommandError, match="E-C001"):
        await rehearse(room.room_id, ALICE, " ")
    standin_settings.GEMINI_MODEL = "standin-finish-safety"
    with pytest.raises(CommandError, match="E-A003"):
        await rehearse(room.room_id, ALICE)


async def test_a_rehearsal_shows_that_an_answer_broke_off(room: Room, standin_settings: Any) -> None:
    standin_settings.GEMINI_MODEL = "standin-finish-max-tokens"

    assert (await rehearse(room.room_id, ALICE)).startswith("여기까지만…\n")


async def test_a_rehearsal_gives_the_terminal_no_orders(
    room: Room, standin_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SCENARIOS, "ok", Scenario(events=in_deltas("하나\x1b]0;제목\x07 둘\x9b2J\n\t셋")))

    assert (await rehearse(room.room_id, ALICE)).startswith("하나]0;제목 둘2J\n\t셋\n")
