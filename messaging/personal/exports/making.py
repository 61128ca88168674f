"""Makes an export bit by bit: reads some rows on a thread of the database, writes them on one of the store's.

What it makes is a zip with export.json, export.txt and the folder files; see docs/export.md. Little of it is in
memory at any time. It is no snapshot: what is said while it is made may be in it.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.utils import timezone, translation

from chatproject.file_errors import NoSuchFile
from messaging.files.storage.naming import kept_name
from messaging.files.storage.store import FileStore
from messaging.personal.exports import wording
from messaging.personal.exports.archive import Archive, Taker
from messaging.personal.exports.json_lists import JsonLists
from messaging.personal.exports.messages import read_answers, read_own
from messaging.personal.exports.reading import Page, json_row, member_item, read_rows, room_names
from messaging.personal.exports.sent_files import FileRow, read_files
from messaging.personal.exports.spool import Line, SentFile, Spool
from messaging.personal.exports.table import Table
from messaging.personal.exports.tables import TABLES
from messaging.personal.exports.text_parts import SAID, Order, text_parts
from messaging.wire.times import wire_time

FORMAT, VERSION = "chat-export", 1
JSON, TEXT = "export.json", "export.txt"
COPIED_AT_ONCE = 1024 * 1024  # in one step
FILE_COSTS = 64 * 1024  # a small one counts as so many bytes
FILES_MOST = 20_000  # each costs half a kilobyte of memory until the zip is done

T = TypeVar("T")
Read = Callable[..., Awaitable[Any]]  # calls a function on a thread of the database


class Maker:
    """One export. `files_bytes`: so much of files at most, 0 for all; None: as the settings say."""

    def __init__(
        self, order: Order, taker: Taker, *, read: Read, store: FileStore, files_bytes: int | None = None
    ) -> None:
        self._order, self._read, self._store = order, read, store
        self._archive = Archive(taker)
        self._json = JsonLists(self._archive.write)
        self._spool = Spool()
        self._names: dict[int, str] = {}
        limit = settings.FILES.export_bytes if files_bytes is None else files_bytes
        self._bytes_left = limit or 2**63
        self._files_left = FILES_MOST
        self._since_step = 0  # bytes
        self.size = 0  # of the whole, once it is made

    async def make(self) -> AsyncGenerator[None]:
        """Write all of it, a step each time that it is asked for the next. Raises what the store and the database
        do: then what was written is of no use."""
        with ExitStack() as ending:
            ending.callback(self._spool.close)
            ending.callback(self._archive.abandon)
            async for _step in self._copy_files():
                yield
            await self._on_thread(self._archive.begin, JSON)
            await self._on_thread(self._json.begin, await self._head())
            for part, table in enumerate(TABLES):
                async for _step in self._write_table(part, table):
                    yield
            async for _step in self._write_messages():
                yield
            async for _step in self._write_answers():
                yield
            await self._on_thread(self._write_file_list)
            async for _step in self._write_room_names():
                yield
            await self._on_thread(self._json.end)
            await self._on_thread(self._archive.end)
            async for _step in self._write_text():
                yield
            self.size = await self._on_thread(self._archive.close)

    # --- files

    async def _copy_files(self) -> AsyncGenerator[None]:
        page = await self._read(read_files, member_id=self._order.member_id)
        while page.files:
            for file in page.files:
                is_wanted = file.is_there and file.size <= self._bytes_left and self._files_left > 0
                path = file.path if is_wanted else ""
                if path:
                    try:
                        async for _step in self._copy(file):
                            yield
                    except NoSuchFile:  # it ended meanwhile
                        path = ""
                item = msgspec.json.encode(file.item(path))
                await self._on_thread(self._spool.add_files, [SentFile(file.pk, path, item)])
            yield
            if page.before is None:
                return
            page = await self._read(read_files, member_id=self._order.member_id, before=page.before)

    async def _copy(self, file: FileRow) -> AsyncGenerator[None]:
        place = self._store.place
        source = await self._on_thread(place.open, kept_name(file.key))
        with closing(source):
            await self._on_thread(self._archive.begin, file.path, is_packed_already=True, may_be_large=False)
            while size := await self._on_thread(self._copy_some, source):
                self._since_step += max(size, FILE_COSTS)
                if self._since_step >= COPIED_AT_ONCE:
                    self._since_step = 0
                    yield
            await self._on_thread(self._archive.end)
        self._bytes_left -= file.size
        self._files_left -= 1

    def _copy_some(self, source: Any) -> int:
        chunk = self._store.place.read(source, COPIED_AT_ONCE)
        self._archive.write(chunk)
        return len(chunk)

    def _write_file_list(self) -> None:
        self._json.open("files")
        for some in self._spool.files():
            self._json.add([file.item for file in some])
        self._json.close()

    # --- export.json, and the lines of the text

    async def _head(self) -> dict[str, Any]:
        member = await self._read(member_item, member_id=self._order.member_id)
        made_at, language = wire_time(self._order.made_at), self._order.language
        self._nickname: str = member["nickName"]
        return {"format": FORMAT, "version": VERSION, "madeAt": made_at, "language": language, "member": member}

    async def _write_table(self, part: int, table: Table) -> AsyncGenerator[None]:
        await self._on_thread(self._json.open, table.name)
        after: Sequence[Any] | None = ()
        written = 0
        while after is not None:
            page: Page = await self._read(read_rows, table, member_id=self._order.member_id, after=after)
            await self._learn_names(row[column] for row in page.rows for column in _rooms_in(table))
            await self._on_thread(self._write_rows, part, table, page, written)
            written += len(page.rows)
            after = page.after
            yield
        await self._on_thread(self._json.close)

    def _write_rows(self, part: int, table: Table, page: Page, written: int) -> None:
        self._json.add([msgspec.json.encode(json_row(table, row)) for row in page.rows])
        with translation.override(self._order.language):
            lines = [wording.row_line(table, row, self._names) for row in page.rows]
        self._spool.add_lines(Line(part, 0, written + number, "", text) for number, text in enumerate(lines))

    async def _write_messages(self) -> AsyncGenerator[None]:
        await self._on_thread(self._json.open, "messages")
        after: int | None = 0
        while after is not None:
            page = await self._read(read_own, member_id=self._order.member_id, after=after)
            await self._on_thread(self._write_said, page.messages, self._message_line)
            after = page.after
            yield
        await self._on_thread(self._json.close)

    async def _write_answers(self) -> AsyncGenerator[None]:
        await self._on_thread(self._json.open, "assistantAnswers")
        after: str | None = ""
        while after is not None:
            page = await self._read(read_answers, member_id=self._order.member_id, after=after)
            await self._on_thread(self._write_said, page.answers, wording.answer_line)
            after = page.after
            yield
        await self._on_thread(self._json.close)

    def _message_line(self, message: Any) -> str:
        return wording.message_line(message, self._spool.paths_of(one.file_id for one in message.attachments))

    def _write_said(self, said: Sequence[Any], worded: Callable[[Any], str]) -> None:
        self._json.add([msgspec.json.encode(one) for one in said])
        with translation.override(self._order.language):
            lines = [Line(SAID, one.room_id, one.seq, _day(one.sent_at), worded(one)) for one in said]
        self._spool.add_lines(lines)

    async def _write_room_names(self) -> AsyncGenerator[None]:
        """What the rooms are called that the rest tells by numbers."""
        rooms = self._spool.rooms(SAID)
        while room_ids := await self._on_thread(next, rooms, None):
            await self._learn_names(room_ids)
            yield
        await self._on_thread(self._json.open, "roomNames")
        items = [{"roomId": room_id, "name": name} for room_id, name in sorted(self._names.items())]
        await self._on_thread(self._json.add, [msgspec.json.encode(item) for item in items])
        await self._on_thread(self._json.close)

    async def _learn_names(self, room_ids: Iterable[int | None]) -> None:
        unknown: Collection[int] = {one for one in room_ids if one} - self._names.keys()
        if unknown:
            self._names |= await self._read(room_names, room_ids=unknown)

    # --- export.txt

    async def _write_text(self) -> AsyncGenerator[None]:
        await self._on_thread(self._archive.begin, TEXT)
        parts = text_parts(self._spool, self._names, self._order, nickname=self._nickname)
        while await self._on_thread(self._write_part, parts):
            yield
        await self._on_thread(self._archive.end)

    def _write_part(self, parts: Iterator[str]) -> bool:
        with translation.override(self._order.language):
            part = next(parts, None)
        self._archive.write((part or "").encode())
        return part is not None

    async def _on_thread(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await self._store.run_long(function, *args, **kwargs)


def _rooms_in(table: Table) -> list[str]:
    return [column for column in table.columns if column.endswith("room_id")]


def _day(sent_at: str) -> str:
    return timezone.localtime(datetime.fromisoformat(sent_at)).date().isoformat()


async def _read_here(function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    return await sync_to_async(function)(*args, **kwargs)


def make_now(order: Order, taker: Taker, *, store: FileStore) -> int:
    """All of an export, with all files, on the caller's thread and connection; its bytes."""

    async def make() -> int:
        maker = Maker(order, taker, read=_read_here, store=store, files_bytes=0)
        async for _step in maker.make():
            pass
        return maker.size

    return async_to_sync(make)()
