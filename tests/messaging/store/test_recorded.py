"""What is said and done is an event exactly when it is committed, once, and for nobody who did not subscribe."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from chatproject.errors import InvalidInput, NotInRoom
from chatproject.outgoing.models import OutgoingEvent
from chatproject.outgoing.subscriptions import NOBODY, read_subscribed
from chatproject.room_errors import Muted
from messaging.care_models import Concern
from messaging.file_models import File
from messaging.moderation.screening import Verdict
from messaging.moderation.signals import Signal
from messaging.moderation_models import HeldMessage
from messaging.store.acts import FilesAct, HideAct
from messaging.store.drafts import Draft, Release
from messaging.store.services import store_batch
from rooms.models import Member, Participant, Room
from rooms.moderation.audit import Actor
from rooms.moderation_models import Sanction
from tests.endpoints import details, subscribe, waiting
from tests.factories import ALICE, BOB, CHARLIE, give_role, make_private_room
from tests.messaging.files.having import have_file
from tests.messaging.store.doing import A_WHILE, NOW, at, codes, delete, do, done, edit, hide, pin, react, say

pytestmark = pytest.mark.django_db(transaction=True)

NUMBERS = ("kind", "room_id", "seq", "version", "member_id")


@pytest.fixture
def garden(room: Room) -> Room:
    """Alice owns it, Bob is in it, Charlie is not."""
    give_role(room, ALICE)
    return room


def draft(room: Room, text: str = "hello", *, by: int | None = BOB, **fields: Any) -> Draft:
    return Draft(room.pk, by, text, **{"client_id": uuid4().hex, **fields})


# --- what is said


def test_a_message_is_an_event_with_its_numbers_and_without_its_text(garden: Room) -> None:
    endpoint = subscribe()
    say(garden, "hello", "and more", sender_id=ALICE)
    say(garden, "from the assistant", sender_id=None)
    assert waiting(*NUMBERS) == [
        ("message", garden.pk, 1, None, None),
        ("message", garden.pk, 2, None, None),
        ("message", garden.pk, 3, None, None),
    ]
    event = OutgoingEvent.objects.order_by("pk")[0]
    assert (event.endpoint_id, event.created_at, event.details, event.state) == (endpoint.pk, NOW, None, "waiting")


def test_what_is_refused_rolled_back_or_repeated_is_no_event(garden: Room) -> None:
    subscribe()
    once = draft(garden)
    done(once)
    done(once)
    refused = do(draft(garden, by=CHARLIE), draft(garden, by=BOB, reply_to=99))
    assert [type(one) for one in refused] == [NotInRoom, InvalidInput]
    Participant.objects.filter(room=garden, member_id=BOB).update(muted_until=NOW + timedelta(hours=1))
    [muted] = do(draft(garden))
    assert isinstance(muted, Muted)
    with transaction.atomic():
        say(garden, "never said", sender_id=ALICE)
        transaction.set_rollback(True)
    assert waiting() == ["message"]


def test_what_is_held_is_an_event_once_it_is_let_go(garden: Room) -> None:
    subscribe()
    found = draft(garden, verdict=Verdict("hold", "filter", 5, "x"))
    do(found)
    assert waiting() == []
    held = HeldMessage.objects.get()
    release = Release(held.held_id, Actor.member(ALICE))
    done(draft(garden, client_id=held.client_id, release=release))
    assert waiting() == ["message"]
    do(draft(garden, verdict=Verdict("block", "filter", 5, "x")))
    assert waiting() == ["message"]


def test_a_file_is_an_event_when_it_can_be_got_and_once(garden: Room) -> None:
    subscribe("file")
    cat, log = have_file(garden, BOB), have_file(garden, BOB, state="checking")
    done(draft(garden, "", attachments=(cat.pk, log.pk)))
    assert waiting(*NUMBERS) == [("file", garden.pk, 1, 1, BOB)]
    assert details() == [{"fileId": cat.pk}]
    File.objects.filter(pk=log.pk).update(state="ready", is_untold=True)
    done(FilesAct(room_id=garden.pk, seq=1), FilesAct(room_id=garden.pk, seq=1))
    done(FilesAct(room_id=garden.pk, seq=1))
    done(react(garden, 1, by=ALICE))
    assert waiting(*NUMBERS)[1:] == [("file", garden.pk, 1, 2, BOB)]
    assert details()[1:] == [{"fileId": log.pk}]


def test_who_is_to_be_notified_is_asked_of_mentions_everyone_and_private_rooms(
    garden: Room, alice: Member
) -> None:
    subscribe("mention")
    say(garden, "nobody", sender_id=ALICE)
    say(garden, "Bob", sender_id=ALICE, mentions=(BOB,))
    say(garden, "all", sender_id=ALICE, everyone=True)
    say(garden, "both", sender_id=ALICE, everyone=True, mentions=(BOB,))
    say(garden, "no one who is here", sender_id=ALICE, mentions=(CHARLIE,))
    private = make_private_room(alice, Member.objects.get(pk=CHARLIE))
    say(private, "you", sender_id=ALICE, mentions=(CHARLIE,))
    assert waiting("room_id", "seq") == [
        (garden.pk, 2),
        (garden.pk, 3),
        (garden.pk, 4),
        (garden.pk, 4),
        (private.pk, 1),
    ]
    assert details() == [{"of": [BOB]}, {"everyone": True}, {"of": [BOB]}, {"everyone": True}, None]


# --- what is done


def test_each_change_of_a_message_is_an_event(garden: Room) -> None:
    say(garden, "one", "two", sender_id=BOB)
    subscribe("changed", "mention")
    done(edit(garden, 1, "eins", by=BOB), now=at(1))
    done(edit(garden, 1, "eins", by=BOB), now=at(2))  # nothing differs
    done(react(garden, 1, by=ALICE), now=at(3))
    done(pin(garden, 1, by=ALICE), now=at(4))
    done(pin(garden, 2, by=ALICE), now=at(5))  # takes the other down
    done(delete(garden, 2, by=BOB), now=at(6))
    assert codes(edit(garden, 2, "zwei", by=BOB), delete(garden, 1, by=CHARLIE)) == ["E-MS004", "E-AU002"]
    assert waiting("kind", "seq", "version") == [
        ("changed", 1, 3),
        ("changed", 1, 4),
        ("changed", 1, 5),
        ("changed", 1, 6),
        ("changed", 2, 7),
        ("changed", 2, 8),
    ]


def test_an_edit_notifies_whom_it_mentions_anew(garden: Room, charlie: Member) -> None:
    Participant.objects.create(room=garden, member=charlie)
    say(garden, "one", sender_id=ALICE, mentions=(BOB,))
    subscribe("mention")
    done(edit(garden, 1, "two", by=ALICE, mentions=(BOB, CHARLIE)), now=at(1))
    done(edit(garden, 1, "three", by=ALICE, mentions=(BOB,)), now=at(2))
    done(edit(garden, 1, "four", by=ALICE, everyone=True), now=at(3))
    assert details() == [{"of": [CHARLIE]}, {"everyone": True}]


def test_what_hides_a_message_is_a_sanction_of_its_author_and_so_is_its_end(garden: Room) -> None:
    say(garden, "spam", sender_id=BOB)
    subscribe("sanction", "changed")
    done(hide(garden, 1, by=ALICE, until=NOW + timedelta(hours=1)))
    sanction = Sanction.objects.get()
    due = HideAct(room_id=garden.pk, seq=1, member_id=None, on=False, sanction_id=sanction.pk, is_due=True)
    done(due, now=NOW + timedelta(minutes=1))  # not yet
    done(due, now=NOW + timedelta(hours=2))
    assert waiting("kind", "seq", "member_id") == [("changed", 1, BOB), ("sanction", 1, BOB)] * 2
    assert details(kind="sanction") == [
        {"sanctionId": sanction.pk, "lifted": False},
        {"sanctionId": sanction.pk, "lifted": True},
    ]


def test_somebody_who_may_need_help_is_an_event_where_it_is_a_new_concern(garden: Room) -> None:
    Room.objects.update(is_counselling=True)
    subscribe("concern", "message")
    signal = Signal("words", 5)
    done(*[draft(garden, "죽고 싶다", signal=signal) for _ in range(2)], draft(garden, "…", by=ALICE))
    say(garden, "again", sender_id=BOB, now=NOW + 2 * A_WHILE, signal=signal)
    assert waiting("kind", "room_id") == [
        *[("message", garden.pk)] * 3,
        ("concern", garden.pk),
        ("message", garden.pk),
    ]
    assert [one["source"] for one in details(kind="concern")] == ["words"]


def test_so_is_who_says_it_and_may_say_nothing(garden: Room) -> None:
    Room.objects.update(is_counselling=True)
    Participant.objects.update(muted_until=NOW + timedelta(hours=1))
    subscribe()
    [muted] = do(draft(garden, "죽고 싶다", signal=Signal("words", 5)))
    assert isinstance(muted, Muted)
    assert waiting() == ["concern"]
    assert [one["concernId"] for one in details()] == [Concern.objects.get().pk]


# --- what it costs


def statements(room: Room, **known: Any) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        store_batch([draft(room), draft(room, by=ALICE, mentions=(BOB,))], now=NOW, **known)
    return [query["sql"] for query in queries]


def test_nothing_is_added_where_nobody_subscribed_and_a_row_or_two_where_somebody_did(garden: Room) -> None:
    plain = statements(garden, subscribed=NOBODY)
    subscribe("left")
    unwanted = statements(garden, subscribed=read_subscribed())
    assert [sql.count(";") for sql in unwanted] == [sql.count(";") for sql in plain]
    assert "events" not in "".join(plain + unwanted)
    subscribe()
    wanted = statements(garden, subscribed=read_subscribed())
    assert "".join(wanted).count("INSERT INTO chat_events") == 2  # of messages, and of all else
    if connection.vendor != "sqlite":  # where statements travel together
        assert len(wanted) == len(plain)


def test_who_does_not_know_who_subscribed_asks_on_the_way(garden: Room) -> None:
    subscribe()
    sql = statements(garden)
    assert "".join(sql).count("FROM chat_event_endpoints") == 1
    assert waiting() == ["message", "message", "mention"]
