"""Signatures are made of complete chunks only, once, and anew where a text has changed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from messaging.models import Message
from messaging.search.candidates import spans
from messaging.search.index import SETTLED_AFTER, index_newer, index_older, marking_stale, progress
from messaging.search.signatures import CHUNK_MESSAGES, SLICES, probes
from messaging.search.text import words_of
from messaging.search_models import SearchProgress, SearchSignature, SearchStale
from rooms import deleting
from rooms.models import Member, Room
from tests.conftest import AllAtOnce
from tests.factories import ALICE, make_group_room

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LATER = NOW + SETTLED_AFTER


@pytest.fixture
def room(alice: Member) -> Room:
    return make_group_room("Garden", alice)


def say(room: Room, *message_ids: int, text: str = "안녕하세요") -> None:
    last_seq = Message.objects.filter(room=room).count()
    Message.objects.bulk_create(
        Message(
            message_id=message_id,
            room=room,
            seq=seq,
            version=seq,
            sender_id=ALICE,
            contents=text,
            created_at=NOW,
            updated_at=NOW,
        )
        for seq, message_id in enumerate(message_ids, start=last_seq + 1)
    )


def mark_stale(*message_ids: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(*marking_stale(message_ids))


def chunks() -> set[int]:
    return set(SearchSignature.objects.values_list("chunk", flat=True))


def worth_a_look(room: Room, word: str, *, chunk: int) -> bool:
    asked = probes(words_of(word), room_ids=[room.pk], author_id=None, has_link=False)
    first = chunk * CHUNK_MESSAGES
    return list(spans(asked, first_id=first, last_id=first + CHUNK_MESSAGES - 1)) != []


def test_new_messages_get_signatures_when_their_chunk_is_complete_and_settled(room: Room) -> None:
    assert (progress().first, progress().end) == (0, 0)
    say(room, *range(1, CHUNK_MESSAGES))
    assert not index_newer(now=LATER)
    say(room, CHUNK_MESSAGES + 1)
    assert not index_newer(now=LATER - timedelta(seconds=1))  # somebody may still be writing there
    assert index_newer(now=LATER)
    assert not index_newer(now=LATER)
    assert chunks() == {0}
    assert SearchSignature.objects.count() == SLICES
    assert progress().end == 1


def test_ids_may_leap(room: Room) -> None:
    progress()
    say(room, 5, 40 * CHUNK_MESSAGES, 90 * CHUNK_MESSAGES)
    assert index_newer(now=LATER)
    assert index_newer(now=LATER)
    assert not index_newer(now=LATER)
    assert chunks() == {0, 40}
    assert progress().end == 41


def test_what_was_there_before_waits_for_the_command(room: Room) -> None:
    say(room, 5, 3 * CHUNK_MESSAGES, 7 * CHUNK_MESSAGES + 3)
    assert progress().first == 7
    assert not index_newer(now=LATER)
    assert [index_older(), index_older(), index_older()] == [3, 0, None]
    assert chunks() == {0, 3}
    assert progress().first == 0


def test_a_changed_text_is_found_at_once_and_its_signature_made_anew(room: Room) -> None:
    progress()
    say(room, 5, 9, CHUNK_MESSAGES)
    index_newer(now=LATER)
    assert not worth_a_look(room, "고민", chunk=0)

    Message.objects.filter(pk=5).update(contents="고민이에요")
    mark_stale(5)
    mark_stale(5, 9, 5)  # in one chunk
    assert worth_a_look(room, "고민", chunk=0)

    assert index_newer(now=LATER)
    assert not index_newer(now=LATER)
    assert not SearchStale.objects.exists()
    assert worth_a_look(room, "고민", chunk=0)
    assert not worth_a_look(room, "상담", chunk=0)


def test_deleted_messages_leave_nothing_behind(room: Room) -> None:
    progress()
    say(room, 5, text="고민이에요")
    say(room, 9, CHUNK_MESSAGES)
    Message.objects.filter(pk=5).update(deleted_at=NOW)
    index_newer(now=LATER)
    assert not worth_a_look(room, "고민", chunk=0)


def test_a_room_that_is_deleted_leaves_nothing_behind(
    alice: Member, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleting, "DELETED_AT_ONCE", 1)
    progress()
    kitchen = make_group_room("Kitchen", alice)
    say(room, 5, CHUNK_MESSAGES + 5, text="고민이에요")
    say(kitchen, 6, 2 * CHUNK_MESSAGES)
    while index_newer(now=LATER):
        pass
    deleting.delete_room(room_id=room.pk)
    while index_newer(now=LATER):
        pass
    assert not any(worth_a_look(room, "고민", chunk=chunk) for chunk in (0, 1))
    assert worth_a_look(kitchen, "안녕", chunk=0)


@pytest.mark.django_db(transaction=True)
def test_processes_share_the_work(alice: Member, all_at_once: AllAtOnce) -> None:
    progress()
    say(make_group_room("Garden", alice), *range(1, 4 * CHUNK_MESSAGES + 1))
    assert sorted(all_at_once(*[lambda: index_newer(now=LATER)] * 6)) == [False] * 2 + [True] * 4
    assert chunks() == {0, 1, 2, 3}


@pytest.mark.django_db(transaction=True)
@pytest.mark.servers
def test_a_text_that_is_changing_while_the_signature_is_made_is_found(
    alice: Member, all_at_once: AllAtOnce
) -> None:
    """Whoever comes first: the other one waits, and sees what was done."""
    room = make_group_room("Garden", alice)
    progress()
    say(room, 5, CHUNK_MESSAGES)

    def change() -> None:
        with transaction.atomic():
            Message.objects.filter(pk=5).update(contents="고민이에요")
            mark_stale(5)

    steps: list[Callable[[], object]] = [change, lambda: index_newer(now=LATER)]
    all_at_once(*steps)
    assert worth_a_look(room, "고민", chunk=0)
    assert SearchProgress.objects.get().end == 1
    connection.close()
