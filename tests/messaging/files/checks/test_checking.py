"""The checker at work: what arrived becomes ready or is refused, its message says so, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from messaging.file_models import File
from messaging.files.checks import checking
from messaging.files.checks.checking import FileChecker, tidy
from messaging.files.checks.metrics import CheckMetrics
from messaging.files.checks.scanning import Scanner
from messaging.files.examining import running
from messaging.files.storage.folder import Folder
from messaging.files.storage.naming import coming_name, kept_name, names_of
from messaging.files.storage.store import FileStore
from messaging.server import ChatServer
from messaging.store.services import Stored
from messaging.wire.client_frames import Chat
from rooms.models import Room
from tests.factories import ALICE
from tests.messaging.files.clamd import asked_in_between
from tests.messaging.files.examining.drawing import drawn
from tests.messaging.files.having import have_file
from tests.messaging.people import Person, eventually, in_thread, soon
from tests.servers import HOST, free_port

pytestmark = pytest.mark.django_db(transaction=True)

StartChecker = Callable[..., FileChecker]


@pytest.fixture
def registry() -> CollectorRegistry:
    """Of the checker that is built first."""
    return CollectorRegistry()


@pytest.fixture
async def start_checker(
    server: ChatServer, tmp_path: Path, registry: CollectorRegistry
) -> AsyncIterator[StartChecker]:
    """Builds checkers, each as if in a process of its own; they are not started."""
    store = FileStore(Folder(tmp_path))
    checkers: list[FileChecker] = []

    def build(scanner_url: str = "") -> FileChecker:
        checkers.append(
            FileChecker(
                database=server.database,
                store=store,
                save=server.writer.save,
                metrics=CheckMetrics(CollectorRegistry() if checkers else registry),
                scanner=Scanner(scanner_url) if scanner_url else None,
            )
        )
        return checkers[-1]

    yield build
    for checker in checkers:
        await soon(checker.stop())
    store.close()


@pytest.fixture
async def checker(start_checker: StartChecker) -> FileChecker:
    return start_checker()


def photograph() -> bytes:
    into = BytesIO()
    drawn().save(into, "JPEG")
    return into.getvalue()


async def arrived(room: Room, folder: Path, raw: bytes, **fields: Any) -> File:
    """Of Alice's, all of it: a checker may take it at once."""
    now, key = datetime.now(UTC), uuid4().hex
    told = {"size": len(raw), "kept_size": 0, "created_at": now, "expires_at": now + timedelta(days=1), **fields}
    await asyncio.to_thread(write, folder / coming_name(key), raw)
    return await in_thread(lambda: have_file(room, ALICE, state=File.State.CHECKING, key=key, **told))


