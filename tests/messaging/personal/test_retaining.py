"""Messages that are too old: which go, what goes with them, and that nothing else does."""

from datetime import timedelta

import pytest
from django.test import override_settings

from chatproject.keeping_settings import read_keeping
from messaging.file_models import File
from messaging.models import EarlierText, Mention, Message, Pin, Reaction
from messaging.personal import retaining
from messaging.personal.retaining import due_rooms, retain_some
from messaging.personal_models import HeldRecord, LegalHold
from messaging.search.signatures import CHUNK_MESSAGES
from messaging.search_models import SearchStale
from messaging.store.mentions import count_unread
from messaging.store.my_rooms import my_rooms
from messaging.store.selectors import history, subscription_state
from messaging.store.statements import run
from messaging.store.unread import Unread, unread_of_all, unread_rooms
from rooms.models import Member, Participant, Room
from rooms.moderation_models import Sanction
from tests.factories import ALICE, BOB, make_group_room
from tests.messaging.store.doing import NOW, codes, delete, done, edit, hide, pin, react, role, say

pytestmark = pytest.mark.django_db

DAYS = 30
TODAY = NOW + timedelta(days=DAYS, minutes=1)  # what was said at NOW is too old
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def room(room: Room) -> Room:
    """Alice owns it. She said three things long ago, and Bob two yesterday."""
    Room.objects.filter(pk=room.pk).update(keeps_messages=DAYS)
    role(room, owner=ALICE)
    say(room, "하나", "둘 @Bob", "셋", sender_id=ALICE, mentions=(BOB,))
    say(room, "넷", "다섯", sender_id=BOB, now=YESTERDAY)
    Participant.objects.update(read_seq=0)
    return room


def retain(room: Room) -> list[int | None]:
    """All that there is to do; returns the versions of which the room is to be told."""
    told = []
    while (step := retain_some(room_id=room.pk, now=TODAY)).is_full:
        told.append(step.version)
    return [version for version in told if version is not None]


def seqs(room: Room) -> list[int]:
    return list(Message.objects.filter(room=room).order_by("seq").values_list("seq", flat=True))


def test_what_is_too_old_goes_and_the_room_is_told_once_where_it_begins(room: Room) -> None:
    before = Room.objects.get(pk=room.pk)
    [version] = retain(room)
    after = Room.objects.get(pk=room.pk)
    assert (seqs(room), after.first_seq, version) == ([4, 5], 4, after.roster_version)
    assert (after.last_seq, after.version) == (before.last_seq, before.version)  # numbers and order stay
    assert say(room, "여섯", sender_id=ALICE)[0].message.seq == 6
    assert retain(room) == []


def test_everything_about_it_goes_with_it_and_nothing_about_what_stays(room: Room) -> None:
    done(
        edit(room, 1, "고친 하나", by=ALICE),
        react(room, 2, by=BOB),
        react(room, 4, by=ALICE),
        pin(room, 2, by=ALICE),
    )
    done(hide(room, 3, by=None))
    for seq in (1, 4):
        usual = {"name": "a.png", "media_type": "image/png", "size": 1, "state": "ready", "created_at": NOW}
        File.objects.create(room_id=room.pk, seq=seq, key=f"{seq:032x}", expires_at=TODAY + timedelta(9), **usual)
    SearchStale.objects.all().delete()
    first_ids = Message.objects.filter(room=room, seq=1).values_list("pk", flat=True)
    chunk = first_ids[0] // CHUNK_MESSAGES
    retain(room)
    assert (EarlierText.objects.count(), Pin.objects.count()) == (0, 0)
    assert Reaction.objects.filter(message__seq=4).count() == Reaction.objects.count() == 1
    assert not Mention.objects.filter(seq__lt=4).exists()
    assert Room.objects.get(pk=room.pk).pinned_seq is None
    assert Sanction.objects.get(seq=3).lifted_at == TODAY  # no end comes to a message that is gone
    ends = File.objects.order_by("seq").values_list("seq", "expires_at")
    assert list(ends) == [(1, TODAY), (4, TODAY + timedelta(9))]
    assert SearchStale.objects.filter(chunk=chunk).exists()


def test_a_member_who_comes_back_is_told_what_is_left_and_where_it_begins(room: Room) -> None:
    known = Room.objects.get(pk=room.pk).version - 4  # Bob knows the first message alone
    done(edit(room, 4, "고친 넷", by=BOB), now=YESTERDAY + timedelta(seconds=1))
    retain(room)
    state = subscription_state(room_id=room.pk, member_id=BOB, since=known)
    assert state.missed is not None
    assert [(one.seq, one.message) for one in state.missed] == [(5, "다섯"), (4, "고친 넷")]
    assert (state.standing.first_seq, state.standing.read_seq, state.standing.last_seq) == (4, 3, 5)


