"""Giving an export away: to who has the link, as long as it is good, from the folder and from a bucket."""

from datetime import timedelta
from typing import Any

import pytest

from chatproject.errors import RevokedToken
from chatproject.tokens import Caller
from messaging.files.downloads.addresses import PATH
from messaging.files.downloads.streaming import Streams
from messaging.files.storage.naming import export_name
from messaging.files.storage.store import FileStore
from messaging.personal.exports.giving import ExportGiver, Kept, kept_export
from messaging.personal.exports.links import Link, link_for
from messaging.personal_models import Export
from tests.factories import ALICE, caller
from tests.messaging.files.asking import Answer, Reader, scope_of, within_time
from tests.messaging.files.conftest import KINDS_OF_STORE
from tests.messaging.store.doing import NOW

KEY, ZIP = "ab" * 16, b"PK" * 100_000
READY = Export(pk=5, member_id=ALICE, state="ready", key=KEY, ready_at=NOW, expires_at=NOW + timedelta(days=1))


class Door:
    """What is known of the export and of tokens, and who gives."""

    def __init__(self, store: FileStore) -> None:
        self.kept: Kept | None = Kept(KEY, NOW)
        self.revoked_before = 0.0
        self.giver = ExportGiver(Streams(store), store, look=self._look, admit=self._admit)

    async def _look(self, link: Link) -> Kept | None:
        return self.kept if link.export_id == READY.pk else None

    async def _admit(self, caller: Caller) -> None:
        if caller.issued_at < self.revoked_before:
            raise RevokedToken

    async def ask(self, path: str, **headers: str) -> Answer:
        reader = Reader()
        scope: Any = scope_of(path, "GET", **headers)
        await within_time(self.giver(scope, reader.receive, reader.send))  # type: ignore[arg-type]
        return reader.answer


@pytest.fixture
async def door(store: FileStore) -> Door:
    growing = store.place.begin(export_name(KEY))
    growing.write(ZIP)
    growing.finish()
    growing.discard()
    return Door(store)


def link(issued_at: float = 100.0) -> str:
    made = link_for(READY, caller=caller(ALICE, issued_at=issued_at), now=NOW)
    assert made is not None
    return made


async def test_it_is_saved_under_a_name_of_its_own_and_kept_by_nobody(door: Door) -> None:
    answer = await door.ask(link())
    assert (answer.status, answer.body, answer.is_whole) == (200, ZIP, True)
    assert answer.headers["content-disposition"] == 'attachment; filename="chat-export-7-20261122.zip"'
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "private, no-store"
    part = await door.ask(link(), range="bytes=199998-")
    assert (part.status, part.body) == (206, b"PK")


@pytest.mark.parametrize("store_url", KINDS_OF_STORE[1:], indirect=True)
async def test_from_a_bucket_it_is_got_at_an_address_that_is_good_for_a_minute(door: Door) -> None:
    answer = await door.ask(link())
    assert (answer.status, answer.body) == (302, b"")
    assert f"exports/{KEY}.zip" in answer.headers["location"]
    assert "X-Amz-Expires=60" in answer.headers["location"]


async def test_it_is_over_with_the_tokens_of_its_time_with_its_day_and_with_its_member(door: Door) -> None:
    door.revoked_before = 101.0
    assert (await door.ask(link(issued_at=100.0))).status == 403
    assert (await door.ask(link(issued_at=101.0))).status == 200
    door.kept = None
    assert (await door.ask(link(issued_at=101.0))).status == 403
    assert (await door.ask(f"{PATH}export.5.7.100.~forged")).status == 403
    assert (await door.ask(f"{PATH}12..r.1~file")).status == 405  # of files somebody else answers, or nobody


@pytest.mark.django_db
def test_what_is_kept_is_its_members_ready_and_not_over() -> None:
    Export.objects.create(
        pk=5,
        member_id=ALICE,
        state="ready",
        key=KEY,
        asked_at=NOW,
        ready_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    of_alice, of_bob = Link(5, ALICE, 0, ""), Link(5, 3, 0, "")
    assert kept_export(of_alice, now=NOW) == Kept(KEY, NOW)
    assert kept_export(of_bob, now=NOW) is None
    assert kept_export(of_alice, now=NOW + timedelta(days=1)) is None
    Export.objects.update(state="gone")
    assert kept_export(of_alice, now=NOW) is None
