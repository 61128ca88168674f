"""What is done about files is told, and what is deleted takes its files along, as the database has it."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.file_models import File
from messaging.models import Message
from messaging.search_models import SearchStale
from messaging.store.acts import FilesAct, PreviewAct
from messaging.store.drafts import Draft
from messaging.wire.marks import LinkPreview
from messaging.wire.protocol import encode_message
from rooms.models import Room
from tests.factories import ALICE, BOB, give_role
from tests.messaging.files.having import have_file
from tests.messaging.store.doing import at, codes, delete, done, edit, hide, react, read, say

pytestmark = pytest.mark.django_db

URL = "https://example.com/a"


def attached(room: Room, *files: File, text: str = "") -> None:
    done(Draft(room.pk, ALICE, text, uuid4().hex, attachments=tuple(file.pk for file in files)))


def checked(file: File, **fields: Any) -> None:
    """As who checks files leaves one that is part of a message."""
    File.objects.filter(pk=file.pk).update(**{"state": "ready", "is_untold": True, **fields})


def tell(room: Room, seq: int = 1) -> FilesAct:
    return FilesAct(room_id=room.pk, seq=seq)


def states(room: Room, seq: int = 1) -> list[str]:
    return [one.state for one in read(room, seq).attachments]


def test_what_a_check_found_is_one_change_and_another_telling_none(room: Room) -> None:
    one, other = have_file(room, ALICE, state="checking"), have_file(room, ALICE, state="checking")
    attached(room, one, other)
    assert b'"type":"chat"' in encode_message(read(room, 1))
    checked(one, size=90)
    checked(other, state="refused", reason="damaged")
    told, again = done(tell(room), tell(room))
    assert (told.message.version, told.message.edited_at, told.duplicate) == (2, None, False)
    assert [(one.state, one.reason) for one in told.message.attachments] == [("ready", ""), ("refused", "damaged")]
    assert told.message == again.message == read(room, 1)
    assert b'"type":"changed"' in encode_message(told.message)
    assert not File.objects.filter(is_untold=True).exists()
    [later] = done(tell(room))
    assert (later.message.version, later.duplicate) == (2, True)


def test_a_file_that_is_called_otherwise_now_is_found_so(room: Room) -> None:
    file = have_file(room, ALICE, state="checking", name="a.heic")
    attached(room, file)
    checked(file)
    done(tell(room))
    assert not SearchStale.objects.exists()
    checked(file, name="a.jpg")
    done(tell(room))
    assert SearchStale.objects.exists()


def test_files_of_a_message_that_is_nowhere_are_told_to_nobody_once(room: Room) -> None:
    have_file(room, ALICE, seq=9, is_untold=True)
    have_file(room, ALICE, seq=9, is_untold=True, state="gone")
    assert codes(tell(room, 9)) == ["E-MS001"]
    assert not File.objects.filter(is_untold=True).exists()


def test_a_deleted_message_takes_its_files_along_and_names_none(room: Room) -> None:
    kept, file = have_file(room, ALICE), have_file(room, ALICE)
    attached(room, file)
    attached(room, kept)
    done(delete(room, 1, by=ALICE), now=at(20))
    assert read(room, 1).attachments == ()
    file.refresh_from_db()
    kept.refresh_from_db()
    assert (file.expires_at, file.seq) == (at(20), 1)
    assert kept.expires_at > at(20)
    checked(file)
    [told] = done(tell(room))
    assert (told.message.attachments, told.duplicate) == ((), True)


def test_staff_delete_it_likewise(room: Room) -> None:
    file = have_file(room, ALICE)
    attached(room, file)
    done(delete(room, 1, by=None, staff_id=None), now=at(20))
    file.refresh_from_db()
    assert file.expires_at == at(20)


def test_a_hidden_message_shows_none_until_it_is_shown_again(room: Room) -> None:
    give_role(room, ALICE)
    file = have_file(room, ALICE, state="checking")
    attached(room, file, text="look")
    done(hide(room, 1, by=None))
    assert read(room, 1).attachments == ()
    checked(file)
    done(tell(room))
    file.refresh_from_db()
    assert (states(room), file.expires_at > at(1000)) == ([], True)
    done(hide(room, 1, by=None, on=False))
    assert states(room) == ["ready"]


def test_an_edit_keeps_the_files_and_may_leave_no_text(room: Room) -> None:
    attached(room, have_file(room, ALICE), text="look")
    say(room, "bare", sender_id=ALICE)
    assert codes(edit(room, 1, "", by=ALICE), edit(room, 2, "", by=ALICE)) == ["Stored", "E-C001"]
    assert (read(room, 1).message, states(room)) == ("", ["ready"])
    done(react(room, 1, by=BOB))
    assert states(room) == ["ready"]


def test_a_page_is_shown_while_the_text_has_its_address_and_its_picture_ends_with_it(room: Room) -> None:
    say(room, f"look: {URL}", sender_id=ALICE)
    picture = have_file(room, None, is_preview=True)
    preview = LinkPreview(url=URL, title="A", file_id=picture.pk)
    act = PreviewAct(room_id=room.pk, seq=1, preview=preview)
    [shown] = done(act)
    assert (shown.message.preview, shown.message.version, shown.message.edited_at) == (preview, 2, None)
    assert done(act)[0].duplicate
    picture.refresh_from_db()
    assert (picture.seq, picture.expires_at > at(1000)) == (1, True)
    done(edit(room, 1, "no more", by=ALICE), now=at(20))
    assert read(room, 1).preview is None
    picture.refresh_from_db()
    assert (picture.seq, picture.expires_at) == (None, at(20))


def test_a_picture_that_comes_too_late_ends(room: Room) -> None:
    say(room, "one", URL, sender_id=ALICE)
    pictures = [have_file(room, None, is_preview=True) for _ in range(3)]
    acts = [
        PreviewAct(room_id=room.pk, seq=seq, preview=LinkPreview(url=URL, title="A", file_id=picture.pk))
        for seq, picture in zip((1, 9, 2), pictures, strict=True)
    ]
    done(delete(room, 2, by=ALICE))
    assert codes(*acts, now=at(30)) == ["Stored", "E-MS001", "E-MS004"]
    assert read(room, 1).preview is None
    assert set(File.objects.values_list("seq", "expires_at")) == {(None, at(30))}


def test_another_page_takes_the_place_of_the_first(room: Room) -> None:
    say(room, URL, sender_id=ALICE)
    first, second = (have_file(room, None, is_preview=True) for _ in range(2))
    preview = LinkPreview(url=URL, title="A", file_id=first.pk)
    act = PreviewAct(room_id=room.pk, seq=1, preview=preview)
    done(act, replace(act, preview=LinkPreview(url=URL, title="B", file_id=second.pk)), now=at(30))
    assert File.objects.order_by("pk").values_list("seq", "expires_at")[0] == (None, at(30))
    done(replace(act, preview=None))
    assert read(room, 1).preview is None
    assert not File.objects.exclude(seq=None).exists()


def test_what_is_done_to_other_messages_asks_nothing_of_files(room: Room) -> None:
    say(room, "one", "another", sender_id=ALICE)
    with CaptureQueriesContext(connection) as asked:
        done(edit(room, 1, "two", by=ALICE), react(room, 1, by=BOB), delete(room, 2, by=ALICE))
    assert not [query for query in asked.captured_queries if "chat_files" in query["sql"]]
    assert list(Message.objects.order_by("seq").values_list("version", flat=True)) == [3, 4]