def test_nobody_has_unread_what_is_gone(room: Room) -> None:
    retain(room)
    [alices] = my_rooms(member_id=ALICE)
    assert (alices["unReadCount"], alices["firstSeq"], alices["readSeq"]) == (2, 4, 3)
    assert unread_of_all(member_ids=[BOB]) == {BOB: Unread(2, 0)}
    assert [one.messages for one in unread_rooms(member_id=BOB)] == [2]
    assert run(count_unread(member_id=BOB, room_ids=[room.pk])) == [{}]


def test_between_the_beginning_and_the_deletion_nobody_sees_or_changes_what_is_about_to_go(room: Room) -> None:
    assert retain_some(room_id=room.pk, now=TODAY).is_full  # the room begins at 4; then the process is killed
    assert seqs(room) == [1, 2, 3, 4, 5]
    page = history(room_id=room.pk, member_id=BOB, limit=10)
    around = history(room_id=room.pk, member_id=BOB, around=2, limit=4)
    assert [b'"seq":4' in page[0], b'"seq":5' in page[1], len(page), len(around)] == [True, True, 2, 2]
    acts = [
        edit(room, 1, "…", by=ALICE),
        delete(room, 2, by=ALICE),
        react(room, 3, by=BOB),
        pin(room, 1, by=ALICE),
    ]
    assert codes(*acts) == ["E-MS001"] * 4
    assert due_rooms(after=0, now=NOW) == ([room.pk], None)  # found again, whatever the room keeps by then
    retain(room)
    assert (seqs(room), due_rooms(after=0, now=TODAY)) == ([4, 5], ([], None))


def test_a_room_is_due_by_its_own_days_else_the_sites(room: Room, alice: Member, bob: Member) -> None:
    other = make_group_room("오래 두는 방", alice)
    say(other, "하나", sender_id=ALICE)
    assert due_rooms(after=0, now=TODAY) == ([room.pk], None)
    assert due_rooms(after=0, now=TODAY - timedelta(minutes=2)) == ([], None)
    with override_settings(KEEPING=_keeping(messages_days=DAYS)):
        assert due_rooms(after=0, now=TODAY) == ([room.pk, other.pk], None)
        Room.objects.filter(pk=other.pk).update(keeps_messages=0)  # for good
        assert due_rooms(after=0, now=TODAY) == ([room.pk], None)


def test_a_room_where_nothing_was_said_or_nothing_is_left_is_not_looked_at_again(
    room: Room, alice: Member
) -> None:
    quiet = make_group_room("조용한 방", alice)
    Room.objects.filter(pk=quiet.pk).update(keeps_messages=DAYS)
    later = TODAY + timedelta(days=DAYS)
    while due_rooms(after=0, now=later) == ([room.pk], None):
        retain_some(room_id=room.pk, now=later)
    assert (seqs(room), due_rooms(after=0, now=later)) == ([], ([], None))
    say(quiet, "드디어", sender_id=ALICE)
    assert due_rooms(after=0, now=later) == ([quiet.pk], None)


def test_what_is_kept_has_no_gap_whatever_clocks_said(room: Room) -> None:
    Message.objects.filter(room=room, seq=2).update(created_at=TODAY)
    retain(room)
    assert seqs(room) == [2, 3, 4, 5]


def test_a_hold_saves_exactly_what_it_covers_and_it_goes_from_the_room_all_the_same(room: Room) -> None:
    done(delete(room, 1, by=ALICE))
    hold = LegalHold.objects.create(
        member_id=ALICE, reason="수사 협조", made_at=NOW, until=TODAY + timedelta(days=9)
    )
    say(room, "여섯", sender_id=BOB, now=NOW)
    Message.objects.filter(room=room).update(created_at=NOW)
    retain(room)
    assert seqs(room) == []
    assert list(HeldRecord.objects.filter(hold=hold).order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]


def test_many_go_a_few_at_a_time(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining, "MOVED_AT_ONCE", 2)
    monkeypatch.setattr(retaining, "DELETED_AT_ONCE", 1)
    monkeypatch.setattr(retaining, "ROOMS_AT_ONCE", 1)
    steps = []
    while retain_some(room_id=room.pk, now=TODAY).is_full:
        steps.append((Room.objects.get(pk=room.pk).first_seq, seqs(room)))
    assert steps == [
        (3, [1, 2, 3, 4, 5]),
        (3, [2, 3, 4, 5]),
        (3, [3, 4, 5]),
        (4, [3, 4, 5]),
        (4, [4, 5]),
    ]
    assert due_rooms(after=0, now=TODAY) == ([], room.pk)  # one room at a time: there may be more


def _keeping(**days: int) -> object:
    return type("Keeping", (), {name: getattr(read_keeping(), name) for name in read_keeping().__slots__} | days)()
