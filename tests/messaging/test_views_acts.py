"""REST of what is done to messages: the same rules as on sockets, by the same road, told to live sockets."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from chatproject.asgi import Process
from chatproject.limits.shared import SharedLimits
from messaging.store.acts import REACTIONS_TOLD_EVERY
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE, give_role, token_for
from tests.messaging.people import TIMEOUT_S, in_thread
from tests.messaging.sockets.connected import opened_v2
from tests.messaging.store.doing import read, say
from tests.messaging.test_views import V1


@pytest.fixture
def garden(room: Room) -> Room:
    """Alice made it and said one, two, three."""
    give_role(room, ALICE)
    say(room, "one", "two", "three", sender_id=ALICE, now=timezone.now())
    return room


def call(method: str, path: str, body: Any = None, *, by: int = ALICE, **claims: Any) -> tuple[str, Any]:
    """The code and the data of what is answered."""
    client = Client(headers={"access": token_for(by, **claims)})
    answer = client.generic(method, f"{V1}{path}", b"" if body is None else body, content_type="application/json")
    return answer.json()["code"], answer.json().get("data")


@pytest.mark.django_db
def test_what_is_done_is_done_and_answered_with_its_version(garden: Room) -> None:
    one, two = f"/room/{garden.pk}/message/1", f"/room/{garden.pk}/message/2"
    edited = call("PUT", one, f'{{"message": "eins", "mentions": [{BOB}, {CHARLIE}], "everyone": true}}')
    assert edited == ("S-001", {"version": 4})
    assert call("PUT", f"{one}/reaction/heart", by=BOB) == ("S-001", {"version": 5})
    assert call("PUT", f"{one}/pin") == ("S-001", {"version": 6})
    assert call("DELETE", two) == ("S-001", {"version": 7})
    told = read(garden, 1)
    assert (told.message, told.mentions, told.everyone, told.reactions[0].member_ids) == (
        "eins",
        (BOB,),
        True,
        (BOB,),
    )
    assert read(garden, 2).deleted_by == "author"
    assert call("DELETE", f"{one}/pin") == ("S-001", {"version": 8})
    assert call("DELETE", f"{one}/reaction/heart", by=BOB) == ("S-001", {"version": 9})
    assert call("DELETE", f"{one}/reaction/heart", by=BOB) == ("S-001", {"version": 9})


@pytest.mark.parametrize(
    ("method", "path", "body", "by", "code"),
    [
        ("PUT", "/message/1", '{"message": "x"}', BOB, "E-MS002"),
        ("PUT", "/message/9", '{"message": "x"}', ALICE, "E-MS001"),
        ("PUT", "/message/1", '{"message": "  "}', ALICE, "E-C001"),
        ("PUT", "/message/1", '{"message": 1}', ALICE, "E-C001"),
        ("PUT", "/message/1", '{"message": "x", "message": "y"}', ALICE, "E-C001"),
        ("PUT", "/message/1", f'{{"message": "{"x" * 4_001}"}}', ALICE, "E-C002"),
        ("PUT", "/message/1", f'{{"message": "x", "mentions": {list(range(1, 52))}}}', ALICE, "E-C001"),
        ("PUT", "/message/1", '{"message": "x", "mentions": [0]}', ALICE, "E-C001"),
        ("PUT", "/message/0", '{"message": "x"}', ALICE, "E-C001"),
        ("PUT", "/message/one", '{"message": "x"}', ALICE, "E-C001"),
        ("PUT", "/message/1", None, ALICE, "E-C001"),
        ("DELETE", "/message/1", None, BOB, "E-MS002"),
        ("DELETE", "/message/1", None, CHARLIE, "E-AU002"),
        ("PUT", "/message/1/reaction/poop", None, BOB, "E-MS005"),
        ("PUT", "/message/1/pin", None, BOB, "E-MS007"),
        ("GET", "/message/9/reaction/heart", None, BOB, "E-MS001"),
        ("GET", "/message/1/reaction/heart", None, CHARLIE, "E-AU002"),
        ("GET", "/message/1/reaction/heart?limit=301", None, BOB, "E-C001"),
        ("GET", "/pins", None, CHARLIE, "E-AU002"),
        ("GET", "/pins?before=0", None, BOB, "E-C001"),
    ],
)
@pytest.mark.django_db
def test_what_is_not_done_has_its_code(
    garden: Room, method: str, path: str, body: Any, by: int, code: str
) -> None:
    assert call(method, f"/room/{garden.pk}{path}", body, by=by)[0] == code
    assert (read(garden, 1).message, read(garden, 1).version) == ("one", 1)


@pytest.mark.django_db
def test_a_moderator_who_is_not_in_the_room_deletes_and_pins(garden: Room) -> None:
    path = f"/room/{garden.pk}/message/1"
    assert call("PUT", f"{path}/pin", by=CHARLIE, role="ADMIN")[0] == "S-001"
    assert call("DELETE", path, by=CHARLIE, role="ADMIN")[0] == "S-001"
    assert read(garden, 1).deleted_by == "moderator"


async def test_live_sockets_hear_of_it_and_reactions_keep_their_pace(
    process: Process, http: httpx.AsyncClient, room: Room
) -> None:
    await in_thread(lambda: say(room, "one", sender_id=ALICE, now=timezone.now()))
    bob = await opened_v2(process, BOB, room.pk)
    path = f"/v1/chat/room/{room.pk}/message/1"
    headers = {"access": token_for(ALICE)}
    answer = await http.put(path, json={"message": "eins"}, headers=headers)
    assert answer.json()["data"] == {"version": 2}
    assert (await bob.gets("changed"))["message"] == "eins"
    for key in ("heart", "thumb"):
        assert (await http.put(f"{path}/reaction/{key}", headers=headers)).status_code == 200
    changes = [await bob.gets("changed"), await bob.gets("changed")]
    assert [len(change["reactions"]) for change in changes] == [1, 2]
    message = await in_thread(room.messages.get)
    assert message.edited_at is not None
    assert message.updated_at - message.edited_at >= REACTIONS_TOLD_EVERY


async def test_what_is_done_over_rest_counts_as_what_is_sent(
    process: Process, http: httpx.AsyncClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_thread(lambda: say(room, "one", sender_id=ALICE, now=timezone.now()))
    monkeypatch.setattr(process.chat_server, "sends", SharedLimits([]).buckets("sends", rate=0.01, burst=2))
    path, headers = f"/v1/chat/room/{room.pk}/message/1/reaction/heart", {"access": token_for(ALICE)}
    answers = [await http.put(path, headers=headers) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "E-C004"


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client
