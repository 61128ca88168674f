"""Gives files of the folder to who has an address: GET and HEAD, in ASGI, bit by bit.

One short look runs on a thread of the chat's database, and nothing waits on the loop: a reader that is slow has a
place, some 64 KiB and an open file. What is given is told to do nothing by itself in a browser.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import IO

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from django.utils import timezone

from chatproject.addresses import household_of
from chatproject.errors import ChatError, TooManyRequests
from chatproject.file_errors import FileStoreUnavailable, NoSuchFile
from chatproject.http.refusals import refuse
from messaging.files.downloads.addresses import PATH, Address, read_address
from messaging.files.downloads.presenting import disposition, shown_type
from messaging.files.downloads.ranges import NoSuchPart, Part, part_of
from messaging.files.downloads.seeing import may_see
from messaging.files.downloads.selectors import Seen
from messaging.files.storage.folder import Folder
from messaging.files.storage.naming import kept_name
from messaging.files.storage.places import CHUNK_BYTES
from messaging.files.storage.store import FileStore

GIVEN_AT_ONCE = 200  # by a process: as many open files, and 64 KiB each
GIVEN_AT_ONCE_EACH = 32  # to one household: a browser opens six connections
READ_AT_ONCE = 2  # chunks: the loop sends few in one turn, and frames of the chat between them
CHUNK_WITHIN_S = 40.0  # for servers without a time of their own for readers: see `http_protocol`
LOOKED_AT_AGAIN_S = 2.0  # so long what was hidden or deleted meanwhile may still be given
LOOKS_KEPT = 10_000  # some 4 MB
RETRY_AFTER_S = 1.0

Look = Callable[[int], Awaitable[Seen | None]]
Headers = list[tuple[bytes, bytes]]

ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),  # no cookie and no token counts here: the address is all there is
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"private, max-age=300, immutable"),
]


class FileGiver:
    """Of one process. `look` is `selectors.seen_file`, on a thread of the database."""

    def __init__(self, store: FileStore, look: Look) -> None:
        self._store, self._look = store, look
        self._seen: dict[int, tuple[float, Seen | None]] = {}
        self._given: Counter[str] = Counter()  # by household
        self._reading = asyncio.Semaphore(READ_AT_ONCE)

    @property
    def given_now(self) -> int:
        return self._given.total()

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer with what was signed: all or a part of it, that it did not change, or a refusal's envelope."""
        assert scope["type"] == "http"
        signed = scope["path"].removeprefix(PATH)
        try:
            with self._place(household_of(scope)):
                await self._give(scope, receive, send, read_address(signed, now=timezone.now()))
        except ChatError as error:
            await refuse(scope, send, error)

    @contextmanager
    def _place(self, household: str) -> Iterator[None]:
        if self._given[household] >= GIVEN_AT_ONCE_EACH:
            raise TooManyRequests(retry_after=RETRY_AFTER_S)
        if self.given_now >= GIVEN_AT_ONCE:
            raise FileStoreUnavailable(retry_after=RETRY_AFTER_S)
        self._given[household] += 1
        try:
            yield
        finally:
            self._given[household] -= 1
            if not self._given[household]:
                del self._given[household]

    async def _give(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable, address: Address
    ) -> None:
        """Raises a ChatError before anything is sent."""
        seen = await self._see(address)
        etag = f'"{address.file_id}.{address.size}"'.encode()  # what lies under an address never changes
        headers = [
            *ALWAYS,
            (b"etag", etag),
            (b"accept-ranges", b"bytes"),
            (b"content-type", shown_type(seen.media_type, address.size).encode()),
            (b"content-disposition", disposition(seen.name, seen.media_type, address.size).encode("latin-1")),
        ]
        asked = dict(scope["headers"])
        if etag in asked.get(b"if-none-match", b""):
            await _answer(send, 304, headers)
            return
        file, size = await self._store.run(self._open, kept_name(seen.key, address.size))
        try:
            try:
                part = part_of(_range(asked, etag), size)
            except NoSuchPart:
                await _answer(send, 416, [*headers, (b"content-range", b"bytes */%d" % size)])
                return
            begin, end = part or Part(0, size)
            headers.append((b"content-length", b"%d" % (end - begin)))
            if part is not None:
                headers.append((b"content-range", b"bytes %d-%d/%d" % (begin, end - 1, size)))
            await _start(send, 200 if part is None else 206, headers)
            if scope["method"] == "HEAD":
                await _body(send, b"", more=False)
            else:
                await self._stream(file, Part(begin, end), receive, send)
        finally:
            file.close()

    async def _see(self, address: Address) -> Seen:
        """Raises NoSuchFile where it is not for these eyes any more, StoreUnavailable."""
        now = time.monotonic()
        until, seen = self._seen.get(address.file_id, (0.0, None))
        if until < now:
            seen = await self._look(address.file_id)
            if len(self._seen) >= LOOKS_KEPT:
                self._seen.clear()
            self._seen[address.file_id] = (now + LOOKED_AT_AGAIN_S, seen)
        if seen is None or not may_see(seen.place, address.sight):
            raise NoSuchFile
        return seen

    def _open(self, name: str) -> tuple[IO[bytes], int]:
        """On a thread of the store."""
        assert isinstance(self._store.place, Folder)
        file = self._store.place.open(name)
        return file, os.fstat(file.fileno()).st_size

    def _read(self, file: IO[bytes], begin: int, most_bytes: int) -> bytes:
        """On a thread of the store."""
        assert isinstance(self._store.place, Folder)
        file.seek(begin)
        return self._store.place.read(file, most_bytes)

    async def _stream(
        self, file: IO[bytes], part: Part, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Whatever goes wrong now, the connection ends before what was announced has come."""
        gone = asyncio.create_task(_until_gone(receive), name="reader-gone")
        begin = part.begin
        try:
            while begin < part.end and not gone.done():
                async with self._reading:
                    chunk = await self._store.run(self._read, file, begin, min(CHUNK_BYTES, part.end - begin))
                if not chunk:
                    return
                begin += len(chunk)
                async with asyncio.timeout(CHUNK_WITHIN_S):
                    await _body(send, chunk, more=begin < part.end)
        except (TimeoutError, ChatError):
            return  # said by the store, where it was that
        finally:
            gone.cancel()


def _range(asked: dict[bytes, bytes], etag: bytes) -> str:
    """What part is asked for; "" where it was to be of another file than this."""
    if asked.get(b"if-range", etag) != etag:
        return ""
    return asked.get(b"range", b"").decode("latin-1")


async def _until_gone(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: ASGISendCallable, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})


async def _body(send: ASGISendCallable, body: bytes, *, more: bool) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _answer(send: ASGISendCallable, status: int, headers: Headers) -> None:
    """Without a body."""
    await _start(send, status, headers)
    await _body(send, b"", more=False)