def write(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def lying(folder: Path, key: str) -> list[str]:
    return [name for name in names_of(key) if (folder / name).is_file()]


async def row(file: File) -> File:
    return await in_thread(lambda: File.objects.get(pk=file.pk))


async def make_due(file: File) -> None:
    """As if the time had gone by that it was put off for, or that a process had it for."""
    await in_thread(lambda: File.objects.filter(pk=file.pk).update(held_until=None))


def sent_by(person: Person, file: File) -> Awaitable[Stored]:
    frame = Chat(room_id=file.room_id, message="", attachments=(file.pk,))
    return person.server.post(person.session, frame)


async def test_a_message_shows_a_photograph_as_soon_as_it_is_checked(
    checker: FileChecker, room: Room, alice_listens: Person, bob_listens: Person, tmp_path: Path
) -> None:
    file = await arrived(room, tmp_path, photograph(), name="노을.png", media_type="image/png")
    await soon(sent_by(alice_listens, file))
    [sent] = (await bob_listens.gets("chat"))["attachments"]
    assert sent["state"] == "checking"

    assert await soon(checker.check_next())

    changed = await bob_listens.gets("changed")
    [shown] = changed["attachments"]
    assert (shown.get("state", "ready"), shown["name"], shown["type"], shown["width"]) == (
        "ready",
        "노을.jpg",
        "image/jpeg",
        64,
    )
    assert changed["version"] == 2
    assert not changed.get("editedAt")
    assert lying(tmp_path, file.key) == [
        kept_name(file.key),
        kept_name(file.key, "320"),
        kept_name(file.key, "1280"),
    ]
    checked = await row(file)
    assert not checked.is_untold
    assert checked.kept_size > checked.size > 0


async def test_a_file_that_lies_is_refused_and_lies_nowhere(
    checker: FileChecker, room: Room, bob_listens: Person, alice_listens: Person, tmp_path: Path
) -> None:
    file = await arrived(room, tmp_path, b"MZ a program", name="a.jpg", media_type="image/jpeg")
    await soon(sent_by(alice_listens, file))

    await soon(checker.check_next())

    [shown] = (await bob_listens.gets("changed"))["attachments"]
    assert (shown["state"], shown["reason"]) == ("refused", "type")
    assert lying(tmp_path, file.key) == []


@pytest.mark.parametrize(("interval_s", "is_here"), [(3600, True), (0.05, False)])
async def test_what_arrives_here_is_checked_at_once_and_what_arrives_elsewhere_soon(
    checker: FileChecker,
    room: Room,
    tmp_path: Path,
    registry: CollectorRegistry,
    monkeypatch: pytest.MonkeyPatch,
    interval_s: float,
    is_here: bool,
) -> None:
    monkeypatch.setattr(checking, "LOOK_INTERVAL_S", interval_s)
    checker.start()

    for count in (1, 2):  # the second finds it waiting
        await arrived(room, tmp_path, b"a line", name="a.txt", media_type="text/plain")
        if is_here:
            checker.wake()
        await eventually(partial(has_checked, registry, count))


def has_checked(registry: CollectorRegistry, times: int) -> bool:
    return registry.get_sample_value("chat_files_checked_total", {"outcome": "ready"}) == times


async def test_a_scanner_that_is_away_is_waited_for(
    start_checker: StartChecker, room: Room, tmp_path: Path
) -> None:
    file = await arrived(room, tmp_path, b"a line", name="a.txt", media_type="text/plain")

    for _ in range(5):  # as often as it takes: nothing is refused for it
        await make_due(file)
        assert not await soon(start_checker(f"tcp://{HOST}:{free_port()}").check_next())
        waiting = await row(file)
        assert (waiting.state, waiting.holder, waiting.tries) == (File.State.CHECKING, "", 0)
        assert waiting.held_until is not None

    await make_due(file)
    async with asked_in_between(nothing) as url:
        await soon(start_checker(url).check_next())
    assert (await row(file)).state == File.State.READY


async def nothing() -> None:
    pass


async def test_a_store_that_is_away_is_waited_for(checker: FileChecker, room: Room, tmp_path: Path) -> None:
    file = await arrived(room, tmp_path, b"a line", name="a.txt", media_type="text/plain")
    await asyncio.to_thread((tmp_path / "kept").write_bytes, b"no folder can be made here")

    assert not await soon(checker.check_next())

    waiting = await row(file)
    assert (waiting.state, waiting.holder, waiting.tries) == (File.State.CHECKING, "", 0)
    await asyncio.to_thread((tmp_path / "kept").unlink)
    await make_due(file)
    await soon(checker.check_next())
    assert (await row(file)).state == File.State.READY


async def test_what_the_examiner_does_not_survive_is_tried_thrice(
    checker: FileChecker, room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "WITHIN_S", 0.0)
    file = await arrived(room, tmp_path, b"a line", name="a.txt", media_type="text/plain")

    states = []
    for _ in range(3):
        await make_due(file)
        assert await soon(checker.check_next())
        states.append(((await row(file)).state, (await row(file)).reason))

    assert states == [("checking", ""), ("checking", ""), ("refused", "failed")]
    assert lying(tmp_path, file.key) == []


async def test_what_no_process_survived_is_not_tried_again(
    checker: FileChecker, room: Room, tmp_path: Path
) -> None:
    """Each of three was killed with its server, so that none could write it down."""
    file = await arrived(room, tmp_path, b"a line", name="a.txt", media_type="text/plain", tries=3, holder="dead")

    await soon(checker.check_next())

    assert (await row(file)).reason == "failed"


@asynccontextmanager
async def being_checked(
    start_checker: StartChecker, happens: Callable[[], Awaitable[object]]
) -> AsyncIterator[FileChecker]:
    async with asked_in_between(happens) as url:
        yield start_checker(url)


async def test_of_what_is_cancelled_meanwhile_nothing_stays(
    start_checker: StartChecker, room: Room, tmp_path: Path
) -> None:
    file = await arrived(room, tmp_path, photograph())

    async def cancel() -> None:
        await in_thread(lambda: File.objects.filter(pk=file.pk).delete())

    async with being_checked(start_checker, cancel) as checker:
        await soon(checker.check_next())

    assert lying(tmp_path, file.key) == []


async def test_a_message_that_takes_it_meanwhile_says_what_was_found(
    start_checker: StartChecker, room: Room, tmp_path: Path, alice_listens: Person, bob_listens: Person
) -> None:
    file = await arrived(room, tmp_path, photograph())

    async def send() -> None:
        await sent_by(alice_listens, file)

    async with being_checked(start_checker, send) as checker:
        await soon(checker.check_next())

    [shown] = (await bob_listens.gets("changed"))["attachments"]
    assert shown.get("state", "ready") == "ready"  # which goes without saying


async def test_a_process_that_ends_leaves_what_it_checked_to_others_at_once(
    start_checker: StartChecker, room: Room, tmp_path: Path
) -> None:
    file = await arrived(room, tmp_path, photograph())
    asked, forever = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        asked.set()
        await forever.wait()

    async with being_checked(start_checker, hang) as checker:
        checker.start()
        await soon(asked.wait())
        await soon(checker.stop())
        left = await row(file)
        forever.set()

    assert (left.state, left.holder, left.tries) == (File.State.CHECKING, "", 0)
    await soon(start_checker().check_next())
    assert (await row(file)).state == File.State.READY


def test_what_killed_processes_left_of_files_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(checking, "LEFT_BEHIND_AFTER_S", -1)
    (tmp_path / f"{running.PREFIX}old").mkdir()
    (tmp_path / "another's").mkdir()

    tidy()

    assert [path.name for path in tmp_path.iterdir()] == ["another's"]
