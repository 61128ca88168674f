"""The sweeper at work: members see what is gone, the store is empty behind it, and what fails is tried again."""

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from chatproject.file_errors import FileStoreUnavailable
from chatproject.limits.shared import SharedLimits
from messaging.file_models import File
from messaging.files.ending import sweeping
from messaging.files.ending.sweeping import FileSweeper
from messaging.files.storage import folder as folder_module
from messaging.files.storage.folder import Folder
from messaging.files.storage.naming import export_name, kept_name, names_of
from messaging.files.storage.store import FileStore
from messaging.models import Message
from messaging.personal_models import Export
from messaging.server import ChatServer
from messaging.store.acts import FilesAct
from messaging.wire.client_frames import Chat
from rooms.models import Room
from tests.factories import BOB
from tests.messaging.files.having import NOW, have_file
from tests.messaging.people import Person, eventually, in_thread, soon
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "PAUSE_S", 0.0)
    monkeypatch.setattr(sweeping, "TELL_PAUSE_S", 0.0)


@pytest.fixture
async def sweeper(server: ChatServer, tmp_path: Path) -> AsyncIterator[FileSweeper]:
    store = FileStore(Folder(tmp_path))
    sweeper = FileSweeper(
        database=server.database,
        store=store,
        save=server.writer.save,
        shared=SharedLimits([]),
        registry=CollectorRegistry(),
        clock=lambda: NOW + timedelta(days=400),
    )
    yield sweeper
    await sweeper.stop()
    store.close()


async def sent(room: Room, folder: Path, *, seq: int | None = 1, **fields: Any) -> File:
    """A picture of Bob's, with all that lies in the store of it."""
    file = await in_thread(lambda: have_file(room, BOB, seq=seq, **fields))
    for name in names_of(file.key):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"bytes")
    return file


def have_export(key: str) -> None:
    """One of Bob's that can be had."""
    end = NOW + timedelta(days=401)
    fields = {"state": Export.State.READY, "key": key, "asked_by_kind": "member", "asked_by_id": BOB}
    Export.objects.create(member_id=BOB, asked_at=NOW, language="ko", expires_at=end, **fields)


def lay(path: Path, *, written_at: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"bytes")
    os.utime(path, (written_at.timestamp(), written_at.timestamp()))


def lying(folder: Path) -> list[Path]:
    """Folders may go meanwhile."""
    return [Path(within, name) for within, _folders, names in os.walk(folder) for name in names]


async def test_what_expired_is_said_to_the_room_and_lies_nowhere(
    sweeper: FileSweeper, room: Room, bob_listens: Person, tmp_path: Path
) -> None:
    file = await sent(room, tmp_path, seq=None, expires_at=sweeping.now_utc() + timedelta(days=1))
    chat = Chat(room_id=room.pk, message="look", attachments=(file.pk,))
    await soon(bob_listens.server.post(bob_listens.session, chat))
    await soon(sweeper.sweep())
    await bob_listens.sink.until(lambda: bob_listens.sink.of_type("changed"))
    [attachment] = bob_listens.sink.of_type("changed")[-1]["attachments"]
    assert (attachment["fileId"], attachment["state"]) == (file.pk, "gone")
    assert lying(tmp_path) == []
    assert await in_thread(lambda: File.objects.get().is_untold) is False


async def test_what_went_by_sql_goes_within_one_sweep(sweeper: FileSweeper, room: Room, tmp_path: Path) -> None:
    await in_thread(say, room, "one", "two", sender_id=BOB)
    for seq in (1, 2):
        await sent(room, tmp_path, seq=seq, expires_at=NOW + timedelta(days=999), created_at=NOW + timedelta(399))
    await in_thread(lambda: Message.objects.filter(seq=1).delete())
    await soon(sweeper.sweep())
    assert await in_thread(lambda: list(File.objects.values_list("seq", flat=True))) == [2]
    assert len(lying(tmp_path)) == 4


