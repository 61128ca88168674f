"""Holds from order to end: who made and lifted them is logged, and what they kept goes with them."""

from datetime import timedelta
from typing import Any

import pytest

from chatproject.errors import InvalidInput, MemberNotFound, RoomNotFound
from messaging.file_models import File
from messaging.files.ending.ends import HOLD_LOOKED_AT_AGAIN, end_due, finish
from messaging.models import Message
from messaging.personal.ending_holds import end_some_records, lift_hold, look_at, make_hold
from messaging.personal.holds import keep_held
from messaging.personal_models import HeldRecord, LegalHold
from rooms.audit_models import AuditEntry
from rooms.models import Room
from rooms.moderation.audit import SITE, breaks
from tests.factories import ALICE, BOB
from tests.messaging.files.having import have_file
from tests.messaging.store.doing import NOW, delete, done, say

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)


def hold(**fields: object) -> LegalHold:
    usual = {"member_id": None, "room_id": None, "reason": "서울중앙지법 2026-77", "until": NOW + MONTH}
    return make_hold(**usual | fields, staff_id=None, now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [{}, {"member_id": 1, "room_id": 1}, {"room_id": 1, "reason": " "}, {"room_id": 1, "until": NOW}],
    ids=["of nobody", "of both", "without a reason", "without a time"],
)
def test_a_hold_is_of_one_for_a_reason_and_has_an_end(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        hold(**wrong)


@pytest.mark.parametrize(
    ("wrong", "error"), [({"member_id": 99}, MemberNotFound), ({"room_id": 99}, RoomNotFound)]
)
def test_a_hold_of_a_wrong_number_which_would_keep_nothing_is_refused(
    wrong: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        hold(**wrong)
    assert not LegalHold.objects.exists()


def test_what_is_done_with_a_hold_is_in_the_log_of_the_site_where_no_manager_reads_it(room: Room) -> None:
    made = hold(room_id=room.pk)
    say(room, "하나", sender_id=ALICE)
    keep_held(messages=Message.objects.all(), now=NOW)
    record = HeldRecord.objects.get()
    assert look_at(record_id=record.pk, staff_id=None, now=NOW) == record
    assert lift_hold(hold_id=made.pk, staff_id=None, now=NOW)
    assert not lift_hold(hold_id=made.pk, staff_id=None, now=NOW)
    entries = AuditEntry.objects.order_by("number").values_list("room_id", "act", "reason", "details")
    of_room = f'"hold": {made.pk}, "room": {room.pk}'
    looked = f'"hold": {made.pk}, "record": {record.pk}, "room": {room.pk}'
    assert list(entries) == [
        (SITE, "hold_made", "서울중앙지법 2026-77", f"{{{of_room}}}"),
        (SITE, "held_record_seen", "", f"{{{looked}}}"),
        (SITE, "hold_lifted", "", f"{{{of_room}}}"),
    ]
    assert list(breaks()) == []


def test_what_a_hold_kept_goes_when_it_ends_and_not_what_another_keeps(room: Room) -> None:
    one, other = hold(room_id=room.pk), hold(member_id=ALICE, until=NOW + 2 * MONTH)
    say(room, "하나", sender_id=ALICE)
    keep_held(messages=Message.objects.all(), now=NOW)
    assert end_some_records(now=NOW) == 0
    assert (end_some_records(now=NOW + MONTH), end_some_records(now=NOW + MONTH)) == (1, 0)
    assert [record.hold_id for record in HeldRecord.objects.all()] == [other.pk]
    assert LegalHold.objects.filter(pk=one.pk).exists()  # that there was one is known


def test_as_long_as_no_hold_ended_what_they_keep_is_not_read(room: Room, django_assert_num_queries: Any) -> None:
    hold(room_id=room.pk)
    say(room, "하나", sender_id=ALICE)
    keep_held(messages=Message.objects.all(), now=NOW)
    with django_assert_num_queries(1) as asked:
        assert end_some_records(now=NOW) == 0
    assert "contents" not in asked.captured_queries[0]["sql"]


def test_a_file_that_a_hold_covers_is_got_by_nobody_and_lies_there_until_the_hold_ends(room: Room) -> None:
    hold(member_id=BOB)
    say(room, "하나", sender_id=BOB)
    say(room, "둘", sender_id=ALICE)
    held, others = have_file(room, seq=1, uploader_id=BOB), have_file(room, seq=2, uploader_id=ALICE)
    keep_held(messages=Message.objects.all(), now=NOW)
    done(delete(room, 1, by=BOB), delete(room, 2, by=ALICE), now=NOW)
    File.objects.update(expires_at=NOW)
    ending = end_due(now=NOW)
    finish(ending, now=NOW)
    assert list(ending.removed) == [others.pk]
    held.refresh_from_db()
    assert (held.state, held.expires_at) == (File.State.GONE, NOW + HOLD_LOOKED_AT_AGAIN)
    assert end_due(now=NOW + timedelta(days=1)).removed == {}  # looked at again, and kept
    end_some_records(now=NOW + MONTH)
    assert list(end_due(now=NOW + MONTH).removed) == [held.pk]
