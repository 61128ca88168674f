"""Many members put into a room at once by the main server, and one taken out: as if each came or went alone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatproject.errors import NotGroupRoom, RoomNotFound
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation import imposing, ranks
from rooms.moderation.putting_in import put_all_in, take_out
from rooms.moderation_models import JoinRequest, Sanction
from rooms.services import RosterChange
from tests.endpoints import subscribe, waiting
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_member, make_private_room

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
SERVER = ranks.main_server(5)
UNKNOWN = 2**63 - 1


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    """Alice is in."""
    room = make_group_room("Garden", alice)
    Room.objects.filter(pk=room.pk).update(last_seq=9)
    return room


def put_in(room: Room, *member_ids: int) -> dict[int, str]:
    return dict(put_all_in(room_id=room.pk, member_ids=member_ids, acting=SERVER, now=NOW).outcomes)


def test_each_has_an_outcome_of_their_own(garden: Room) -> None:
    version = garden.roster_version
    done = put_all_in(room_id=garden.pk, member_ids=[CHARLIE, ALICE, UNKNOWN, BOB, BOB], acting=SERVER, now=NOW)
    assert list(done.outcomes.items()) == [
        (CHARLIE, "joined"),
        (ALICE, "already"),
        (UNKNOWN, "unknown"),
        (BOB, "joined"),
    ]
    assert done.came == [
        RosterChange(garden.pk, CHARLIE, "Charlie", version + 1, last_seq=9),
        RosterChange(garden.pk, BOB, "Bob", version + 2, last_seq=9),
    ]
    garden.refresh_from_db()
    assert garden.roster_version == version + 2
    places = Participant.objects.filter(room=garden).exclude(member_id=ALICE)
    assert set(places.values_list("read_seq", "joined_seq", "role")) == {(9, 9, "member")}
    log = AuditEntry.objects.order_by("number")
    assert [(one.act, one.member_id, one.actor_kind) for one in log] == [
        ("put_in", CHARLIE, "server"),
        ("put_in", BOB, "server"),
    ]


def test_where_nobody_comes_nothing_moves(garden: Room) -> None:
    assert put_in(garden, ALICE, UNKNOWN) == {ALICE: "already", UNKNOWN: "unknown"}
    assert put_in(garden) == {}
    assert not AuditEntry.objects.exists()


def test_who_was_kept_out_comes_in_and_who_was_muted_stays_so(garden: Room) -> None:
    staff, until = ranks.staff(), NOW + timedelta(days=1)
    imposing.remove(room_id=garden.pk, member_id=BOB, reason="spam", by=staff, now=NOW)
    imposing.mute(room_id=garden.pk, member_id=CHARLIE, until=until, reason="loud", by=staff, now=NOW)
    JoinRequest.objects.create(room=garden, member_id=CHARLIE, words="", made_at=NOW)
    assert put_in(garden, BOB, CHARLIE) == {BOB: "joined", CHARLIE: "joined"}
    muted = dict(Participant.objects.values_list("member_id", "muted_until"))
    assert muted == {ALICE: None, BOB: None, CHARLIE: until}
    assert Sanction.objects.get(kind="remove").lifted_at == NOW
    assert AuditEntry.objects.filter(act="removal_lifted", member_id=BOB, actor_kind="server").exists()
    assert JoinRequest.objects.get().admitted


def test_the_main_server_is_told_of_each_as_of_who_comes_alone(garden: Room) -> None:
    imposing.remove(room_id=garden.pk, member_id=BOB, reason="spam", by=ranks.staff(), now=NOW)
    subscribe("joined", "left", "sanction")
    put_in(garden, ALICE, BOB, CHARLIE, UNKNOWN)
    take_out(room_id=garden.pk, member_id=BOB, acting=SERVER, now=NOW)
    assert waiting("kind", "member_id") == [("sanction", BOB), ("joined", BOB), ("joined", CHARLIE), ("left", BOB)]


def test_five_hundred_are_few_statements(garden: Room) -> None:
    members = [make_member(number, f"member {number}").pk for number in range(1_000, 1_500)]
    Room.objects.filter(pk=garden.pk).update(slow_s=10)
    with CaptureQueriesContext(connection) as captured:
        put_in(garden, *members)
    assert len(captured) < 40  # SQLite inserts some at a time
    assert garden.participants.count() == 501


def test_who_is_taken_out_may_come_again(garden: Room, bob: Member) -> None:
    put_in(garden, BOB)
    change = take_out(room_id=garden.pk, member_id=BOB, acting=SERVER, now=NOW)
    assert change is not None
    assert (change.member_id, change.was_removed) == (BOB, True)
    assert take_out(room_id=garden.pk, member_id=BOB, acting=SERVER, now=NOW) is None
    assert not Sanction.objects.exists()
    assert [entry.act for entry in AuditEntry.objects.order_by("number")] == ["put_in", "taken_out"]
    assert put_in(garden, BOB) == {BOB: "joined"}


def test_neither_in_a_private_room_nor_in_none(alice: Member, bob: Member, charlie: Member) -> None:
    for room_id, refusal in ((make_private_room(alice, bob).pk, NotGroupRoom), (999, RoomNotFound)):
        with pytest.raises(refusal):
            put_all_in(room_id=room_id, member_ids=[CHARLIE], acting=SERVER, now=NOW)
        with pytest.raises(refusal):
            take_out(room_id=room_id, member_id=BOB, acting=SERVER, now=NOW)
