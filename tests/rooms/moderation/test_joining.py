"""Coming into closed rooms: the code, the question to a manager, and the answer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatproject.errors import (
    BlockedFromRoom,
    ManagersOnly,
    NotGroupRoom,
    NotInRoom,
    RoomNotFound,
    WrongJoinCode,
)
from rooms import services
from rooms.models import Member, Room
from rooms.moderation import joining
from rooms.moderation.joining import ASKED_AGAIN_AFTER, Asked
from rooms.moderation_models import JoinRequest, Sanction
from rooms.services import RosterChange
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, CHARLIE, caller, make_private_room
from tests.rooms.moderation.cast import DORA, EVE

pytestmark = pytest.mark.django_db
CODE = "ABCD2345"


@pytest.fixture
def closed(garden: Room) -> Room:
    Room.objects.update(joining="code", join_code=CODE)
    return garden


@pytest.fixture
def asked(garden: Room) -> Room:
    Room.objects.update(joining="approval")
    return garden


def join(room: Room, who: int = DORA, *, now: datetime | None = None, role: Any = "USER", **how: Any) -> Any:
    return services.join_group_room(
        caller=caller(who, role=role), room_id=room.pk, now=now or timezone.now(), **how
    )


def waiting(room: Room) -> list[int]:
    found = joining.show_requests(room_id=room.pk, caller=caller(ALICE), now=timezone.now())
    return [request.member_id for request in found]


def test_one_comes_in_with_the_code_however_it_is_typed(closed: Room) -> None:
    for code in (None, "", "ABCD2346"):
        with pytest.raises(WrongJoinCode):
            join(closed, code=code)
    assert isinstance(join(closed, code="abcd-2345"), RosterChange)
    assert join(closed) is None  # is in already


def test_with_a_code_a_room_that_is_not_there_is_told_like_one_that_it_does_not_open(
    closed: Room, alice: Member, bob: Member
) -> None:
    private = make_private_room(alice, bob)
    for room in (closed, private, Room(pk=99)):
        with pytest.raises(WrongJoinCode):
            join(room, code="ABCD2346")
    for room in (private, Room(pk=99)):
        with pytest.raises(RoomNotFound):
            join(room)
    with pytest.raises(NotGroupRoom):
        join(private, ALICE, code=CODE)


def test_an_admin_comes_in_anyhow(closed: Room) -> None:
    assert join(closed, EVE, role="ADMIN") is not None


def test_who_is_blocked_does_not_come_in_by_a_code_nor_by_asking(closed: Room) -> None:
    Sanction.objects.create(room=closed, member_id=DORA, since=timezone.now())
    with pytest.raises(BlockedFromRoom):
        join(closed, code=CODE)
    Room.objects.update(joining="approval")
    with pytest.raises(BlockedFromRoom):
        join(closed)


def test_where_a_manager_decides_one_asks_once(asked: Room) -> None:
    assert join(asked, words="안녕하세요") == Asked(asked.pk, is_new=True)
    assert join(asked, words="저기요") == Asked(asked.pk, is_new=False)
    assert [request.words for request in JoinRequest.objects.all()] == ["안녕하세요"]
    assert waiting(asked) == [DORA]
    assert joining.asked_rooms(member_id=DORA, room_ids=[asked.pk, 99]) == {asked.pk}
    assert not asked.participants.filter(member_id=DORA).exists()


def test_who_was_turned_away_asks_again_after_a_day_and_hears_why_before(asked: Room) -> None:
    now = timezone.now()
    join(asked, now=now)
    JoinRequest.objects.update(admitted=False, decided_at=now, reason="정원이 찼어요.")
    again = join(asked, now=now + ASKED_AGAIN_AFTER - timedelta(seconds=1))
    assert (again.is_new, again.was_refused) == (False, True)
    assert again.message.endswith("정원이 찼어요.")
    assert join(asked, now=now + ASKED_AGAIN_AFTER).is_new


def test_who_came_in_another_way_asks_no_more(asked: Room) -> None:
    join(asked)
    Room.objects.update(joining="open")
    assert isinstance(join(asked), RosterChange)
    assert waiting(asked) == []


def test_who_was_removed_since_they_asked_is_not_shown(asked: Room) -> None:
    join(asked)
    Sanction.objects.create(room=asked, member_id=None, kind="remove", since=timezone.now())  # of who is gone
    assert waiting(asked) == [DORA]
    Sanction.objects.create(room=asked, member_id=DORA, kind="remove", since=timezone.now())
    assert waiting(asked) == []


def test_requests_are_for_managers(asked: Room) -> None:
    for who, error in ((CHARLIE, ManagersOnly), (DORA, NotInRoom)):
        with pytest.raises(error):
            joining.show_requests(room_id=asked.pk, caller=caller(who), now=timezone.now())
    joining.show_requests(room_id=asked.pk, caller=caller(BOB), now=timezone.now())
    joining.show_requests(room_id=asked.pk, caller=caller(EVE, role="ADMIN"), now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_are_one_request(asked: Room, all_at_once: AllAtOnce) -> None:
    outcomes = all_at_once(lambda: join(asked), lambda: join(asked))
    assert sorted(one.is_new for one in outcomes) == [False, True]
    assert JoinRequest.objects.count() == 1
