"""The job at work: in small steps, in a folder and in a bucket, whatever ends in the middle of it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatproject.errors import StoreUnavailable
from chatproject.file_errors import FileStoreUnavailable
from messaging.files.storage.folder import Folder
from messaging.files.storage.naming import export_name
from messaging.files.storage.store import FileStore
from messaging.personal.exports import asking, job
from messaging.personal.exports.job import ExportJob
from messaging.personal_models import Export
from messaging.store.database import Database
from rooms.models import Room
from rooms.moderation.audit import Actor
from tests.factories import ALICE
from tests.messaging.files.conftest import KINDS_OF_STORE
from tests.messaging.files.having import have_file
from tests.messaging.people import in_thread, soon
from tests.messaging.personal.exports.having import opened
from tests.messaging.store.doing import NOW, say

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def exports(database: Database, store: FileStore, clock: Clock, room: Room) -> ExportJob:
    await in_thread(say, room, "하나", "둘", "셋", sender_id=ALICE)
    return ExportJob(database=database, store=store, clock=clock)


async def ask() -> Export:
    by = Actor.member(ALICE)
    return await in_thread(asking.ask, member_id=ALICE, by=by, language="ko", now=NOW)


async def done(exports: ExportJob) -> int:
    """How many steps it took."""
    steps = 0
    while await soon(exports.step()):
        steps += 1
    return steps


async def row() -> Export:
    return await in_thread(Export.objects.get)


@pytest.mark.parametrize("store_url", KINDS_OF_STORE, indirect=True)
async def test_it_is_made_bit_by_bit_and_taken_away_after_a_day(
    exports: ExportJob,
    store: FileStore,
    clock: Clock,
    room: Room,
    tmp_path: Path,
) -> None:
    picture = await in_thread(have_file, room, ALICE, seq=1)
    (tmp_path / "picture").write_bytes(b"picture")
    await store.put(f"kept/{picture.key[:2]}/{picture.key}/file", tmp_path / "picture", "image/jpeg")
    await ask()
    assert await done(exports) > 20
    made = await row()
    assert (made.state, made.expires_at) == ("ready", NOW + timedelta(days=1))
    await store.fetch(export_name(made.key), tmp_path / "fetched")
    whole = opened((tmp_path / "fetched").read_bytes())
    assert (tmp_path / "fetched").stat().st_size == made.size
    assert ([one["text"] for one in whole.told["messages"]], list(whole.files.values())) == (
        ["하나", "둘", "셋"],
        [b"picture"],
    )
    clock.now += timedelta(days=1)
    await done(exports)
    assert await store.size_of(export_name(made.key)) is None
    assert (await row()).state == "gone"


async def test_a_member_who_is_erased_meanwhile_leaves_nothing(
    exports: ExportJob,
    store: FileStore,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job, "RENEWED_EVERY_S", -1.0)
    await ask()
    for _step in range(5):
        assert await soon(exports.step())
    await in_thread(asking.end_exports, member_id=ALICE, now=NOW)
    assert await done(exports) < 5
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []
    assert (await row()).state == "gone"


async def test_one_who_is_erased_as_it_gets_ready_leaves_nothing(
    exports: ExportJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask()
    finish = asking.finish

    def too_late(*args: Any, **kwargs: Any) -> bool:
        asking.end_exports(member_id=ALICE, now=NOW)
        return finish(*args, **kwargs)

    monkeypatch.setattr(asking, "finish", too_late)
    await done(exports)
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


async def test_a_store_that_is_away_is_tried_again_until_it_is_back(
    exports: ExportJob, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask()
    with monkeypatch.context() as away:

        def fail(*_asked: object) -> None:
            raise FileStoreUnavailable

        away.setattr(Folder, "begin", fail)
        for _try in range(5):
            with pytest.raises(FileStoreUnavailable):
                await done(exports)
            clock.now += asking.TRIED_AGAIN_AFTER
    await done(exports)
    assert (await row()).state == "ready"


async def test_a_database_that_is_away_for_a_moment_costs_nothing_that_was_made(
    exports: ExportJob, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "AGAIN_AFTER_S", (0.0, 0.0))
    await ask()
    run, calls = database.run, 0

    async def stumble(*asked: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if exports._making is not None and calls % 3:
            raise StoreUnavailable
        return await run(*asked, **more)

    monkeypatch.setattr(database, "run", stumble)
    await done(exports)
    made = await row()
    assert (made.state, made.tries) == ("ready", 1)


async def test_what_a_dead_process_began_another_ends(
    exports: ExportJob,
    database: Database,
    store: FileStore,
    clock: Clock,
) -> None:
    await ask()
    for _step in range(5):
        await soon(exports.step())
    assert exports._making is not None
    await exports._making.aclose()  # as the end of a process does
    other = ExportJob(database=database, store=store, clock=clock)
    assert await done(other) == 0
    clock.now += asking.HELD_FOR
    await done(other)
    made = await row()
    assert (made.state, made.tries) == ("ready", 2)


async def test_an_export_that_always_fails_is_given_up_and_says_so(
    exports: ExportJob, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask()
    monkeypatch.setattr("messaging.personal.exports.making.read_own", lambda **_asked: 1 / 0)
    for _try in range(3):
        with pytest.raises(ZeroDivisionError):
            await done(exports)
        clock.now += asking.TRIED_AGAIN_AFTER
    await done(exports)
    assert (await row()).state == "failed"
