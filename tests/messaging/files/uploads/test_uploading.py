"""Who may announce which file, and where its bytes go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import signing

from chatproject.errors import ChatError, InvalidInput, NotInRoom, RoomNotFound
from chatproject.file_errors import AddressEnded, FileSent, FileTooLarge, KindRefused, NoSuchFile
from chatproject.room_errors import Muted, ReadOnlyRoom
from messaging.file_models import File
from messaging.files.uploads.uploading import (
    Announcement,
    announce,
    own_file,
    read_upload,
    require_coming,
    sign_upload,
)
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, give_role
from tests.messaging.files.having import have_file

NOW = datetime(2026, 11, 22, 9, 0, 30, tzinfo=UTC)
CAT = Announcement("cat.jpg", 1_000, "image/jpeg", "a cat")


def send(room_id: int, *, by: int = ALICE) -> File:
    return announce(CAT, room_id=room_id, member_id=by, is_admin=False, now=NOW)


def test_what_is_announced_is_there_for_a_day(room: Room) -> None:
    file = send(room.pk)

    assert (file.room_id, file.uploader_id, file.state, file.seq) == (room.pk, ALICE, "coming", None)
    assert file.expires_at == NOW + timedelta(days=1)
    assert len(file.key) == 32


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"size": 0}, InvalidInput),
        ({"size": -1}, InvalidInput),
        ({"size": 26 * 1024 * 1024}, FileTooLarge),
        ({"size": 2**70}, FileTooLarge),
        ({"name": "cat.svg"}, KindRefused),
        ({"media_type": "text/html"}, KindRefused),
        ({"name": "x" * 500 + ".jpg"}, InvalidInput),
        ({"name": "a/b.jpg"}, InvalidInput),
        ({"alt": "x" * 301}, InvalidInput),
    ],
)
def test_what_cannot_be_sent_is_refused(changed: dict[str, Any], refusal: type[ChatError]) -> None:
    with pytest.raises(refusal):
        replace(CAT, **changed).cleaned()


def test_a_kind_is_what_the_name_says_where_the_browser_knows_nothing() -> None:
    assert Announcement(" server.log ", 1, "").cleaned() == Announcement("server.log", 1, "text/plain")


def test_only_who_may_write_in_the_room_announces(room: Room) -> None:
    with pytest.raises(NotInRoom):
        send(room.pk, by=CHARLIE)
    with pytest.raises(RoomNotFound):
        send(room.pk + 1)
    Participant.objects.filter(member_id=BOB).update(muted_until=NOW + timedelta(minutes=10))
    with pytest.raises(Muted):
        send(room.pk, by=BOB)
    give_role(room, ALICE)
    Room.objects.update(is_read_only=True)
    Participant.objects.filter(member_id=BOB).update(muted_until=None)
    with pytest.raises(ReadOnlyRoom):
        send(room.pk, by=BOB)
    send(room.pk, by=ALICE)


def test_a_file_is_its_uploaders_in_its_room_while_they_are_in(room: Room) -> None:
    file = send(room.pk)
    assert own_file(room_id=room.pk, file_id=file.pk, member_id=ALICE) == file
    with pytest.raises(NoSuchFile):
        own_file(room_id=room.pk, file_id=file.pk, member_id=BOB)
    with pytest.raises(NotInRoom):
        own_file(room_id=room.pk, file_id=file.pk, member_id=CHARLIE)
    Participant.objects.filter(member_id=ALICE).delete()
    with pytest.raises(NotInRoom):
        own_file(room_id=room.pk, file_id=file.pk, member_id=ALICE)


def test_what_arrived_or_waited_for_too_long_is_not_to_come(room: Room) -> None:
    with pytest.raises(FileSent):
        require_coming(have_file(room, ALICE), now=NOW)
    with pytest.raises(NoSuchFile):
        require_coming(send(room.pk), now=NOW + timedelta(days=1))


def test_an_address_is_one_files_for_five_minutes() -> None:
    signed = sign_upload(31, good_until=NOW + timedelta(minutes=5))

    assert read_upload(signed, now=NOW + timedelta(minutes=4, seconds=59)) == 31
    with pytest.raises(AddressEnded):
        read_upload(signed, now=NOW + timedelta(minutes=5, seconds=1))


@pytest.mark.parametrize(
    "signed",
    [
        "",
        "31",
        "31.99999999999:x",
        "고양이",
        sign_upload(31, good_until=NOW).replace("31.", "32."),
        signing.Signer(salt="another purpose").sign("31.99999999999"),
    ],
)
def test_nobody_makes_an_address_up(signed: str) -> None:
    with pytest.raises(AddressEnded):
        read_upload(signed, now=NOW)
