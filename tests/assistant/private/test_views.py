"""POST /v1/chat/llm and /llm/summary as Alice's client sees them: every failure, and hanging up."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx
import pytest
from django.core.asgi import get_asgi_application
from django.test import AsyncClient

from assistant.models import Budget, Scope
from assistant.providers.language_model import DRAFTS_AT_ONCE
from assistant.room.answers import DRAFTS_OF_A_MEMBER
from assistant.room.runs import MODEL_DEADLINE_S
from assistant.standin.server import StandIn
from rooms.models import Participant, Room
from tests.assistant.conftest import KEY, TIMEOUT_S, MakeGemini, on_a_thread, say, serving
from tests.assistant.houses import OpenHouse
from tests.factories import ALICE, BOB, CHARLIE, make_member, token_for

SHORT_DEADLINE_S = 0.3


@pytest.fixture
def standin_settings(settings: Any, gemini_url: str) -> Any:
    """The settings with the stand-in in Gemini's place."""
    settings.LLM_KEY = KEY
    settings.GEMINI_BASE_URL = gemini_url
    settings.GEMINI_MODEL = "gemini-2.5-flash-lite"
    settings.GEMINI_FALLBACK_MODEL = ""
    return settings


async def ask_for_draft(
    room_id: Any, member_id: int = ALICE, language: str = "ko"
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, JSON and headers of the answer."""
    answer = await AsyncClient().post(
        f"/v1/chat/llm?roomId={room_id}",
        headers={"access": token_for(member_id), "accept-language": language},
    )
    return answer.status_code, answer.json(), dict(answer.headers)


async def test_alice_gets_a_draft(room: Room, standin_settings: Any) -> None:
    await on_a_thread(say, room, BOB, "점심 뭐 먹지?")
    status, body, _headers = await ask_for_draft(room.room_id)

    assert (status, body["status"], body["code"]) == (200, "SUCCESS", "S-001")
    assert body["data"]["answers"] == [body["data"]["answer"]]
    assert body["data"]["answer"].startswith("(연습용 초안) “점심 뭐 먹지?”")


@pytest.mark.parametrize(
    ("scenario", "status", "code"),
    [
        *((name, 503, "E-A001") for name in ("400-key", "400-key-list", "403")),
        *((name, 502, "E-A002") for name in ("400", "404", "408", "500", "502", "503", "504", "302", "huge")),
        *((name, 502, "E-A002") for name in ("html-200", "cut-event", "cut-character", "error-bare")),
        *((name, 502, "E-A002") for name in ("finish-max-tokens-empty", "finish-other", "empty-candidates")),
        *((name, 422, "E-A003") for name in ("blocked-prompt", "finish-safety", "finish-recitation")),
        *((name, 422, "E-A003") for name in ("finish-blocklist", "finish-prohibited-content", "finish-spii")),
        *((name, 429, "E-A004") for name in ("429-short", "429-bare", "429-long", "429-per-day", "429-limit-0")),
    ],
)
async def test_alice_is_told_why_there_is_no_draft(
    room: Room, standin_settings: Any, scenario: str, status: int, code: str
) -> None:
    standin_settings.GEMINI_MODEL = f"standin-{scenario}"
    found, body, headers = await ask_for_draft(room.room_id)

    assert (found, body["status"], body["code"]) == (status, status, code)
    assert ("retryAfter" in body, "Retry-After" in headers) == (status == 429, status == 429)
    assert KEY not in str(body)


@pytest.mark.parametrize("scenario", ["hang", "drip"])
async def test_alice_does_not_wait_longer_than_the_deadline(
    room: Room, standin_settings: Any, monkeypatch: pytest.MonkeyPatch, scenario: str
) -> None:
    assert MODEL_DEADLINE_S <= 30
    monkeypatch.setattr("assistant.private.calls.MODEL_DEADLINE_S", SHORT_DEADLINE_S)
    standin_settings.GEMINI_MODEL = f"standin-{scenario}"
    status, body, _headers = await ask_for_draft(room.room_id)

    assert (status, body["code"]) == (502, "E-A002")


async def test_failures_are_told_in_the_readers_language(room: Room, standin_settings: Any) -> None:
    standin_settings.GEMINI_MODEL = "standin-503"
    _status, body, _headers = await ask_for_draft(room.room_id, language="en")

    assert body["message"] == "The assistant failed or did not answer in time."


async def test_without_a_key_alice_is_told_that_there_is_no_assistant(room: Room, standin_settings: Any) -> None:
    standin_settings.LLM_KEY = ""
    status, body, _headers = await ask_for_draft(room.room_id)

    assert (status, body["code"]) == (503, "E-A001")


@pytest.mark.parametrize(
    ("room_id", "member_id", "status", "code"),
    [
        ("1234567890", ALICE, 404, "E-R001"),
        ("x", ALICE, 400, "E-C001"),
        ("0", ALICE, 400, "E-C001"),
        ("-1", ALICE, 400, "E-C001"),
        ("٧", ALICE, 400, "E-C001"),
        ("1", 99, 404, "E-M001"),
    ],
)
async def test_a_room_that_cannot_be_is_refused(
    room: Room, standin_settings: Any, room_id: str, member_id: int, status: int, code: str
) -> None:
    found, body, _headers = await ask_for_draft(room_id, member_id)

    assert (found, body["code"]) == (status, code)


async def test_charlie_gets_no_draft(room: Room, standin_settings: Any, standin: StandIn) -> None:
    status, body, _headers = await ask_for_draft(room.room_id, CHARLIE)

    assert (status, body["code"]) == (403, "E-AU002")
    assert not standin.received


async def test_without_room_or_token_or_with_another_method_there_is_no_draft(
    room: Room, standin_settings: Any
) -> None:
    client, access = AsyncClient(), {"access": token_for(ALICE)}
    path = "/v1/chat/llm"

    assert (await client.post(path, headers=access)).json()["code"] == "E-C001"
    assert (await client.post(f"{path}?roomId={room.room_id}")).json()["code"] == "E-AU001"
    assert (await client.get(f"{path}?roomId={room.room_id}", headers=access)).json()["code"] == "E-C005"


@pytest.mark.parametrize(
    "query",
    ["tone=rude", "tone=", "count=0", "count=4", "count=x", "count=٢", "count=1.0"],
)
async def test_a_wish_that_nobody_knows_is_refused(
    room: Room, standin_settings: Any, standin: StandIn, query: str
) -> None:
    status, body, _headers = await ask_for_draft(f"{room.room_id}&{query}")

    assert (status, body["code"]) == (400, "E-C001")
    assert not standin.received


@pytest.mark.parametrize("tone", ["polite", "friendly", "warm", "brief"])
async def test_alice_chooses_the_tone_and_how_many(
    room: Room, standin_settings: Any, standin: StandIn, tone: str
) -> None:
    status, body, _headers = await ask_for_draft(f"{room.room_id}&tone={tone}&count=3")

    assert (status, body["data"]["answer"]) == (200, body["data"]["answers"][0])
    [rules] = standin.received[0].body["systemInstruction"]["parts"]
    assert f"Be {tone}" in rules["text"]
    assert "Give 3 alternatives" in rules["text"]


async def test_who_used_the_budget_up_is_told_when_to_come_back(room: Room, standin_settings: Any) -> None:
    figures = {"calls_per_day": 1, "calls_per_minute": 0, "tokens_per_minute": 0, "tokens_per_day": 0}
    await on_a_thread(Budget.objects.update_or_create, scope=Scope.MEMBER, defaults=figures)
    await ask_for_draft(room.room_id)
    status, body, headers = await ask_for_draft(room.room_id)

    assert (status, body["code"]) == (429, "E-A004")
    assert 0 < body["retryAfter"] <= 86_400
    assert "Retry-After" in headers


# --- the summary -------------------------------------------------------------------------------


async def ask_for_summary(room_id: Any, member_id: int = ALICE) -> tuple[int, dict[str, Any]]:
    path, access = f"/v1/chat/llm/summary?roomId={room_id}", {"access": token_for(member_id)}
    answer = await AsyncClient().post(path, headers=access)
    return answer.status_code, answer.json()


async def test_where_nothing_is_unread_the_summary_is_empty(
    room: Room, standin_settings: Any, standin: StandIn
) -> None:
    status, body = await ask_for_summary(room.room_id)

    assert (status, body["data"]) == (
        200,
        {
            "points": [],
            "fromSeq": None,
            "toSeq": None,
            "withheld": 0,
            "truncated": False,
            "deletedSeqs": [],
            "model": None,
        },
    )
    assert not standin.received


@pytest.mark.parametrize(
    ("room_id", "member_id", "status", "code"),
    [("1234567890", ALICE, 404, "E-R001"), ("x", ALICE, 400, "E-C001"), ("", ALICE, 400, "E-C001")],
)
async def test_a_summary_of_a_room_that_cannot_be_is_refused(
    room: Room, standin_settings: Any, room_id: str, member_id: int, status: int, code: str
) -> None:
    found, body = await ask_for_summary(room_id, member_id)

    assert (found, body["code"]) == (status, code)


async def test_charlie_gets_no_summary(room: Room, standin_settings: Any, standin: StandIn) -> None:
    await on_a_thread(say, room, BOB, "안녕")
    status, body = await ask_for_summary(room.room_id, CHARLIE)

    assert (status, body["code"]) == (403, "E-AU002")
    assert not standin.received


async def test_alice_is_told_why_there_is_no_summary(room: Room, standin_settings: Any) -> None:
    await on_a_thread(say, room, BOB, "안녕")
    for scenario, code in (("400-key", "E-A001"), ("502", "E-A002"), ("finish-safety", "E-A003")):
        standin_settings.GEMINI_MODEL = f"standin-{scenario}"

        assert (await ask_for_summary(room.room_id))[1]["code"] == code


# --- over real HTTP, with the parts that the process shares -------------------------------------


@pytest.fixture
async def chat_url(make_gemini: MakeGemini, open_house: OpenHouse) -> AsyncIterator[str]:
    """Django's side of a process whose model hangs, over real HTTP."""
    house = await open_house(make_gemini("hang"))
    django = get_asgi_application()

    async def process(scope: Any, receive: Any, send: Any) -> None:
        await django({**scope, "chat_server": house.server, "assistant": house.assistant}, receive, send)

    async with serving(process) as url:
        yield url


async def test_when_alice_hangs_up_the_call_upstream_ends(room: Room, chat_url: str, standin: StandIn) -> None:
    async with httpx.AsyncClient(
        headers={"access": token_for(ALICE)}, trust_env=False, timeout=TIMEOUT_S
    ) as alice:
        drafting = asyncio.create_task(alice.post(f"{chat_url}/v1/chat/llm?roomId={room.room_id}"))
        async with asyncio.timeout(TIMEOUT_S):
            await standin.wait_until(lambda standin: standin.under_way == 1)
            drafting.cancel()
            await standin.wait_until(lambda standin: standin.hung_up == 1)


def put_into(room: Room, member_ids: Iterable[int]) -> None:
    for member_id in member_ids:
        Participant.objects.create(room=room, member=make_member(member_id, f"member {member_id}"))


async def test_one_member_cannot_take_everybodys_places(room: Room, chat_url: str, standin: StandIn) -> None:
    async with httpx.AsyncClient(
        headers={"access": token_for(ALICE)}, trust_env=False, timeout=TIMEOUT_S
    ) as alice:
        url = f"{chat_url}/v1/chat/llm?roomId={room.room_id}"
        drafting = [asyncio.create_task(alice.post(url)) for _ in range(DRAFTS_OF_A_MEMBER)]
        async with asyncio.timeout(TIMEOUT_S):
            await standin.wait_until(lambda standin: standin.under_way == 1)  # the others wait for it
            one_more = await alice.post(url)
            for task in drafting:
                task.cancel()
            await standin.wait_until(lambda standin: standin.under_way == 0)

    assert (one_more.status_code, one_more.json()["code"]) == (429, "E-C004")
    assert one_more.json()["retryAfter"] > 0


async def test_while_the_model_hangs_for_many_everybody_else_is_served(
    room: Room, chat_url: str, standin: StandIn
) -> None:
    crowd = range(100, 100 + 2 * DRAFTS_AT_ONCE)
    await on_a_thread(put_into, room, crowd)
    async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_S) as http:
        url = f"{chat_url}/v1/chat/llm?roomId={room.room_id}"
        drafting = [asyncio.create_task(http.post(url, headers={"access": token_for(one)})) for one in crowd]
        async with asyncio.timeout(TIMEOUT_S):
            await standin.wait_until(lambda standin: standin.under_way == DRAFTS_AT_ONCE)
            rooms = await http.get(f"{chat_url}/v1/chat/my/rooms", headers={"access": token_for(ALICE)})
            for task in drafting:
                task.cancel()
            await standin.wait_until(lambda standin: standin.under_way == 0)

    assert [found["roomName"] for found in rooms.json()["data"]] == ["점심"]
    assert standin.highest_concurrency == DRAFTS_AT_ONCE
