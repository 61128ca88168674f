"""The bytes of an upload, without a server before it that counts them too."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatproject.file_errors import AddressEnded, WrongLength
from messaging.file_models import File
from messaging.files.storage.store import FileStore
from messaging.files.uploads import arriving
from messaging.files.uploads.receiving import Reception
from messaging.store.database import Database
from rooms.models import Room
from tests.factories import ALICE
from tests.messaging.files.having import have_file
from tests.messaging.people import eventually, in_thread


@pytest.fixture
def coming(room: Room) -> File:
    return have_file(room, ALICE, state="coming", kept_size=0, size=6, expires_at="2999-01-01T00:00:00Z")


@pytest.fixture
def reception(database: Database, store: FileStore) -> Reception:
    return Reception(run=database.run, store=store)


async def chunks(*several: bytes) -> AsyncIterator[bytes]:
    for chunk in several:
        yield chunk


def files_in(store: FileStore) -> list[str]:
    path = store.place.path  # type: ignore[attr-defined]
    return [str(found.relative_to(path)) for found in path.rglob("*") if found.is_file()]


async def test_no_more_and_no_less_than_was_announced_is_taken(
    reception: Reception, coming: File, store: FileStore
) -> None:
    for several in ([b"123", b"4567"], [b"123", b"45"], []):
        file = await reception.begin(coming.pk)
        with pytest.raises(WrongLength):
            await reception.take_in(file, chunks(*several))
        await eventually(lambda: files_in(store) == [])

    await reception.take_in(await reception.begin(coming.pk), chunks(b"123", b"456"))
    assert await store.size_of(f"coming/{coming.key}") == 6


async def test_what_was_given_up_while_it_got_its_name_goes_again(
    reception: Reception, coming: File, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up_in_the_last_moment(file: File) -> None:
        arriving.give_up(file, now=file.created_at)

    monkeypatch.setattr(arriving, "require_held", give_up_in_the_last_moment)
    with pytest.raises(AddressEnded):
        await reception.take_in(await reception.begin(coming.pk), chunks(b"123456"))
    await eventually(lambda: files_in(store) == [])


async def test_an_upload_that_is_cut_off_leaves_nothing(
    reception: Reception, coming: File, store: FileStore
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"123"
        await asyncio.Event().wait()

    upload: Any = asyncio.create_task(reception.take_in(await reception.begin(coming.pk), endless()))
    await eventually(lambda: files_in(store))
    upload.cancel()
    await asyncio.gather(upload, return_exceptions=True)

    await eventually(lambda: files_in(store) == [])
    assert await in_thread(lambda: File.objects.get().state) == "coming"


@pytest.mark.parametrize("store_url", ["bucket"], indirect=True)
async def test_a_bucket_takes_its_files_itself(reception: Reception, coming: File) -> None:
    with pytest.raises(AddressEnded):
        await reception.begin(coming.pk)
