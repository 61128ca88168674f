"""What the rules refuse, and what they drop: each file of `tests/frames/refused` and `dropped`, in one scene.

The files name people, rooms and messages by the keys of `Scene`; the numbers are put in here.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from chatproject.asgi import Process
from chatproject.tokens import Role
from messaging import models
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation_models import Sanction
from tests.factories import (
    ALICE,
    BOB,
    CHARLIE,
    give_role,
    make_group_room,
    make_member,
    make_private_room,
    token_for,
)
from tests.messaging import frames
from tests.messaging.conftest import StartProcess
from tests.messaging.people import in_thread
from tests.messaging.sockets.connected import V2, Socket, opened_v2
from tests.messaging.store.doing import A_WHILE, delete, done, pin, react, say

DANA, ERIN, NOBODY = 13, 17, 999_999  # a stranger, a moderator, and a number that nobody and no room has
PEOPLE = {"alice": ALICE, "bob": BOB, "charlie": CHARLIE, "dana": DANA, "erin": ERIN, "nobody": NOBODY}
KEYS = [f"key-{number}" for number in range(1, 22)]
TABLES: list[type[Model]] = [
    models.Message,
    models.EarlierText,
    models.Reaction,
    models.Mention,
    models.Pin,
    Room,
    Participant,
    Sanction,
    AuditEntry,
]


class Scene:
    """The garden, which Alice made, with Bob and Charlie; letters of Alice and Bob; a message of each kind."""

    def __init__(self, alice: Member, bob: Member, charlie: Member) -> None:
        make_member(DANA, "Dana")
        make_member(ERIN, "Erin", role="ADMIN")
        self.garden, letters = make_group_room("Garden", alice, bob, charlie), make_private_room(alice, bob)
        give_role(self.garden, ALICE)
        self.rooms = {"garden": self.garden.pk, "letters": letters.pk, "nowhere": NOBODY}
        self.seqs = {"nothing": 99}
        self._say("bob's old", sender_id=BOB, ago=timedelta(hours=25))
        self._say("alice's", sender_id=ALICE)
        self._say("bob's", sender_id=BOB)
        self._say("bob's deleted", sender_id=BOB)
        self._say("the assistant's", sender_id=None)
        self._say("of 20 reactions", sender_id=ALICE)
        self.seqs["alice's in private"] = say(letters, "…", sender_id=ALICE, now=timezone.now())[0].message.seq
        full = [react(self.garden, self.seqs["of 20 reactions"], key, by=ALICE) for key in KEYS[:20]]
        done(
            delete(self.garden, self.seqs["bob's deleted"], by=BOB),
            pin(self.garden, self.seqs["alice's"], by=ALICE),
            *full,
            now=timezone.now(),
        )

    def _say(self, name: str, *, sender_id: int | None, ago: timedelta = A_WHILE) -> None:
        [stored] = say(self.garden, name, sender_id=sender_id, now=timezone.now() - ago)
        self.seqs[name] = stored.message.seq

    def with_numbers(self, frame: dict[str, Any]) -> dict[str, Any]:
        numbered = frame | {"roomId": self.rooms[frame["roomId"]]}
        if "seq" in frame:
            numbered["seq"] = self.seqs[frame["seq"]]
        if "memberId" in frame:
            numbered["memberId"] = PEOPLE[frame["memberId"]]
        if "mentions" in frame:
            numbered["mentions"] = [PEOPLE.get(one, one) for one in frame["mentions"]]
        return numbered


@pytest.fixture
def scene(alice: Member, bob: Member, charlie: Member, settings: Any) -> Scene:
    settings.REACTION_KEYS = (*settings.REACTION_KEYS, *KEYS)
    return Scene(alice, bob, charlie)


@pytest.fixture
def process(start_process: StartProcess) -> Process:
    return start_process(LIMIT_SENDS_PER_SECOND=0, LIMIT_FRAMES_PER_SECOND=0)


async def opened(process: Process, member_id: int, language: str) -> Socket:
    role: Role = "ADMIN" if member_id == ERIN else "USER"
    headers = {"accept-language": language}
    socket = Socket(process, f"{V2}?access={token_for(member_id, role=role)}", headers=headers)
    await socket.open()
    return socket


def everything() -> list[list[dict[str, Any]]]:
    """All that is stored of rooms and messages."""
    return [list(table._default_manager.order_by("pk").values()) for table in TABLES]


async def test_what_the_rules_refuse_is_refused_with_a_sentence_and_changes_nothing(
    scene: Scene, process: Process
) -> None:
    listener = await opened_v2(process, CHARLIE, scene.garden.pk)
    sockets = {
        (name, language): await opened(process, member_id, language)
        for name, member_id in PEOPLE.items()
        for language in ("ko", "en")
        if name != "nobody"
    }
    stored = await in_thread(everything)
    for parameter in frames.names("refused"):
        (name,) = parameter.values
        case = frames.read("refused", name)
        frame = scene.with_numbers(case["frame"])
        for language, message in (("ko", case["message"]), ("en", case["messageEn"])):
            assert await sockets[case["as"], language].ask(**frame) == {
                "type": "error",
                "id": frame["id"],
                "code": case["code"],
                "message": message,
                "roomId": frame["roomId"],
            }, name
        assert await in_thread(everything) == stored, name
    await sockets["alice", "ko"].ask(type="chat", roomId=scene.garden.pk, message="그게 다예요")
    assert (await listener.receive())["message"] == "그게 다예요"  # nobody heard of anything before


async def test_who_cannot_be_mentioned_is_left_out_and_the_rest_is_done(scene: Scene, process: Process) -> None:
    listener = await opened_v2(process, CHARLIE, scene.garden.pk)
    for parameter in frames.names("dropped"):
        (name,) = parameter.values
        case = frames.read("dropped", name)
        frame = scene.with_numbers(case["frame"])
        socket = await opened(process, PEOPLE[case["as"]], "ko")
        assert (await socket.ask(**frame))["type"] in ("ack", "ok"), name
        heard = await listener.gets("chat", "changed")
        mentioned = [PEOPLE[one] for one in case["mentions"]]
        assert (heard["message"], heard.get("mentions", [])) == (frame["message"], mentioned), name
