"""A message's row as everybody sees it. How each act changes it is in `test_changes`."""

import pytest

from messaging.models import Message
from messaging.store.objects import message_objects, messages_by_id
from messaging.wire.marks import Marks, Reaction, stored_marks
from messaging.wire.protocol import encode
from rooms.models import Room
from tests.factories import ALICE
from tests.messaging.store.doing import NOW, say

pytestmark = pytest.mark.django_db


def test_a_plain_message_takes_no_byte_more(room: Room) -> None:
    [stored] = say(room, "hello", sender_id=ALICE)
    told = encode(message_objects(Message.objects.all())[0])
    assert told == encode(stored.message)
    assert not any(key in told for key in (b"reactions", b"mentions", b"everyone", b"pinnedAt", b"deletedBy"))


def test_what_is_marked_is_told(room: Room) -> None:
    say(room, "hello", sender_id=ALICE)
    hearts = Reaction(key="heart", count=2, member_ids=(7, 3))
    marks = Marks(reactions=(hearts,), mentions=(3,), everyone=True, pinned_at="2026-11-22T09:00:00.000000Z")
    Message.objects.update(marks=stored_marks(marks))
    [told] = message_objects(Message.objects.all())
    assert (told.reactions, told.mentions, told.everyone) == ((hearts,), (3,), True)
    assert (told.pinned_at, told.deleted_by) == ("2026-11-22T09:00:00.000000Z", None)


def test_an_answer_that_was_deleted_bears_no_name_either(room: Room) -> None:
    say(room, "an answer", sender_id=None)
    Message.objects.update(deleted_at=NOW, marks=stored_marks(Marks(deleted_by="moderator")))
    [told] = message_objects(Message.objects.all())
    assert (told.kind, told.nick_name, told.message, told.deleted_by) == ("assistant", "", "", "moderator")


def test_by_their_ids_messages_are_found_whole_or_not_at_all(room: Room) -> None:
    [stored] = say(room, "hello", sender_id=ALICE)
    message_id = Message.objects.get().pk
    assert messages_by_id([message_id, message_id + 1]) == {message_id: stored.message}
    assert messages_by_id([]) == {}
