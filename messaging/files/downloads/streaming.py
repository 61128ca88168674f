"""Gives what lies in the folder to who asks over HTTP, all or a part, bit by bit. Who may is not decided here.

Nothing waits on the loop: a reader that is slow has a place, some 64 KiB and an open file.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from chatproject.errors import ChatError, TooManyRequests
from chatproject.file_errors import FileStoreUnavailable
from messaging.files.downloads.ranges import NoSuchPart, Part, part_of
from messaging.files.storage.folder import Folder
from messaging.files.storage.places import CHUNK_BYTES
from messaging.files.storage.store import FileStore

GIVEN_AT_ONCE = 200  # by a process: as many open files, and 64 KiB each
GIVEN_AT_ONCE_EACH = 32  # to one household: a browser opens six connections
READ_AT_ONCE = 2  # chunks: the loop sends few in one turn, and frames of the chat between them
CHUNK_WITHIN_S = 40.0  # for servers without a time of their own for readers: see `http_protocol`
RETRY_AFTER_S = 1.0

Headers = list[tuple[bytes, bytes]]


class Streams:
    """Of one process, for all that give something."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._given: Counter[str] = Counter()  # by household
        self._reading = asyncio.Semaphore(READ_AT_ONCE)

    @property
    def given_now(self) -> int:
        return self._given.total()

    @contextmanager
    def place(self, household: str) -> Iterator[None]:
        """For one who is given something. Raises TooManyRequests, FileStoreUnavailable."""
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

    async def give(
        self,
        scope: HTTPScope,
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
        *,
        name: str,
        etag: bytes,
        headers: Headers,
    ) -> None:
        """Answer with what has that name: all or a part of it, or that it did not change. Raises a ChatError
        before anything is sent."""
        headers = [*headers, (b"etag", etag), (b"accept-ranges", b"bytes")]
        asked = dict(scope["headers"])
        if etag in asked.get(b"if-none-match", b""):
            await _answer(send, 304, headers)
            return
        file, size = await self._store.run(self._open, name)
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
