from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from messaging.delivery.repair import PLACES_PER_SWEEP
from messaging.store.standings import KnownMember, OwnRules, Standing, known_members, places_gone, read_standings
from messaging.store.statements import RoomNumbers, run
from rooms.models import Member, MemberAge, Participant, Room
from tests.factories import ALICE, BOB, make_group_room, make_private_room
from tests.messaging.store.test_statements import plan_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)


def test_standings_are_those_of_the_pairs_only(room: Room, alice: Member, bob: Member) -> None:
    kitchen, private = make_group_room("Kitchen", alice), make_private_room(alice, bob)
    Room.objects.filter(pk=kitchen.pk).update(version=7, last_seq=5, slow_s=30, is_read_only=True)
    Participant.objects.filter(room=kitchen).update(read_seq=3, role="owner", muted_until=NOW)
    pairs = [(room.pk, BOB), (kitchen.pk, ALICE), (private.pk, BOB)]
    [found] = run(read_standings([*pairs, (kitchen.pk, BOB)]))
    places = {one.pk: (one.room_id, one.member_id) for one in Participant.objects.all()}
    member, owner = OwnRules("member", 0, False, None), OwnRules("owner", 30, True, NOW)
    assert [places[found[pair].participant_id] for pair in pairs] == pairs
    assert {pair: standing._replace(participant_id=0) for pair, standing in found.items()} == {
        (room.pk, BOB): Standing(0, 2, 0, 0, None, member, 0, is_private=False),
        (kitchen.pk, ALICE): Standing(7, 1, 5, 3, None, owner, 0, is_private=False),
        (private.pk, BOB): Standing(0, private.roster_version, 0, 0, None, member, 0, is_private=True),
    }
    assert found[kitchen.pk, ALICE].numbers == RoomNumbers(5, 7, 1, 30, is_read_only=True)
    assert found[private.pk, BOB].numbers.is_private


def test_members_are_known_by_what_is_shown_of_them(alice: Member, bob: Member) -> None:
    Member.objects.filter(pk=BOB).update(nickname="  ", role="ADMIN")
    MemberAge.objects.create(member=bob, is_under14=True, said_at=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        assert known_members([ALICE, BOB, 999]) == {
            ALICE: KnownMember(alice.nickname, "USER"),
            BOB: KnownMember(f"회원#{BOB}", "ADMIN", under14=True),
        }
    assert len(queries) == 1


def test_places_that_are_gone_are_told_from_those_that_are_there(room: Room, alice: Member) -> None:
    kitchen = make_group_room("Kitchen", alice)
    pairs = [(room.pk, ALICE), (room.pk, BOB), (kitchen.pk, ALICE), (kitchen.pk, BOB), (999, ALICE)]
    with CaptureQueriesContext(connection) as queries:
        assert places_gone(pairs) == {(kitchen.pk, BOB), (999, ALICE)}
    assert len(queries) == 1
    assert places_gone([(room.pk, 1_000 + number) for number in range(PLACES_PER_SWEEP - 1)] + pairs[:1])


@pytest.mark.django_db(transaction=True)
def test_standings_are_searched_and_never_scanned_for(room: Room, alice: Member, bob: Member) -> None:
    rooms = [make_group_room(f"room {number}", alice, bob) for number in range(20)]
    pairs = [(room.pk, ALICE) for room in rooms[:4]]
    for plan in (plan_of(lambda: run(read_standings(pairs))), plan_of(lambda: places_gone(pairs))):
        assert "SCAN" not in str(plan), plan
        assert "ALL" not in [step.get("type") for step in plan], plan
