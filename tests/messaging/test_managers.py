"""Managers hear on every socket how much waits, members do not."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from chatproject.asgi import Process
from messaging.moderation_models import Case
from rooms.models import Room
from tests.factories import CHARLIE, token_for
from tests.messaging.people import TIMEOUT_S, in_thread
from tests.messaging.reported_room import DANA, fill
from tests.messaging.sockets.connected import opened_v2


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client


async def test_a_report_and_its_decision_move_what_waits(
    process: Process, http: httpx.AsyncClient, room: Room
) -> None:
    garden = await in_thread(lambda: fill(room))
    dana = await opened_v2(process, DANA)
    body = {"roomId": garden.pk, "seq": 1, "reason": "abuse"}
    await http.post("/v1/chat/reports", content=json.dumps(body), headers=headers(CHARLIE))
    heard = await dana.gets("moderation")
    assert (heard["roomId"], heard["cases"]) == (garden.pk, 1)
    case = await in_thread(Case.objects.get)
    decision = {"outcome": "dismissed", "reason": "괜찮은 말이에요."}
    path = f"/v1/chat/room/{garden.pk}/cases/{case.pk}/decision"
    await http.put(path, content=json.dumps(decision), headers=headers(DANA))
    assert (await dana.gets("moderation")).get("cases", 0) == 0


def headers(member_id: int) -> dict[str, str]:
    return {"access": token_for(member_id), "content-type": "application/json"}
