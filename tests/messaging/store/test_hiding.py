"""Hiding messages and showing them again: by whom, what is left meanwhile, what comes back. With a database."""

from datetime import timedelta
from typing import Any

import pytest

from chatproject.errors import ChatError
from messaging.models import Mention, Message, Pin
from messaging.search.engine import Query
from messaging.search.finder import SignatureSearch
from messaging.search.text import words_of
from messaging.store.act_selectors import reactors
from messaging.store.drafts import Draft
from messaging.store.finding import Wanted, find_messages
from messaging.store.my_rooms import my_mentions, my_rooms
from messaging.store.selectors import newest_to_answer, recent_messages
from messaging.wire.protocol import MessageObject
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation import audit
from rooms.moderation_models import Sanction
from tests.factories import ALICE, BOB, CHARLIE, make_private_room
from tests.messaging.store.doing import (
    A_WHILE,
    NOW,
    at,
    codes,
    delete,
    do,
    done,
    edit,
    hide,
    pin,
    react,
    read,
    role,
    say,
)

pytestmark = pytest.mark.django_db

LATER = NOW + A_WHILE
HOUR = timedelta(hours=1)


@pytest.fixture
def room(room: Room, charlie: Member) -> Room:
    """Alice owns it, Bob manages it, Charlie is in."""
    Participant.objects.create(room=room, member=charlie)
    role(room, owner=ALICE, manager=BOB)
    return room


def is_shown(message: MessageObject) -> bool:
    return message.hidden_at is None and message.message != ""


# --- who may


@pytest.mark.parametrize(
    ("by", "author", "code"),
    [
        (ALICE, CHARLIE, "Stored"),
        (ALICE, BOB, "Stored"),
        (BOB, CHARLIE, "Stored"),
        (BOB, None, "Stored"),  # what the assistant said
        (BOB, ALICE, "E-MO001"),
        (BOB, BOB, "E-MO001"),
        (CHARLIE, BOB, "E-MS007"),
        (None, ALICE, "Stored"),  # staff
    ],
)
def test_a_manager_hides_what_those_below_said(room: Room, by: int | None, author: int | None, code: str) -> None:
    say(room, "안녕", sender_id=author)
    assert codes(hide(room, 1, by=by)) == [code]
    assert is_shown(read(room, 1)) == (code != "Stored")


def test_an_admin_hides_in_every_group_room_and_is_hidden_by_nobody_below(room: Room, charlie: Member) -> None:
    say(room, "하나", "둘", sender_id=BOB)
    Participant.objects.filter(member=charlie).delete()
    assert codes(hide(room, 1, by=CHARLIE), hide(room, 1, by=CHARLIE, is_admin=True)) == ["E-AU002", "Stored"]
    Member.objects.filter(pk=BOB).update(role="ADMIN")
    assert codes(hide(room, 2, by=ALICE)) == ["E-MO001"]


def test_in_a_private_room_staff_alone_hide(alice: Member, bob: Member) -> None:
    pair = make_private_room(alice, bob)
    say(pair, "하나", sender_id=ALICE)
    assert codes(hide(pair, 1, by=BOB), hide(pair, 1, by=CHARLIE, is_admin=True)) == ["E-C003", "E-R001"]
    [hidden] = done(hide(pair, 1, by=None, kind="measure", until=LATER + HOUR))
    assert [(told.member_id, told.room_name, told.act, told.by) for told in hidden.told] == [
        (ALICE, "Alice-Bob", "measure", "staff")
    ]


@pytest.mark.parametrize("fields", [
    {"reason": " "}, {"reason": "가" * 201}, {"until": LATER}, {"kind": "measure"},
    {"kind": "measure", "until": LATER + timedelta(days=31)},
])  # fmt: skip
def test_a_hiding_has_a_reason_and_an_end_to_come(room: Room, fields: dict[str, Any]) -> None:
    say(room, "하나", sender_id=CHARLIE)
    assert codes(hide(room, 1, by=None, **fields)) == ["E-C001"]
    assert not Sanction.objects.exists()


def test_a_measure_is_for_staff(room: Room) -> None:
    say(room, "하나", sender_id=CHARLIE)
    assert codes(hide(room, 1, by=ALICE, kind="measure", until=LATER + HOUR)) == ["E-MO001"]


