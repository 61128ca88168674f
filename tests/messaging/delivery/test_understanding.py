"""Servers of two versions beside each other: what one tells, the other understands or passes over.

`tests/upgrades/crossed` holds what processes of earlier versions put into Redis; EARLIER how they read what came.
"""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_type_hints

import msgspec
import pytest

from messaging.delivery.link import ROOMS_GROUP
from messaging.delivery.notices import Notice
from messaging.delivery.streams import Change
from messaging.store.deployment import deployment_name
from rooms.models import Member, Participant, Room
from tests.factories import ALICE
from tests.messaging.lossy import LossyLayer
from tests.messaging.people import StartServer, connect, eventually, in_thread, soon

CROSSED = Path(__file__).parents[2] / "upgrades" / "crossed"


class TheirChange(NamedTuple):
    """As servers read it that came before 2026-11-30: of exactly so many parts."""

    version: int
    roster_version: int
    seq: int
    message: bytes


# what they know of a notice beside its kind, all with defaults but the room
FIELDS: dict[str, Any] = {
    "room_id": int,
    "changes": tuple[TheirChange, ...],
    "text": bytes,
    "except_member_id": int | None,
    "marks": dict[int, int],
    "member_ids": tuple[int, ...],
    "roster_version": int,
    "joined_member_id": int | None,
    "joined_seq": int | None,
    "left_member_id": int | None,
    "removal": bytes,
}
encode = msgspec.msgpack.Encoder().encode
FIRST = ("changes", "tell", "reads", "roster", "assistant")
KEPT_ROOMS = (*FIRST, "rules", "members", "screens")
MAIN_SERVERS = (*KEPT_ROOMS, "concerns", "endpoints", "revoked", "close", "presence")
EARLIER = {  # the commit with which a version's way of reading came, and the kinds that it knew
    "a51714d": FIRST,
    "add5d16": KEPT_ROOMS,
    "1bd48fd": (*KEPT_ROOMS, "concerns"),
    "a432270": MAIN_SERVERS,
    "4c093c2": (*MAIN_SERVERS, "deleted"),
}


def reader(kinds: tuple[str, ...]) -> msgspec.msgpack.Decoder[Any]:
    fields: list[Any] = [(name, type_, None) for name, type_ in FIELDS.items() if name != "room_id"]
    return msgspec.msgpack.Decoder(
        msgspec.defstruct("Theirs", [("room_id", int), ("kind", Literal[kinds]), *fields], kw_only=True)
    )


def told(kind: str) -> Notice:
    """As this version tells it, with everything that a notice may have."""
    return Notice(
        room_id=42,
        kind=kind,  # type: ignore[arg-type]
        changes=(Change(8, 2, 7, b"{}"), Change(9, 3, 2**63 - 1, b"{}")),
        text=b"{}",
        except_member_id=7,
        marks={7: 3, 2**63 - 1: 4},
        are_for_members_alone=True,
        member_ids=(3, 7),
        roster_version=5,
        joined_member_id=7,
        joined_seq=3,
        left_member_id=3,
        removal=b"{}",
    )


@pytest.mark.parametrize("version", EARLIER)
def test_servers_of_earlier_versions_understand_what_they_know(version: str) -> None:
    decode = reader(EARLIER[version]).decode
    for kind in EARLIER[version]:
        notice = told(kind)
        theirs = decode(encode(notice))
        for name in FIELDS:
            assert encode(getattr(theirs, name)) == encode(getattr(notice, name)), name


@pytest.mark.parametrize("version", EARLIER)
def test_what_they_do_not_know_they_pass_over(version: str) -> None:
    kinds = get_args(get_type_hints(Notice)["kind"])
    for kind in set(kinds) - set(EARLIER[version]):
        with pytest.raises(msgspec.ValidationError, match="kind"):
            reader(EARLIER[version]).decode(encode(told(kind)))


# --- what they tell

ROOM, SAID = 1, "Bob, 점심 먹었어요?"  # there what is recorded was said
# of a version whose changes of rooms were told in another way: a sweep finds them
PASSED_OVER = {"bc46800": 1}


@pytest.mark.parametrize("version", sorted(path.stem for path in CROSSED.glob("*.json")))
async def test_what_servers_of_earlier_versions_tell_is_understood_or_passed_over(
    version: str,
    start_server: StartServer,
    lossy: LossyLayer,
    alice: Member,
    bob: Member,
    caplog: pytest.LogCaptureFixture,
) -> None:
    room = Room(room_id=ROOM, name="점심", roster_version=2)
    await in_thread(room.save)
    for member in (alice, bob):
        await Participant.objects.acreate(room=room, member=member)
    server = await start_server(aliases=["lossy"])
    listener = await connect(server, ALICE)
    await listener.subscribe(ROOM)
    recorded = json.loads((CROSSED / f"{version}.json").read_text(encoding="utf-8"))
    deployment = await in_thread(deployment_name)
    for one in 2 * recorded:
        message = msgspec.msgpack.decode(b64decode(one["message"]))
        group = ROOMS_GROUP.format(deployment=deployment)
        await LossyLayer.__base__.group_send(lossy, group, message | {"deployment": deployment})
    await eventually(lambda: caplog.records or listener.heard())
    after = {"type": "chat.relay", "deployment": deployment, "process": "other", "notices": [], "new": 1}
    await LossyLayer.__base__.group_send(lossy, ROOMS_GROUP.format(deployment=deployment), after)
    await soon(server.relay.join(ROOM + 1))

    said = [record.getMessage() for record in caplog.records]
    assert listener.heard() == ([] if version in PASSED_OVER else [SAID])
    assert len(said) == PASSED_OVER.get(version, 0), said
