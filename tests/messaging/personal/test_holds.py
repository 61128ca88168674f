"""What a hold saves: exactly what it covers, once, and no longer than it lasts."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging.file_models import File
from messaging.models import EarlierText, Message
from messaging.personal.holds import held_files, keep_held, keep_held_words
from messaging.personal_models import HeldRecord, LegalHold
from rooms.deleting import delete_room
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, make_group_room
from tests.messaging.store.doing import A_WHILE, NOW, at, delete, done, edit, say

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


def hold(now_until: timedelta = timedelta(days=30), **of: int) -> LegalHold:
    return LegalHold.objects.create(**of, reason="수사 협조 2026-77", made_at=NOW, until=NOW + now_until)


def kept(of: LegalHold | None = None) -> list[tuple[str, int | None, str]]:
    records = HeldRecord.objects.filter(hold=of) if of else HeldRecord.objects.all()
    return [(one.kind, one.seq, json.loads(one.contents).get("text")) for one in records.order_by("pk")]


def file_of(room: Room, seq: int | None, uploader_id: int, **fields: Any) -> File:
    usual = {"name": "진단서.pdf", "media_type": "application/pdf", "size": 9, "state": "ready"}
    end = {"created_at": NOW, "expires_at": LATER}
    key = f"{File.objects.count():032x}"
    return File.objects.create(room_id=room.pk, seq=seq, uploader_id=uploader_id, key=key, **end | usual | fields)


@pytest.fixture
def talk(room: Room) -> Room:
    """Alice said two things and changed one, Bob said one and deleted it."""
    say(room, "처음", "둘째", sender_id=ALICE)
    say(room, "지운 말", sender_id=BOB)
    done(edit(room, 1, "고친 말", by=ALICE))
    done(delete(room, 3, by=BOB), now=NOW + A_WHILE)
    return room


def keep_all(room: Room) -> int:
    return keep_held(messages=Message.objects.filter(room=room), now=LATER)


def test_a_members_hold_saves_what_that_member_said_and_said_before_and_nothing_of_others(talk: Room) -> None:
    of_alice = hold(member_id=ALICE)
    assert keep_all(talk) == 2
    assert kept(of_alice) == [("message", 1, "고친 말"), ("message", 2, "둘째"), ("earlier", 1, "처음")]
    record = HeldRecord.objects.get(kind="earlier")
    assert (record.room_id, record.member_id, record.made_at, record.kept_at) == (talk.pk, ALICE, NOW, LATER)


def test_a_rooms_hold_saves_everything_of_it_deleted_or_not_and_nothing_of_other_rooms(
    talk: Room, alice: Member
) -> None:
    other = make_group_room("다른 방", alice)
    say(other, "여기는 아니다", sender_id=ALICE)
    of_room = hold(room_id=talk.pk)
    assert (keep_all(other), keep_all(talk)) == (0, 3)
    assert [seq for kind, seq, _text in kept(of_room) if kind == "message"] == [1, 2, 3]
    deleted = json.loads(HeldRecord.objects.get(seq=3).contents)
    assert (deleted["text"], deleted["deleted"]) == ("지운 말", at(A_WHILE.total_seconds()).isoformat())


def test_what_two_holds_cover_each_has_for_itself_and_a_repeat_copies_nothing_twice(talk: Room) -> None:
    holds = [hold(member_id=BOB), hold(room_id=talk.pk)]
    ids = [Message.objects.get(room=talk, seq=3).pk]
    assert [keep_held(messages=ids, now=LATER) for _time in range(2)] == [1, 1]
    assert [len(kept(one)) for one in holds] == [1, 1]


def test_no_number_of_edits_takes_away_what_a_hold_covers(talk: Room) -> None:
    """Of others' messages the newest texts are kept alone."""
    hold(member_id=ALICE)
    say(talk, "밥의 말", sender_id=BOB)
    for number in range(22):
        done(edit(talk, 1, f"고침 {number}", by=ALICE), edit(talk, 4, f"고침 {number}", by=BOB))
    assert EarlierText.objects.filter(message__seq=1).order_by("pk")[0].contents == "처음"
    assert EarlierText.objects.filter(message__seq=4).count() == 20


def test_a_hold_that_is_over_or_lifted_saves_nothing(talk: Room) -> None:
    hold(member_id=ALICE, now_until=timedelta(hours=23))
    lifted = hold(room_id=talk.pk)
    LegalHold.objects.filter(pk=lifted.pk).update(lifted_at=NOW)
    assert (keep_all(talk), kept()) == (0, [])
    assert keep_held_words(member_id=ALICE, room_id=None, words={"text": "…"}, made_at=NOW, now=LATER) == 0


def test_words_that_are_no_message_are_saved_once(talk: Room) -> None:
    hold(member_id=ALICE)
    words = {"what": "objection", "text": "억울해요"}
    counts = [
        keep_held_words(member_id=who, room_id=talk.pk, words=words, made_at=NOW, now=LATER)
        for who in (ALICE, ALICE, BOB)
    ]
    assert (counts, kept()) == ([1, 0, 0], [("other", None, "억울해요")])


def test_files_are_named_in_a_record_and_stay_also_when_nobody_knows_any_more_whose_they_were(talk: Room) -> None:
    hold(member_id=ALICE)
    of_alice, of_bob = file_of(talk, 2, ALICE), file_of(talk, 3, BOB)
    unsent = file_of(talk, None, ALICE)
    keep_all(talk)
    named = json.loads(HeldRecord.objects.get(kind="file").contents)
    assert named == {"file": of_alice.pk, "name": "진단서.pdf", "type": "application/pdf", "size": 9, "alt": ""}
    asked = [(talk.pk, 2, None, of_alice.pk), (talk.pk, 3, BOB, of_bob.pk), (talk.pk, None, ALICE, unsent.pk)]
    assert held_files(files=asked, now=LATER) == {of_alice.pk}, "what was never sent was never said"
    assert held_files(files=asked, now=NOW + timedelta(days=31)) == frozenset()


def test_a_room_that_is_deleted_takes_nothing_along_that_a_hold_wants(talk: Room) -> None:
    end = timezone.now() + timedelta(days=1)
    of_bob = LegalHold.objects.create(member_id=BOB, reason="수사", made_at=NOW, until=end)
    delete_room(room_id=talk.pk)
    assert (kept(of_bob), Message.objects.count()) == ([("message", 3, "지운 말")], 0)