async def test_a_store_that_is_away_loses_nothing(
    sweeper: FileSweeper, room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_thread(say, room, "look", sender_id=BOB)
    await sent(room, tmp_path)
    await sent(room, tmp_path, seq=None)
    with monkeypatch.context() as away:

        def fail(*_asked: object) -> None:
            raise FileStoreUnavailable

        away.setattr(Folder, "delete", fail)
        away.setattr(Folder, "check", fail)
        with pytest.raises(FileStoreUnavailable):
            await soon(sweeper.sweep())
        assert sweeper._store.is_up is False
        assert await in_thread(lambda: set(File.objects.values_list("state", flat=True))) == {"gone"}
        assert len(lying(tmp_path)) == 8
    await soon(sweeper.sweep())
    assert await in_thread(lambda: File.objects.count()) == 1
    assert lying(tmp_path) == []


async def test_what_another_process_left_untold_is_told_at_the_second_look(
    sweeper: FileSweeper, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_thread(say, room, "look", sender_id=BOB)
    kept = {"is_untold": True, "created_at": NOW + timedelta(days=399), "expires_at": NOW + timedelta(days=764)}
    await in_thread(lambda: have_file(room, BOB, seq=1, **kept))
    await in_thread(lambda: have_file(room, BOB, seq=99, **kept))
    told: list[int] = []

    async def save(act: FilesAct) -> Any:
        told.append(act.seq)
        return await sweeper_save(act)

    sweeper_save = sweeper._save
    monkeypatch.setattr(sweeper, "_save", save)
    await soon(sweeper._tell_what_was_left())
    assert told == []
    await soon(sweeper._tell_what_was_left())
    assert told == [1, 99]
    assert await in_thread(lambda: File.objects.filter(is_untold=True).count()) == 0


async def test_it_goes_on_by_itself_whatever_fails(
    sweeper: FileSweeper, room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "LOOK_INTERVAL_S", 0.01)
    sweep = sweeper.sweep
    failed: list[int] = []

    async def fail_once() -> None:
        if not failed:
            failed.append(1)
            raise RuntimeError("on purpose")
        await sweep()

    monkeypatch.setattr(sweeper, "sweep", fail_once)
    await sent(room, tmp_path, seq=None)
    sweeper.start()
    sweeper.start()
    await eventually(lambda: not lying(tmp_path))
    assert failed


async def test_two_sweepers_take_turns_at_looking_through_all(
    sweeper: FileSweeper, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    async def look() -> None:
        looks.append(1)

    monkeypatch.setattr(sweeper, "look_for_strays", look)
    for _one in range(3):
        await soon(sweeper.sweep())
    assert len(looks) == 1


async def test_exports_that_no_row_knows_of_are_taken_away_once_a_day(
    sweeper: FileSweeper, room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "LISTED_AT_ONCE", 2)
    theirs = ["exports/report.zip", f"exports/{'a' * 32}.txt", f"exports/2025/{'a' * 32}.zip", "kept/notes"]
    lost = [export_name(letter * 32) for letter in "bcdef"]
    new, known = export_name("0" * 32), export_name("1" * 32)
    await in_thread(lambda: have_export("1" * 32))
    for name in [*theirs, *lost, new, known, kept_name("2" * 32)]:
        lay(tmp_path / name, written_at=NOW + timedelta(days=397))
    lay(tmp_path / new, written_at=NOW + timedelta(days=398, minutes=1))
    await soon(sweeper.sweep())
    there = {str(path.relative_to(tmp_path)) for path in lying(tmp_path)}
    assert there == {*theirs, new, known, kept_name("2" * 32)}
    lay(tmp_path / lost[0], written_at=NOW)
    await soon(sweeper.sweep())
    assert (tmp_path / lost[0]).exists()


@pytest.mark.parametrize("store_url", ["bucket"], indirect=True)
async def test_in_a_bucket_nothing_is_left_either(
    store: FileStore, server: ChatServer, room: Room, tmp_path: Path
) -> None:
    file = await in_thread(lambda: have_file(room, BOB))
    (tmp_path / "bytes").write_bytes(b"bytes")
    for name in names_of(file.key):
        await soon(store.put(name, tmp_path / "bytes", "text/plain"))
    await soon(store.put(export_name("a" * 32), tmp_path / "bytes", "text/plain"))
    sweeper = FileSweeper(
        database=server.database,
        store=store,
        save=server.writer.save,
        shared=SharedLimits([]),
        registry=CollectorRegistry(),
        clock=lambda: NOW + timedelta(days=400),
    )
    await soon(sweeper.sweep())
    assert [await soon(store.size_of(name)) for name in names_of(file.key)] == [None] * 4
    assert await soon(store.size_of(export_name("a" * 32))) is None
    assert not await in_thread(File.objects.exists)
