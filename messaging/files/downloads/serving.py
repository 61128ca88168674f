"""Gives files of the folder to who has an address: GET and HEAD, in ASGI, bit by bit.

One short look runs on a thread of the chat's database. What is given is told to do nothing by itself in a browser.
"""

import time
from collections.abc import Awaitable, Callable

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from django.utils import timezone

from chatproject.addresses import household_of
from chatproject.errors import ChatError
from chatproject.file_errors import NoSuchFile
from chatproject.http.refusals import refuse
from messaging.files.downloads.addresses import PATH, Address, read_address
from messaging.files.downloads.presenting import disposition, shown_type
from messaging.files.downloads.seeing import may_see
from messaging.files.downloads.selectors import Seen
from messaging.files.downloads.streaming import Headers, Streams
from messaging.files.storage.naming import kept_name

LOOKED_AT_AGAIN_S = 2.0  # so long what was hidden or deleted meanwhile may still be given
LOOKS_KEPT = 10_000  # some 4 MB

Look = Callable[[int], Awaitable[Seen | None]]

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

    def __init__(self, streams: Streams, look: Look) -> None:
        self.streams, self._look = streams, look
        self._seen: dict[int, tuple[float, Seen | None]] = {}

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer with what was signed: all or a part of it, that it did not change, or a refusal's envelope."""
        assert scope["type"] == "http"
        signed = scope["path"].removeprefix(PATH)
        try:
            with self.streams.place(household_of(scope)):
                await self._give(scope, receive, send, read_address(signed, now=timezone.now()))
        except ChatError as error:
            await refuse(scope, send, error)

    async def _give(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable, address: Address
    ) -> None:
        """Raises a ChatError before anything is sent."""
        seen = await self._see(address)
        etag = f'"{address.file_id}.{address.size}"'.encode()  # what lies under an address never changes
        headers = [
            *ALWAYS,
            (b"content-type", shown_type(seen.media_type, address.size).encode()),
            (b"content-disposition", disposition(seen.name, seen.media_type, address.size).encode("latin-1")),
        ]
        name = kept_name(seen.key, address.size)
        await self.streams.give(scope, receive, send, name=name, etag=etag, headers=headers)

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
