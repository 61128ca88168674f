"""How many rooms a member may make on a day, by REST too, and that nobody gets round it."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from chatproject.errors import RoomNameTaken, TooManyRequests
from rooms import private_rooms, services
from rooms.models import Member, Room, RoomsMade
from rooms.quotas import begin_count, count_room_made
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, caller, make_group_room, make_member, token_for

EVENING = datetime.fromisoformat("2026-11-22T23:00:00+09:00")


@pytest.fixture(autouse=True)
def _three_rooms_a_day(settings: Settings) -> None:
    settings.LIMIT_ROOMS_PER_DAY = 3


def make_rooms(*names: str) -> None:
    for name in names:
        services.create_group_room(caller=caller(ALICE), name=name)


def test_a_fourth_room_is_refused_until_tomorrow(alice: Member) -> None:
    begin_count(member_id=ALICE)
    for _ in range(3):
        count_room_made(member_id=ALICE, now=EVENING)
    with pytest.raises(TooManyRequests) as refusal:
        count_room_made(member_id=ALICE, now=EVENING)
    assert refusal.value.retry_after == 3_600
    count_room_made(member_id=ALICE, now=EVENING + timedelta(hours=1))
    assert RoomsMade.objects.get().number == 1


def test_rooms_that_were_left_and_so_deleted_count(alice: Member) -> None:
    for number in range(3):
        room = services.create_group_room(caller=caller(ALICE), name=f"Room {number}")
        services.leave_group_room(caller=caller(ALICE), room_id=room.pk)
    with pytest.raises(TooManyRequests):
        make_rooms("Room 3")


def test_private_rooms_count_for_who_opens_them_and_only_when_they_are_new(alice: Member, bob: Member) -> None:
    for member_id in (BOB, 21, 22, BOB, 21):
        if member_id > 20:
            Member.objects.get_or_create(member_id=member_id, defaults={"nickname": f"Member {member_id}"})
        private_rooms.open_private_room(caller=caller(ALICE), other_member_id=member_id)
    make_member(23, "Member 23")
    with pytest.raises(TooManyRequests):
        private_rooms.open_private_room(caller=caller(ALICE), other_member_id=23)
    private_rooms.open_private_room(caller=caller(BOB), other_member_id=23)


def test_strangers_are_written_to_less_often_than_those_one_has_met(alice: Member, settings: Settings) -> None:
    settings.LIMIT_STRANGERS_PER_DAY = 1
    met, stranger, another = [make_member(member_id, f"Member {member_id}") for member_id in (21, 22, 23)]
    make_group_room("Garden", alice, met)
    private_rooms.open_private_room(caller=caller(ALICE), other_member_id=stranger.pk)
    with pytest.raises(TooManyRequests, match="E-C004") as refusal:
        private_rooms.open_private_room(caller=caller(ALICE), other_member_id=another.pk)
    assert 0 < (refusal.value.retry_after or 0) <= 86_400
    private_rooms.open_private_room(caller=caller(ALICE), other_member_id=met.pk)
    private_rooms.open_private_room(caller=caller(ALICE), other_member_id=stranger.pk)  # is there already
    make_group_room("Kitchen", alice, another)
    private_rooms.open_private_room(caller=caller(ALICE), other_member_id=another.pk)
    settings.LIMIT_ROOMS_PER_DAY = settings.LIMIT_STRANGERS_PER_DAY = 0
    for number in range(30, 35):
        private_rooms.open_private_room(caller=caller(ALICE), other_member_id=make_member(number, str(number)).pk)


def test_a_room_that_was_not_made_does_not_count(alice: Member) -> None:
    make_rooms("Garden")
    for _ in range(5):
        with pytest.raises(RoomNameTaken):
            make_rooms("Garden")
    make_rooms("Kitchen", "Hall")


def test_rest_says_so_in_a_sentence_of_its_own(alice: Member) -> None:
    make_rooms("Garden", "Kitchen", "Hall")
    client = Client(headers={"access": token_for(ALICE), "accept-language": "en"})
    answer = client.post("/v1/chat/room/group/create", query_params={"roomName": "Cellar"})
    assert (answer.status_code, answer.json()["code"]) == (429, "E-C004")
    assert answer.json()["message"] == "You have made as many rooms today as you may."
    assert 0 < answer.json()["retryAfter"] <= 86_400


def test_a_limit_of_zero_is_none(alice: Member, settings: Settings) -> None:
    settings.LIMIT_ROOMS_PER_DAY = 0
    make_rooms(*(f"Room {number}" for number in range(10)))


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_are_three(alice: Member, all_at_once: AllAtOnce) -> None:
    outcomes = all_at_once(
        *(partial(services.create_group_room, caller=caller(ALICE), name=f"Room {number}") for number in range(10))
    )
    assert sum(isinstance(outcome, Room) for outcome in outcomes) == 3
    assert sum(isinstance(outcome, TooManyRequests) for outcome in outcomes) == 7
    assert Room.objects.count() == 3
