"""Which blocks hold, what the blocked are told, and that nobody slips in while being taken out."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.utils import translation

from chatproject.errors import BlockedFromRoom
from rooms import acts, blocks, services
from rooms.models import Member, Room
from rooms.moderation_models import Sanction
from rooms.services import RosterChange
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, caller, make_group_room

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # in Seoul
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def garden(alice: Member, bob: Member) -> Room:
    return make_group_room("Garden", alice)


def block(room: Room, *, until: datetime | None = None) -> None:
    blocks.impose(room_id=room.pk, member_id=BOB, staff_id=None, now=NOON, until=until)


def refusal(room: Room, *, now: datetime = NOON) -> str:
    with pytest.raises(BlockedFromRoom) as refused:
        blocks.require_admission(room_id=room.pk, member_id=BOB, now=now)
    assert (refused.value.http_status, refused.value.code) == (403, "E-AU002")
    return str(refused.value.message)


def test_the_blocked_are_told_so_in_a_sentence_of_its_own(garden: Room) -> None:
    block(garden)
    assert refusal(garden) == "이 채팅방에서 내보내져 다시 들어올 수 없어요."
    with translation.override("en"):
        assert refusal(garden) == "You were removed from this room and cannot come back."


def test_the_blocked_are_told_until_when_where_it_ends(garden: Room) -> None:
    block(garden, until=NOON + AN_HOUR)
    assert "2026년 11월 22일 1:00 오후" in refusal(garden)


def test_a_block_holds_up_to_its_end_and_not_at_it(garden: Room) -> None:
    block(garden, until=NOON + AN_HOUR)
    refusal(garden, now=NOON + AN_HOUR - timedelta(microseconds=1))
    blocks.require_admission(room_id=garden.pk, member_id=BOB, now=NOON + AN_HOUR)


def test_one_block_holds_at_a_time(garden: Room) -> None:
    block(garden, until=NOON + AN_HOUR)
    block(garden)
    assert blocks.in_force(NOON).get().until is None
    assert Sanction.objects.count() == 2


def test_a_lifted_block_keeps_the_moment_at_which_it_was_lifted(garden: Room) -> None:
    block(garden)
    blocks.lift(room_id=garden.pk, member_id=BOB, staff_id=None, now=NOON + AN_HOUR)
    blocks.lift(room_id=garden.pk, member_id=BOB, staff_id=None, now=NOON + 2 * AN_HOUR)
    assert Sanction.objects.get().lifted_at == NOON + AN_HOUR


@pytest.mark.django_db(transaction=True)
def test_whoever_joins_while_being_taken_out_ends_up_outside(
    alice: Member, bob: Member, all_at_once: AllAtOnce
) -> None:
    for round_number in range(10):
        room = make_group_room(f"Garden {round_number}", alice)
        joined, taken_out = all_at_once(
            partial(services.join_group_room, caller=caller(BOB), room_id=room.pk, now=NOON),
            partial(acts.take_out, room_id=room.pk, member_id=BOB, staff_id=None, now=NOON),
        )
        came_first = isinstance(joined, RosterChange)
        assert came_first or isinstance(joined, BlockedFromRoom)
        assert isinstance(taken_out, RosterChange) is came_first
        assert [place.member_id for place in room.participants.all()] == [ALICE]
