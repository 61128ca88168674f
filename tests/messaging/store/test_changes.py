"""What is done to messages, as the database has it afterwards: versions, texts, notices, neighbours."""

import gc
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatproject.errors import MessageDeleted
from chatproject.outgoing.subscriptions import NOBODY
from messaging.models import EarlierText, Mention, Message, Pin, Reaction
from messaging.search.signatures import CHUNK_MESSAGES
from messaging.search_models import SearchStale
from messaging.store.act_statements import EARLIER_TEXTS_KEPT
from messaging.store.judging import Judge
from messaging.store.services import Draft, Stored, store_batch
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, give_role, make_group_room, make_private_room
from tests.messaging.store.doing import NOW, at, codes, delete, do, done, edit, pin, react, read, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(room: Room) -> Room:
    """Alice made the room, and said one, two, three in it; Bob is in it."""
    give_role(room, ALICE)
    say(room, "one", "two", "three", sender_id=ALICE)
    return room


def numbers(room: Room) -> list[tuple[int, int]]:
    return list(Message.objects.filter(room=room).order_by("seq").values_list("seq", "version"))


def test_an_edit_takes_the_rooms_next_version_and_keeps_what_was_said(garden: Room) -> None:
    [stored] = done(edit(garden, 2, "zwei", by=ALICE))
    assert (stored.message.message, stored.message.version, stored.duplicate) == ("zwei", 4, False)
    assert stored.message.edited_at == "2026-11-22T09:00:10.000000Z"
    assert stored.message == read(garden, 2)
    assert numbers(garden) == [(1, 1), (2, 4), (3, 3)]
    garden.refresh_from_db()
    assert (garden.version, garden.last_seq, garden.updated_at) == (4, 3, NOW)
    [earlier] = EarlierText.objects.all()
    assert (earlier.contents, earlier.written_at, earlier.replaced_at) == ("two", NOW, at(10))


def test_the_newest_earlier_texts_are_kept(garden: Room) -> None:
    for number in range(EARLIER_TEXTS_KEPT + 3):
        done(edit(garden, 1, f"no. {number}", by=ALICE), edit(garden, 2, f"no. {number}", by=ALICE))
    kept = EarlierText.objects.filter(message__seq=1).order_by("pk").values_list("contents", flat=True)
    assert list(kept) == [f"no. {number}" for number in range(2, EARLIER_TEXTS_KEPT + 2)]


def test_a_deleted_message_is_a_tombstone_without_a_name_and_keeps_its_number(garden: Room) -> None:
    done(react(garden, 2, by=BOB), pin(garden, 2, by=ALICE), edit(garden, 2, "@Bob", by=ALICE, mentions=(BOB,)))
    [stored] = done(delete(garden, 2, by=ALICE), now=at(20))
    told = stored.message
    assert (told.message, told.sender_id, told.nick_name, told.deleted_by) == ("", None, "", "author")
    assert (told.reactions, told.mentions, told.pinned_at) == ((), (), None)
    assert told == read(garden, 2)
    assert Message.objects.get(seq=2).contents == "@Bob"  # for the admin
    assert not Reaction.objects.exists()
    assert not Mention.objects.exists()
    garden.refresh_from_db()
    assert garden.pinned_seq is None
    assert Pin.objects.get().unpinned_at == at(20)


def test_in_a_private_room_a_tombstone_keeps_its_name(alice: Member, bob: Member) -> None:
    private_room = make_private_room(alice, bob)
    say(private_room, "one", sender_id=ALICE)
    [stored] = done(delete(private_room, 1, by=ALICE))
    assert (stored.message.sender_id, stored.message.nick_name, stored.message.message) == (ALICE, "Alice", "")


def test_a_repeat_changes_nothing_and_is_answered_alike(garden: Room) -> None:
    acts = [
        edit(garden, 1, "eins", by=ALICE, mentions=(BOB,)),
        delete(garden, 2, by=ALICE),
        react(garden, 3, by=BOB),
        pin(garden, 3, by=ALICE),
    ]
    first = done(*acts)
    again = done(*acts, now=at(100_000))  # when it is too late for both
    assert [stored.message for stored in again] == [stored.message for stored in first]
    assert [stored.duplicate for stored in first + again] == [False] * 4 + [True] * 4
    assert [stored.message.version for stored in first] == [4, 5, 6, 6]
    garden.refresh_from_db()
    assert garden.version == 6


def test_what_a_message_was_deleted_with_is_acknowledged_with_its_numbers(garden: Room) -> None:
    draft = Draft(garden.pk, BOB, "oops", "a" * 32)
    [first] = done(draft)
    done(delete(garden, 4, by=BOB))
    [again] = done(draft)
    assert (again.duplicate, again.message.seq, again.message.created_at) == (True, 4, first.message.created_at)
    assert again.message.message == ""


