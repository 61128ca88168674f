"""Which rooms can be locked; that the locks hold is proved by the races in test_races and test_blocks."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from chatproject.errors import NotGroupRoom, RoomNotFound
from rooms.locks import lock_group_room, lock_room
from rooms.models import Member
from tests.factories import make_group_room, make_private_room

UNKNOWN = 2**63 - 1


@pytest.mark.django_db
def test_a_private_room_is_locked_but_not_as_a_group_room(alice: Member, bob: Member) -> None:
    room = make_private_room(alice, bob)
    with transaction.atomic():
        assert lock_room(room.pk) == room
        with pytest.raises(NotGroupRoom):
            lock_group_room(room.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("lock", [lock_room, lock_group_room])
def test_a_room_that_is_not_there_is_not_found(lock: object) -> None:
    with transaction.atomic(), pytest.raises(RoomNotFound):
        lock(UNKNOWN)  # type: ignore[operator]


@pytest.mark.django_db
def test_the_lock_is_asked_for_where_the_database_has_row_locks(alice: Member) -> None:
    room = make_group_room("Garden", alice)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        lock_group_room(room.pk)
    assert queries[-1]["sql"].endswith("FOR UPDATE") is connection.features.has_select_for_update
