"""Who is to be notified in a browser: the rules that the page has, kept by the server."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatproject.models import Revocation
from messaging.models import Keyword
from messaging.push.deciding import Wanted, read_theirs, read_wanted, room_names
from messaging.push.gathering import Job
from messaging.store.read_marks import mark_read
from rooms.models import Member, Participant, Room
from rooms.moderation.blocked_members import block
from tests.factories import ALICE, BOB, CHARLIE, make_private_room
from tests.messaging.push.people import LAPTOP, NOW, give_browser, want_texts
from tests.messaging.store.doing import done, hide
from tests.messaging.store.test_mentions import draft, store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _browsers(room: Room) -> None:
    """Everybody has one, Charlie too, who is not in the garden."""
    for member_id in (ALICE, BOB, CHARLIE):
        give_browser(member_id, f"{LAPTOP}-{member_id}")


def said(room: Room, *seqs: int, only: frozenset[int] | None = None) -> list[Wanted]:
    return read_wanted([Job(room.pk, seqs, only)])


def whom(room: Room, *seqs: int, **options: Any) -> dict[int, tuple[str, int, int]]:
    """The reason, the message and how many, by member."""
    return {one.member_id: (one.reason, one.message.seq, one.number) for one in said(room, *seqs, **options)}


def level(room: Room, member_id: int, notify: str) -> None:
    Participant.objects.filter(room=room, member_id=member_id).update(notify=notify)


def test_the_others_in_the_room_are_and_neither_its_author_nor_a_stranger(room: Room) -> None:
    store(draft(room, by=BOB), draft(room, by=BOB))
    assert whom(room, 1, 2) == {ALICE: ("message", 2, 2)}
    assert whom(room, 1, 2, only=frozenset((BOB,))) == {}
    assert whom(room, 1, only=frozenset((ALICE,))) == {ALICE: ("message", 1, 1)}


def test_who_has_no_browser_or_read_it_or_came_later_is_not(room: Room) -> None:
    store(draft(room, by=BOB), draft(room, by=BOB))
    Participant.objects.filter(room=room, member_id=ALICE).update(joined_seq=1)
    assert whom(room, 1, 2) == {ALICE: ("message", 2, 1)}
    mark_read(room_id=room.pk, member_id=ALICE, seq=2)
    assert whom(room, 1, 2) == {}
    store(draft(room, by=ALICE))
    Member.objects.get(pk=BOB).push_subscriptions.all().delete()
    assert whom(room, 3) == {}


def test_a_quiet_room_is_quiet_and_one_for_mentions_tells_of_these(room: Room) -> None:
    store(
        draft(room, by=BOB, mentions=(ALICE,)),
        draft(room, by=BOB),
        draft(room, by=BOB, everyone=True, is_admin=True),
    )
    level(room, ALICE, "mentions")
    assert whom(room, 1, 2, 3) == {ALICE: ("mention", 1, 2)}
    assert whom(room, 2) == {}
    level(room, ALICE, "none")
    assert whom(room, 1, 2, 3) == {}
    level(room, ALICE, "all")
    assert whom(room, 1, 2, 3) == {ALICE: ("mention", 1, 3)}


def test_a_keyword_of_ones_own_breaks_through(room: Room) -> None:
    Keyword.objects.create(member_id=ALICE, word="DJANGO")
    level(room, ALICE, "mentions")
    store(draft(room, "Our django is slow", by=BOB), draft(room, "it is late", by=BOB))
    assert whom(room, 1, 2) == {ALICE: ("keyword", 1, 1)}


def test_what_was_deleted_or_hidden_or_said_by_whom_one_blocks_is_not_told(room: Room) -> None:
    store(draft(room, by=BOB), draft(room, by=BOB))
    done(hide(room, 1, by=ALICE, is_admin=True), now=datetime.now(UTC))
    assert whom(room, 1, 2) == {ALICE: ("message", 2, 1)}
    block(member_id=ALICE, blocked_id=BOB, now=NOW)
    assert whom(room, 1, 2) == {}


def test_a_private_room_is_called_by_its_two(alice: Member, bob: Member) -> None:
    pair = make_private_room(alice, bob)
    store(draft(pair, by=BOB))
    want_texts(ALICE)
    [wanted] = said(pair, 1)
    assert wanted.previews
    assert room_names([wanted.room]) == {pair.pk: "Alice-Bob"}


def test_a_room_that_is_gone_concerns_nobody(room: Room) -> None:
    assert read_wanted([Job(999, (1,))]) == []
    assert read_wanted([]) == []


def test_who_was_signed_out_everywhere_is_notified_again_where_they_signed_in_since(room: Room) -> None:
    store(draft(room, by=BOB))
    assert [one.endpoint for one in read_theirs([ALICE]).browsers[ALICE]] == [f"{LAPTOP}-{ALICE}"]
    assert read_theirs([ALICE]).unread[ALICE].messages == 1
    ended = NOW + timedelta(minutes=1)
    Revocation.objects.create(member_id=ALICE, issued_before=ended, made_at=ended, ends_at=ended)
    assert read_theirs([ALICE]).browsers == {}
    give_browser(ALICE, f"{LAPTOP}-new", hours_ago=-1)
    assert [one.endpoint for one in read_theirs([ALICE]).browsers[ALICE]] == [f"{LAPTOP}-new"]
