"""Evidence: as it was for everybody in the room when it was reported, whatever happens later."""

from uuid import uuid4

import pytest

from messaging.models import Message
from messaging.moderation import evidence
from messaging.moderation.evidence import AROUND, OF_MEMBER_OR_ROOM
from messaging.store.drafts import Draft
from rooms.models import Member, Room
from tests.factories import ALICE, BOB
from tests.messaging.files.having import have_file
from tests.messaging.moderation.reported import NOON, report
from tests.messaging.store.doing import delete, done, edit, say

pytestmark = pytest.mark.django_db


def test_a_message_is_kept_with_its_neighbours(room: Room) -> None:
    say(room, *[f"no. {number}" for number in range(1, 21)], sender_id=BOB)
    kept = evidence.around(room, 10)
    assert [line.seq for line in kept.lines] == list(range(10 - AROUND, 10 + AROUND + 1))
    assert kept.reported is not None
    assert (kept.reported.message, kept.reported.nick_name, kept.reported.sender_id) == ("no. 10", "Bob", BOB)


def test_nothing_that_happens_later_changes_it(room: Room) -> None:
    say(room, "good morning", "an insult", sender_id=BOB)
    made = report(room, by=ALICE, seq=2)
    done(edit(room, 2, "flowers", by=BOB))
    done(delete(room, 2, by=BOB))
    Message.objects.filter(room=room).delete()
    Member.objects.filter(pk=BOB).delete()
    room.delete()
    made.refresh_from_db()
    kept = evidence.decode(made.evidence)
    assert [line.message for line in kept.lines] == ["good morning", "an insult"]
    assert kept.room_name == "Garden"
    assert (made.case.member_id, made.case.member_name, made.case.room_name) == (BOB, "Bob", "Garden")


def test_it_says_which_files_were_there(room: Room) -> None:
    cat, hidden = have_file(room, BOB), have_file(room, BOB)
    done(Draft(room.pk, BOB, "", uuid4().hex, attachments=(cat.pk,)))
    done(Draft(room.pk, BOB, "", uuid4().hex, attachments=(hidden.pk,)))
    Message.objects.filter(room=room, seq=2).update(hidden_at=NOON)
    made = report(room, by=ALICE, seq=1)
    done(delete(room, 1, by=BOB))
    first, second = evidence.decode(made.evidence).lines
    assert [(one.file_id, one.name, one.size) for one in first.attachments] == [(cat.pk, "노을.jpg", 1_000)]
    assert second.attachments == ()
    older = made.evidence.replace('"attachments"', '"unknown"')
    assert evidence.decode(older).lines[0].attachments == ()  # kept before there were files


def test_what_the_reporter_could_not_read_is_not_kept(room: Room) -> None:
    say(room, "a secret", "another", "an insult", sender_id=BOB)
    done(delete(room, 1, by=BOB))
    Message.objects.filter(room=room, seq=2).update(hidden_at=NOON)
    kept = evidence.around(room, 3)
    assert [(line.message, line.nick_name, line.is_gone) for line in kept.lines] == [
        ("", "", True),
        ("", "", True),
        ("an insult", "Bob", False),
    ]
    assert "secret" not in evidence.encode(kept)


def test_of_a_member_and_of_a_room_the_last_words_are_kept(room: Room) -> None:
    say(room, *["x"] * OF_MEMBER_OR_ROOM, sender_id=ALICE)
    say(room, "mine", sender_id=BOB)
    say(room, "the assistant's", sender_id=None)
    assert [line.message for line in evidence.of_member(room, BOB).lines] == ["mine"]
    last = evidence.of_room(room).lines
    assert (len(last), last[-1].message, last[-1].nick_name) == (OF_MEMBER_OR_ROOM, "the assistant's", "도우미")
