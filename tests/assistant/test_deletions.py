"""What is deleted is told apart from what stands, room by room."""

from pytest_django import DjangoAssertNumQueries

from assistant.deletions import deleted_among
from messaging.models import Message
from rooms.models import Member, Room
from tests.assistant.conftest import NOON, say
from tests.factories import ALICE, make_group_room


def test_of_what_was_read_the_deleted_is_known(
    room: Room, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = make_group_room("옆방", Member.objects.get(pk=ALICE))
    for each in (room, room, other):
        say(each, ALICE, "말")
    Message.objects.filter(room=room, seq=2).update(deleted_at=NOON)
    Message.objects.filter(room=other, seq=1).update(deleted_at=NOON)

    assert deleted_among(room_id=room.room_id, seqs={1, 2, 3}) == {2}
    with django_assert_num_queries(0):
        assert deleted_among(room_id=room.room_id, seqs=()) == set()