def test_acts_and_drafts_of_a_batch_stand_beside_each_other(garden: Room) -> None:
    outcomes = do(
        edit(garden, 1, "not yours", by=BOB),
        Draft(garden.pk, BOB, "four", "a" * 32),
        react(garden, 4, by=ALICE),  # sent before its answer came: four is there by then
        Draft(garden.pk, CHARLIE, "I am not in", "b" * 32),
        edit(garden, 1, "eins", by=ALICE),
        react(garden, 1, by=BOB),
        react(garden, 99, by=BOB),
    )
    kinds = [getattr(outcome, "code", "stored") for outcome in outcomes]
    assert kinds == ["E-MS002", "stored", "stored", "E-AU002", "stored", "stored", "E-MS001"]
    assert numbers(garden) == [(1, 5), (2, 2), (3, 3), (4, 6)]  # one version each: in the order of the acts
    garden.refresh_from_db()
    assert (garden.version, garden.last_seq) == (6, 4)
    four = outcomes[1]
    assert isinstance(four, Stored)
    assert four.message.version == 4  # as which it is told first


def test_what_is_done_and_undone_in_a_batch_takes_no_version(garden: Room) -> None:
    outcomes = done(
        react(garden, 1, by=BOB), react(garden, 1, by=BOB, on=False), pin(garden, 2, by=ALICE, on=False)
    )
    assert [stored.duplicate for stored in outcomes] == [True] * 3
    garden.refresh_from_db()
    assert garden.version == 3
    assert not Reaction.objects.exists()


# --- reactions


def test_reactions_are_counted_and_the_first_are_named(garden: Room, crowd: list[Member]) -> None:
    done(*[react(garden, 1, by=member.pk) for member in crowd])
    done(react(garden, 1, "thumb", by=BOB), now=at(20))
    [heart, thumb] = read(garden, 1).reactions
    assert (heart.key, heart.count, heart.member_ids) == ("heart", 40, tuple(m.pk for m in crowd[:30]))
    assert (thumb.key, thumb.count, thumb.member_ids) == ("thumb", 1, (BOB,))
    done(react(garden, 1, by=crowd[0].pk, on=False), react(garden, 1, "thumb", by=BOB, on=False), now=at(30))
    [heart] = read(garden, 1).reactions
    assert (heart.count, heart.member_ids) == (39, tuple(m.pk for m in crowd[1:31]))


@pytest.fixture
def crowd(garden: Room) -> list[Member]:
    members = [Member(member_id=1000 + number, nickname=f"No. {number}") for number in range(40)]
    Member.objects.bulk_create(members)
    Participant.objects.bulk_create(Participant(room=garden, member=member) for member in members)
    return members


def test_the_count_forgets_who_is_gone_at_the_next_reaction(garden: Room, crowd: list[Member]) -> None:
    done(*[react(garden, 1, by=member.pk) for member in crowd])
    Member.objects.filter(pk__in=[member.pk for member in crowd[:10]]).delete()
    done(react(garden, 1, by=BOB), now=at(20))
    [heart] = read(garden, 1).reactions
    assert heart.count == 31


def test_the_first_reaction_is_told_at_once_and_the_next_ones_together(garden: Room) -> None:
    assert codes(react(garden, 1, by=ALICE), now=at(0.01)) == ["Stored"]
    storm = [react(garden, 1, by=BOB), react(garden, 1, "thumb", by=ALICE), react(garden, 1, by=BOB, on=False)]
    assert codes(*storm, react(garden, 2, by=BOB), now=at(0.1)) == ["Later", "Later", "Later", "Stored"]
    [later] = do(storm[0], now=at(0.15))
    assert getattr(later, "wait_s", None) == pytest.approx(0.06)
    outcomes = done(*storm, now=at(0.22))
    assert {stored.message.version for stored in outcomes} == {6}
    assert [(one.key, one.count) for one in read(garden, 1).reactions] == [("heart", 1), ("thumb", 1)]


def test_a_clock_that_is_wrong_holds_no_reaction_for_long(garden: Room) -> None:
    done(react(garden, 1, by=ALICE), now=at(3_600))
    assert codes(react(garden, 1, by=BOB), now=at(20)) == ["Stored"]


# --- the notice


def test_another_notice_ends_the_earlier_one_and_both_are_told(garden: Room) -> None:
    done(pin(garden, 1, by=ALICE))
    [stored] = done(pin(garden, 2, by=ALICE), now=at(20))
    [earlier] = stored.also
    assert (earlier.seq, earlier.pinned_at, stored.message.seq) == (1, None, 2)
    assert {earlier.version, stored.message.version} == {5, 6}
    assert (earlier, stored.message) == (read(garden, 1), read(garden, 2))
    garden.refresh_from_db()
    assert (garden.pinned_seq, garden.version) == (2, 6)
    done(pin(garden, 2, by=ALICE, on=False), now=at(30))
    pins = Pin.objects.order_by("pk").values_list(
        "seq", "pinned_by_id", "pinned_at", "unpinned_by_id", "unpinned_at"
    )
    assert list(pins) == [(1, ALICE, at(10), ALICE, at(20)), (2, ALICE, at(20), ALICE, at(30))]


