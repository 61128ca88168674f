"""Gives an export to who has its link: GET and HEAD, in ASGI, beside the files.

Each time it is looked whether it can be had still: it ends after a day, with its member, and with the tokens of
the time when the link was made.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from chatproject.addresses import household_of
from chatproject.errors import ChatError, MethodNotAllowed, RevokedToken
from chatproject.file_errors import AddressEnded
from chatproject.http.refusals import refuse
from chatproject.tokens import Caller
from messaging.files.downloads.addresses import PATH
from messaging.files.downloads.streaming import Headers, Streams
from messaging.files.storage.naming import export_name
from messaging.files.storage.store import FileStore
from messaging.personal.exports.links import Link, is_link, read_link
from messaging.personal_models import Export

ZIP = "application/zip"
FETCHED_WITHIN_S = 60  # from a bucket, where a download begins at once
ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"private, no-store"),
]


class Kept(NamedTuple):
    """An export that can be had."""

    key: str
    ready_at: datetime


def kept_export(link: Link, *, now: datetime) -> Kept | None:
    """None where it is over, or was ended."""
    theirs = Export.objects.filter(pk=link.export_id, member_id=link.member_id, state=Export.State.READY)
    export = theirs.filter(expires_at__gt=now).first()
    if export is None or export.ready_at is None:
        return None
    return Kept(export.key, export.ready_at)


class ExportGiver:
    """Of one process; all that is no export's link is passed to `files`, where there is one.

    `look` is `kept_export` on a thread of the database; `admit` raises what is wrong with a token.
    """

    def __init__(
        self,
        streams: Streams,
        store: FileStore,
        *,
        look: Callable[[Link], Awaitable[Kept | None]],
        admit: Callable[[Caller], Awaitable[None]],
        files: ASGI3Application | None = None,
    ) -> None:
        self._streams, self._store = streams, store
        self._look, self._admit, self._files = look, admit, files

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        assert scope["type"] == "http"
        signed = scope["path"].removeprefix(PATH)
        if not is_link(signed) and self._files is not None:
            await self._files(scope, receive, send)
            return
        try:
            if not is_link(signed):
                raise MethodNotAllowed
            with self._streams.place(household_of(scope)):
                await self._give(scope, receive, send, read_link(signed))
        except ChatError as error:
            await refuse(scope, send, error)

    async def _give(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable, link: Link
    ) -> None:
        """Raises a ChatError before anything is sent."""
        kept = await self._kept(link)
        saved_as = f'attachment; filename="chat-export-{link.member_id}-{kept.ready_at:%Y%m%d}.zip"'
        name = export_name(kept.key)
        address = await self._store.run(
            self._store.place.address_of,
            name,
            media_type=ZIP,
            disposition=saved_as,
            within_s=FETCHED_WITHIN_S,
        )
        if address is not None:
            await _send_on(send, address)
            return
        headers = [
            *ALWAYS,
            (b"content-type", ZIP.encode()),
            (b"content-disposition", saved_as.encode()),
        ]
        etag = f'"{link.export_id}"'.encode()
        await self._streams.give(scope, receive, send, name=name, etag=etag, headers=headers)

    async def _kept(self, link: Link) -> Kept:
        """Raises AddressEnded, StoreUnavailable."""
        try:
            await self._admit(link.caller)
        except RevokedToken:
            raise AddressEnded from None
        kept = await self._look(link)
        if kept is None:
            raise AddressEnded
        return kept


async def _send_on(send: ASGISendCallable, address: str) -> None:
    headers = [*ALWAYS, (b"location", address.encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 302, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