# --- what it does


def test_a_hidden_message_says_nothing_and_keeps_its_place_and_its_author(room: Room) -> None:
    say(room, "나쁜 말", sender_id=CHARLIE, mentions=(BOB,))
    done(react(room, 1, by=ALICE))
    before = read(room, 1)
    assert before.mentions
    assert before.reactions
    [hidden] = done(hide(room, 1, by=BOB), now=at(20))
    left = read(room, 1)
    assert hidden.message == left
    assert (left.message, left.mentions, left.reactions, left.pinned_at) == ("", (), (), None)
    assert (left.sender_id, left.nick_name, left.hidden_at) == (CHARLIE, "Charlie", "2026-11-22T09:00:20.000000Z")
    assert left.version == before.version + 1
    [shown] = done(hide(room, 1, by=ALICE, on=False), now=at(30))
    assert shown.message == read(room, 1)
    assert shown.message.version == left.version + 1
    for name in ("message", "mentions", "reactions", "hidden_at", "edited_at"):
        assert getattr(shown.message, name) == getattr(before, name)


def test_what_is_hidden_is_nowhere_and_comes_back_to_everywhere(room: Room) -> None:
    say(room, "사과 먹자", sender_id=CHARLIE, mentions=(ALICE,))
    done(react(room, 1, by=BOB))

    def places() -> list[bool]:
        found = find_messages(Wanted(words=words_of("사과"), room_id=room.pk), member_id=ALICE)
        [mine] = my_rooms(member_id=ALICE)
        return [
            bool(found.messages),
            bool(SignatureSearch().find(Query(words_of("사과"), [room.pk]), before=None, limit=5).message_ids),
            bool(recent_messages(room_id=room.pk, limit=5)),  # prompts, summaries
            newest_to_answer(room_id=room.pk, member_id=ALICE, is_admin=False, now=NOW)
            is not None,  # what is asked to be answered
            bool(my_mentions(member_id=ALICE, before=None, limit=5)[0]),
            mine["mentionCount"] == 1,
            mine["lastMessage"]["message"] != "",
            bool(reactors(room_id=room.pk, member_id=ALICE, seq=1, key="heart", after=None, limit=5)[0]),
        ]

    assert all(places())
    done(hide(room, 1, by=BOB))
    assert not any(places())
    assert Message.objects.get().contents == "사과 먹자"
    done(hide(room, 1, by=BOB, on=False))
    assert all(places())


def test_the_notice_of_a_room_comes_down_when_it_is_hidden(room: Room) -> None:
    say(room, "공지", sender_id=CHARLIE)
    done(pin(room, 1, by=ALICE))
    done(hide(room, 1, by=BOB))
    room.refresh_from_db()
    assert (room.pinned_seq, Pin.objects.get().unpinned_by_id) == (None, BOB)
    done(hide(room, 1, by=BOB, on=False))
    assert read(room, 1).pinned_at is None  # a manager puts it up again, or not


def test_nothing_is_done_to_a_hidden_message_but_to_delete_it(room: Room) -> None:
    say(room, "나쁜 말", sender_id=CHARLIE)
    done(hide(room, 1, by=BOB))
    acts = [edit(room, 1, "좋은 말", by=CHARLIE), react(room, 1, by=ALICE), pin(room, 1, by=ALICE)]
    assert codes(*acts) == ["E-MO005"] * 3
    done(delete(room, 1, by=CHARLIE))
    left = read(room, 1)
    assert (left.hidden_at, left.deleted_by) == (None, "author")
    version = left.version
    done(hide(room, 1, by=BOB, on=False))
    assert (read(room, 1).message, read(room, 1).version) == ("", version)  # it stays deleted, and nobody is told
    assert not Mention.objects.exists()


def test_a_deleted_message_is_not_hidden(room: Room) -> None:
    say(room, "하나", sender_id=CHARLIE)
    done(delete(room, 1, by=CHARLIE))
    assert codes(hide(room, 1, by=BOB), hide(room, 7, by=BOB)) == ["E-MS004", "E-MS001"]