# --- mentions


def test_an_edit_moves_its_mentions_and_drops_who_is_not_in_the_room(garden: Room, charlie: Member) -> None:
    def rows() -> list[tuple[int, int | None]]:
        return list(Mention.objects.order_by("member_id").values_list("seq", "member_id"))

    done(edit(garden, 1, "@Bob @Charlie", by=ALICE, mentions=(CHARLIE, BOB, BOB), everyone=True))
    assert (read(garden, 1).mentions, read(garden, 1).everyone) == ((BOB,), True)
    assert rows() == [(1, None), (1, BOB)]
    done(edit(garden, 1, "another text", by=ALICE))
    assert (read(garden, 1).mentions, read(garden, 1).everyone) == ((BOB,), True)
    done(edit(garden, 1, "nobody", by=ALICE, mentions=(), everyone=False))
    assert (read(garden, 1).mentions, rows()) == ((), [])


# --- what it costs


def test_a_batch_of_plain_messages_asks_no_more_than_without_acts(garden: Room) -> None:
    with CaptureQueriesContext(connection) as queries:
        drafts = [Draft(garden.pk, ALICE, text, uuid4().hex) for text in ("four", "five")]
        store_batch(drafts, now=NOW, subscribed=NOBODY)
    sql = "; ".join(query["sql"] for query in queries)
    assert not any(word in sql for word in ("marks", "reactions", "pin", "mentions", "events", "endpoints"))
    assert sql.count("SELECT") == 2
    assert sql.count("INSERT") == 1
    assert sql.count("UPDATE chat_") == 2
    assert Message.objects.get(seq=4).marks is None


def test_a_storm_is_a_few_statements_whatever_its_size(garden: Room, crowd: list[Member]) -> None:
    def cost(*members: Member) -> int:
        with CaptureQueriesContext(connection) as queries:
            done(*[react(garden, 1, by=member.pk) for member in members], now=at(members[0].pk))
        return len(queries)

    assert cost(*crowd[1:]) == cost(crowd[0]) <= 14


@pytest.mark.parametrize("seconds", [86_399, 86_401])
def test_the_window_is_the_settings(garden: Room, settings: Any, seconds: int) -> None:
    in_time = seconds < 86_400
    now = NOW + timedelta(seconds=seconds)
    assert codes(edit(garden, 1, "late", by=ALICE), now=now) == ["Stored" if in_time else "E-MS003"]
    assert codes(delete(garden, 2, by=ALICE), now=now) == ["Stored"]  # she manages the room
    settings.EDIT_WITHIN_HOURS = settings.DELETE_WITHIN_HOURS = 0
    assert codes(edit(garden, 3, "never", by=ALICE), now=NOW) == ["E-MS003"]


def test_a_deleted_message_is_not_edited(garden: Room) -> None:
    [_deleted, refused] = do(delete(garden, 1, by=ALICE), edit(garden, 1, "again", by=ALICE))
    assert isinstance(refused, MessageDeleted)


def test_another_room_has_other_messages(garden: Room, alice: Member) -> None:
    kitchen = make_group_room("Kitchen", alice)
    say(kitchen, "one", sender_id=ALICE)
    done(react(kitchen, 1, by=ALICE))
    assert (read(garden, 1).reactions, len(read(kitchen, 1).reactions)) == ((), 1)


def test_the_search_looks_again_where_a_text_changed(garden: Room) -> None:
    done(react(garden, 1, by=BOB), pin(garden, 1, by=ALICE))
    assert not SearchStale.objects.exists()
    done(edit(garden, 1, "eins", by=ALICE), delete(garden, 2, by=ALICE), now=at(20))
    ids = Message.objects.filter(seq__in=[1, 2]).values_list("pk", flat=True)
    assert set(SearchStale.objects.values_list("chunk", flat=True)) == {pk // CHUNK_MESSAGES for pk in ids}


def test_what_managers_pin_is_logged_and_what_two_pin_between_them_is_not(
    garden: Room, alice: Member, bob: Member
) -> None:
    private = make_private_room(alice, bob)
    say(private, "hello", sender_id=ALICE)
    done(pin(garden, 2, by=ALICE), pin(garden, 2, by=ALICE), pin(private, 1, by=BOB))
    done(pin(garden, 2, by=ALICE, on=False))
    logged = AuditEntry.objects.order_by("number").values_list("room_id", "act", "actor_id", "seq")
    assert list(logged) == [(garden.pk, "pin", ALICE, 2), (garden.pk, "unpin", ALICE, 2)]


def test_a_batch_leaves_nothing_that_only_a_garbage_collection_would_free(garden: Room) -> None:
    give_role(garden, BOB)
    gc.disable()
    try:
        done(edit(garden, 2, "zwei", by=ALICE))
        assert codes(edit(garden, 1, "eins", by=BOB)) == ["E-MS002"]
        assert not [each for each in gc.get_objects() if type(each) is Judge]
    finally:
        gc.enable()
