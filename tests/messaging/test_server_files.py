"""Messages with files, at two servers: what is heard of them, live and after an absence."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from asgiref.sync import sync_to_async

from chatproject.file_errors import FileSent, NoSuchFile
from messaging.file_models import File
from messaging.server import ChatServer
from messaging.store.acts import DeleteAct, FilesAct
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.files.having import have_file
from tests.messaging.people import Person, connect, soon


@pytest.fixture
async def files(room: Room) -> list[int]:
    """Two of Alice's that are being checked, and one of Bob's."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    have = partial(have_file, room, state="checking", expires_at=tomorrow)
    return [(await sync_to_async(have)(whose)).pk for whose in (ALICE, ALICE, BOB)]


async def test_bob_at_the_other_server_hears_a_message_with_files_and_what_becomes_of_them(
    room: Room, files: list[int], alice_here: Person, bob_there: Person, here: ChatServer, there: ChatServer
) -> None:
    cat, log, his = files
    old = await connect(there, BOB, is_v1=True)
    await old.subscribe(room.pk)
    await alice_here.say(room.pk, "", attachments=(cat, log))
    said = await bob_there.gets("chat")
    assert [(one["fileId"], one["state"]) for one in said["attachments"]] == [(cat, "checking"), (log, "checking")]
    assert (await old.gets("chat"))["message"] == "(사진 2장)"
    await alice_here.say(room.pk, "meanwhile")
    for refused, attachments in ((FileSent, (cat,)), (NoSuchFile, (his,))):
        with pytest.raises(refused):
            await alice_here.say(room.pk, "again", attachments=attachments)

    await File.objects.filter(pk__in=files).aupdate(state="ready", is_untold=True)
    told = await soon(here.writer.save(FilesAct(room_id=room.pk, seq=1)))
    assert (await soon(there.writer.save(FilesAct(room_id=room.pk, seq=1)))).duplicate
    changed = await bob_there.gets("changed")
    assert (changed["seq"], changed["version"], changed["editedAt"]) == (1, told.message.version, None)
    assert ["state" in one for one in changed["attachments"]] == [False, False]

    late = await connect(here, BOB)
    await late.subscribe(room.pk, since=1)
    await late.sink.until(lambda: len(late.sink.of_type("chat", "changed")) == 2)
    assert late.sink.of_type("changed") == [changed]
    assert (late.heard(), late.versions(), old.heard()) == (["meanwhile"], [2, 3], ["(사진 2장)", "meanwhile"])

    await soon(here.carry_out(DeleteAct(room_id=room.pk, seq=1, member_id=ALICE)))
    await bob_there.sink.until(lambda: len(bob_there.sink.of_type("changed")) == 2)
    deleted = bob_there.sink.of_type("changed")[1]
    assert ("attachments" in deleted, deleted["deletedBy"]) == (False, "author")
    assert await File.objects.filter(seq=1, expires_at__lte=datetime.now(UTC)).acount() == 2