def test_who_repeats_a_hidden_message_is_answered_as_ever(room: Room) -> None:
    draft = Draft(room.pk, CHARLIE, "나쁜 말", "a" * 32)
    [first] = done(draft)
    done(hide(room, 1, by=BOB))
    [again] = done(draft)
    assert (again.duplicate, again.message.seq, again.message.message) == (True, first.message.seq, "")


# --- several that hide one


def test_a_message_is_shown_again_when_nothing_hides_it_any_more(room: Room) -> None:
    say(room, "하나", sender_id=CHARLIE)
    done(hide(room, 1, by=BOB), hide(room, 1, by=None, kind="measure", until=LATER + HOUR))
    assert codes(hide(room, 1, by=BOB, on=False)) == ["Stored"]  # his own
    assert not is_shown(read(room, 1))
    assert codes(hide(room, 1, by=BOB, on=False)) == ["E-MO001"]  # what is left is staff's
    done(hide(room, 1, by=None, on=False))
    assert is_shown(read(room, 1))


def test_nobody_shows_what_a_higher_rank_has_hidden(room: Room) -> None:
    say(room, "하나", sender_id=CHARLIE)
    done(hide(room, 1, by=ALICE))
    assert codes(hide(room, 1, by=BOB, on=False), hide(room, 1, by=BOB, reason="다른 까닭")) == ["E-MO001"] * 2
    assert codes(hide(room, 1, by=CHARLIE, on=False)) == ["E-MS007"]
    assert codes(hide(room, 1, by=ALICE, on=False)) == ["Stored"]


def test_a_repeat_changes_nothing_and_another_reason_takes_the_place_of_the_first(room: Room) -> None:
    say(room, "하나", sender_id=CHARLIE)
    first, again = done(hide(room, 1, by=BOB), hide(room, 1, by=BOB))
    version = first.message.version
    [once_more] = done(hide(room, 1, by=BOB))
    assert (once_more.duplicate, again.message.version) == (True, version)
    assert Sanction.objects.count() == 1
    done(hide(room, 1, by=ALICE, reason="욕설", until=LATER + HOUR))
    held = Sanction.objects.get(lifted_at=None)
    assert (held.reason, held.until, held.imposed_by_id) == ("욕설", LATER + HOUR, ALICE)
    assert read(room, 1).version == version


def test_many_messages_are_hidden_at_once(room: Room) -> None:
    say(room, *map(str, range(150)), sender_id=CHARLIE)
    outcomes = do(*[hide(room, seq, by=BOB) for seq in range(1, 151)])
    assert not [outcome for outcome in outcomes if isinstance(outcome, ChatError)]
    assert Message.objects.exclude(hidden_at=None).count() == Sanction.objects.count() == 150


# --- the end


def test_what_has_ended_is_shown_again_by_the_clock_and_only_then(room: Room) -> None:
    say(room, "하나", sender_id=CHARLIE)
    [hidden] = done(hide(room, 1, by=BOB, until=LATER + HOUR))
    assert hidden.ends_at == LATER + HOUR
    due = hide(room, 1, by=None, on=False, is_due=True, sanction_id=Sanction.objects.get().pk)
    done(due, now=LATER + HOUR - timedelta(microseconds=1))
    assert not is_shown(read(room, 1))
    first, second = done(due, due, now=LATER + HOUR)  # whichever process is first
    assert is_shown(read(room, 1))
    assert [told.lifted for told in (*first.told, *second.told)] == [True]
    version = read(room, 1).version
    [third] = done(due, now=LATER + 2 * HOUR)
    assert (third.duplicate, read(room, 1).version) == (True, version)


def test_a_deletion_by_somebody_else_is_in_the_log_and_ones_own_is_not(room: Room) -> None:
    say(room, "one", "two", sender_id=CHARLIE)
    done(delete(room, 1, by=CHARLIE), delete(room, 2, by=BOB))
    done(delete(room, 2, by=BOB))
    logged = AuditEntry.objects.filter(room_id=room.pk).values_list("act", "actor_id", "member_id", "seq")
    assert list(logged) == [("delete", BOB, CHARLIE, 2)]
    assert list(audit.breaks()) == []
