"""Which sanctions hold, what the removed are told, and that nobody slips in while being taken out."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.utils import translation

from chatproject.errors import BlockedFromRoom
from rooms import services
from rooms.models import Member, Room
from rooms.moderation import imposing, ranks, sanctions
from rooms.moderation.sanctions import Kind, told_of
from rooms.moderation_models import Sanction
from rooms.services import RosterChange
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, caller, make_group_room

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # in Seoul
AN_HOUR = timedelta(hours=1)
STAFF = ranks.staff()


@pytest.fixture
def garden(alice: Member, bob: Member) -> Room:
    return make_group_room("Garden", alice)


def keep_out(room: Room, *, until: datetime | None = None) -> Sanction:
    return sanctions.write_sanction(
        Kind.REMOVE, room_id=room.pk, member_id=BOB, acting=STAFF, reason="", until=until, now=NOON
    )


def refusal(room: Room, *, now: datetime = NOON) -> str:
    with pytest.raises(BlockedFromRoom) as refused:
        sanctions.require_admission(room_id=room.pk, member_id=BOB, now=now)
    assert (refused.value.http_status, refused.value.code) == (403, "E-AU002")
    return str(refused.value.message)


def test_the_removed_are_told_so_in_a_sentence_of_its_own(garden: Room) -> None:
    keep_out(garden)
    assert refusal(garden) == "이 채팅방에서 내보내져 다시 들어올 수 없어요."
    with translation.override("en"):
        assert refusal(garden) == "You were removed from this room and cannot come back."


def test_the_removed_are_told_until_when_where_it_ends(garden: Room) -> None:
    keep_out(garden, until=NOON + AN_HOUR)
    assert "2026년 11월 22일 오후 1:00" in refusal(garden)


def test_a_removal_holds_up_to_its_end_and_not_at_it(garden: Room) -> None:
    keep_out(garden, until=NOON + AN_HOUR)
    refusal(garden, now=NOON + AN_HOUR - timedelta(microseconds=1))
    sanctions.require_admission(room_id=garden.pk, member_id=BOB, now=NOON + AN_HOUR)


def test_one_of_a_kind_holds_at_a_time(garden: Room) -> None:
    keep_out(garden, until=NOON + AN_HOUR)
    keep_out(garden)
    assert sanctions.in_force(NOON).get().until is None
    assert Sanction.objects.count() == 2


def test_a_mute_keeps_nobody_out_and_a_removal_nobody_silent(garden: Room) -> None:
    keep_out(garden)
    assert sanctions.muted_until(room_id=garden.pk, member_id=BOB, now=NOON) is None
    Sanction.objects.update(kind=Kind.MUTE, until=NOON + AN_HOUR)
    sanctions.require_admission(room_id=garden.pk, member_id=BOB, now=NOON)
    assert sanctions.muted_until(room_id=garden.pk, member_id=BOB, now=NOON) == NOON + AN_HOUR
    assert sanctions.muted_until(room_id=garden.pk, member_id=BOB, now=NOON + AN_HOUR) is None


def test_a_lifted_sanction_keeps_the_moment_at_which_it_was_lifted(garden: Room) -> None:
    keep_out(garden)
    for hours in (1, 2):
        held = sanctions.in_force_on(BOB, room_id=garden.pk, kind=Kind.REMOVE, now=NOON)
        sanctions.lift_all(held, acting=STAFF, now=NOON + hours * AN_HOUR)
    assert Sanction.objects.get().lifted_at == NOON + AN_HOUR


def test_a_sanction_that_met_nobody_is_told_to_nobody(garden: Room) -> None:
    hidden = Sanction(kind=Kind.HIDE, room=garden, member=None, seq=4, since=NOON)
    assert told_of(hidden, room=garden) is None


@pytest.mark.django_db(transaction=True)
def test_whoever_joins_while_being_taken_out_ends_up_outside(
    alice: Member, bob: Member, all_at_once: AllAtOnce
) -> None:
    for round_number in range(10):
        room = make_group_room(f"Garden {round_number}", alice)
        joined, removed = all_at_once(
            partial(services.join_group_room, caller=caller(BOB), room_id=room.pk, now=NOON),
            partial(imposing.remove, room_id=room.pk, member_id=BOB, reason="spam", by=STAFF, now=NOON),
        )
        came_first = isinstance(joined, RosterChange)
        assert came_first or isinstance(joined, BlockedFromRoom)
        assert isinstance(removed.left, RosterChange) is came_first
        assert [place.member_id for place in room.participants.all()] == [ALICE]
