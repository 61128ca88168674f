"""Who may say something with which files, and what becomes of these, on the database of this run."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.file_models import File
from messaging.models import Message
from messaging.moderation.screening import FLOOD
from messaging.store.drafts import Draft
from messaging.store.file_terms import FOREVER
from messaging.store.remembered import Remembered
from messaging.store.services import store_batch
from messaging.wire.protocol import encode
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, make_group_room
from tests.messaging.files.having import have_file
from tests.messaging.store.doing import NOW, at, delete, do, done, read

pytestmark = pytest.mark.django_db

YEAR = timedelta(days=365)


def sending(room: Room, *files: File | int, text: str = "", by: int = ALICE, **fields: Any) -> Draft:
    file_ids = tuple(file if isinstance(file, int) else file.pk for file in files)
    return Draft(room.pk, by, text, fields.pop("client_id", uuid4().hex), attachments=file_ids, **fields)


def codes_of(*drafts: Draft) -> list[str]:
    return [getattr(outcome, "code", "stored") for outcome in do(*drafts)]


def row(file: File) -> tuple[int | None, bool, bool]:
    file.refresh_from_db()
    return file.seq, file.is_held, file.is_untold


def test_what_alice_sends_has_her_files_in_her_order_and_no_text(room: Room) -> None:
    cat, log = (
        have_file(room, ALICE),
        have_file(room, ALICE, state="checking", name="a.log", width=None, height=None),
    )
    [stored] = done(sending(room, log, cat))
    message = stored.message
    assert (message.message, [one.file_id for one in message.attachments]) == ("", [log.pk, cat.pk])
    assert [one.state for one in message.attachments] == ["checking", "ready"]
    assert (message.attachments[1].name, message.attachments[1].width) == ("노을.jpg", 640)
    assert message == read(room, 1)
    assert encode(message) == encode(read(room, 1))
    assert row(cat) == row(log) == (1, False, False)
    assert cat.expires_at == cat.created_at + YEAR


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"uploader_id": BOB}, "E-FI001"),
        ({"is_preview": True}, "E-FI001"),
        ({"expires_at": NOW}, "E-FI001"),
        ({"state": "coming"}, "E-FI004"),
        ({"seq": 1}, "E-FI005"),
        ({"is_held": True}, "E-FI005"),
        ({"state": "refused"}, "E-FI006"),
        ({"state": "gone"}, "E-FI006"),
    ],
)
def test_what_she_may_not_send_stays_as_it_is_and_takes_nobody_elses_place(
    room: Room, fields: dict[str, Any], code: str
) -> None:
    other, good = have_file(room, **{"uploader_id": ALICE, **fields}), have_file(room, ALICE)
    before = row(other)
    assert codes_of(sending(room, good, other), Draft(room.pk, ALICE, "hello", uuid4().hex)) == [code, "stored"]
    assert row(good) == (None, False, False)
    assert row(other) == before
    assert list(Message.objects.values_list("seq", "contents")) == [(1, "hello")]


def test_a_file_of_another_room_or_of_nowhere_is_not_there(room: Room, alice: Member) -> None:
    elsewhere = have_file(make_group_room("elsewhere", alice), ALICE)
    assert codes_of(sending(room, elsewhere), sending(room, 999_999)) == ["E-FI001"] * 2


def test_of_two_messages_of_one_batch_with_the_same_file_one_has_it(room: Room) -> None:
    file = have_file(room, ALICE)
    assert codes_of(sending(room, file), sending(room, file)) == ["stored", "E-FI005"]
    assert codes_of(sending(room, file)) == ["E-FI005"]
    assert Message.objects.count() == 1


def test_a_repeat_is_answered_with_its_first_numbers_whatever_became_of_its_file(room: Room) -> None:
    draft = sending(room, have_file(room, ALICE))
    [first, twin] = done(draft, draft)
    assert (twin.message, twin.duplicate) == (first.message, True)
    [again] = done(draft)
    assert (again.message, again.duplicate) == (first.message, True)
    done(delete(room, 1, by=ALICE))
    File.objects.all().delete()
    [deleted] = done(draft)
    assert (deleted.message.seq, deleted.message.attachments, deleted.message.deleted_by) == (1, (), "author")


def test_who_is_muted_sends_no_file(room: Room) -> None:
    Participant.objects.filter(member_id=ALICE).update(muted_until=at(600))
    file = have_file(room, ALICE)
    assert codes_of(sending(room, file)) == ["E-MO002"]
    assert row(file) == (None, False, False)


def test_what_is_held_keeps_its_files_from_everybody_else_until_it_is_decided(room: Room) -> None:
    file = have_file(room, ALICE)
    held = sending(room, file, text="buy", verdict=FLOOD)
    assert codes_of(held, held, sending(room, file)) == ["E-MO006", "E-MO006", "E-FI005"]
    assert row(file) == (None, True, False)
    assert codes_of(held) == ["E-MO006"]


def test_a_room_says_how_long_files_are_kept(room: Room) -> None:
    Room.objects.update(keeps_files=0)
    file = have_file(room, ALICE)
    done(sending(room, file))
    file.refresh_from_db()
    assert file.expires_at == FOREVER


def test_a_message_without_files_asks_nothing_of_them(room: Room) -> None:
    remembered = Remembered()
    store_batch([Draft(room.pk, ALICE, "one", uuid4().hex)], now=NOW, remembered=remembered)
    with CaptureQueriesContext(connection) as asked:
        store_batch([Draft(room.pk, ALICE, "two", uuid4().hex)], now=NOW, remembered=remembered)
    assert not [query for query in asked.captured_queries if "chat_files" in query["sql"]]
    file = have_file(room, ALICE)
    store_batch([sending(room, file)], now=at(30), remembered=remembered)  # not the plain way
    assert row(file) == (3, False, False)
