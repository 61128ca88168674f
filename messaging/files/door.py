"""The door for the bytes of files: an ASGI wrapper before all that keeps bodies and answers whole in memory.

What comes here has a signed address, and shows no token. Uploads come in bit by bit: a chunk is written by a
thread of the store's before the next is taken from the client, so that each upload holds little more than one.
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from django.http import JsonResponse
from django.utils import timezone

from chatproject.addresses import household_of
from chatproject.errors import InternalError, MethodNotAllowed, StoreUnavailable, TooManyRequests, TwoEnds
from chatproject.file_errors import WrongLength
from chatproject.http.api import as_chat_error, success
from chatproject.http.body_limit import Window, refuse_body
from chatproject.http.refusals import answer
from chatproject.http.request_heads import announced_bytes, has_two_ends
from messaging.files.downloads.addresses import PATH
from messaging.files.uploads.receiving import Reception
from messaging.files.uploads.uploading import own_answer, read_upload

UPLOADS_MAX = 128  # at once in this process
UPLOADS_MAX_HOUSEHOLD = 32  # an office, a class: all send pictures of the same afternoon
UPLOADS_MAX_MEMBER = 8
RETRY_AFTER_S = 1.0

logger = logging.getLogger(__name__)


class FileDoor:
    """Answers PUT below PATH itself, GET and HEAD by `get`, and passes on all else: preflights too.

    Every refusal is told at once, in the envelope; what was uploaded is there whole, or nothing of it is.
    """

    def __init__(
        self,
        application: ASGI3Application,
        reception: Reception,
        *,
        get: ASGI3Application | None = None,
    ) -> None:
        self._application, self.reception, self._get = application, reception, get
        self._households, self._members = _Places(each=UPLOADS_MAX_HOUSEHOLD), _Places(each=UPLOADS_MAX_MEMBER)

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PATH) or scope["method"] == "OPTIONS":
            await self._application(scope, receive, send)
        elif scope["method"] == "PUT":
            await self._take_in(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD") and self._get is not None:
            await self._get(scope, receive, send)
        else:
            await refuse_body(scope, receive, send, MethodNotAllowed())

    async def _take_in(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        try:
            with self._households.take(household_of(scope)):
                made = await self._received(scope, receive)
        except _Gone:
            return
        except Exception as exception:
            error = as_chat_error(exception)
            if isinstance(error, InternalError):
                logger.exception("an upload failed")
            await refuse_body(scope, receive, send, error)
        else:
            await answer(scope, send, lambda: JsonResponse(made, json_dumps_params={"ensure_ascii": False}))

    async def _received(self, scope: HTTPScope, receive: ASGIReceiveCallable) -> dict[str, Any]:
        """What the client is told when all is there. Raises ChatErrors, _Gone."""
        file_id = read_upload(scope["path"].removeprefix(PATH), now=timezone.now())
        if has_two_ends(scope):
            raise TwoEnds
        file = await self.reception.begin(file_id)
        if announced_bytes(scope) != file.size:
            raise WrongLength  # chunks without a length too: no browser sends a file so
        with self._members.take(file.uploader_id):
            await self.reception.take_in(file, _chunks(receive))
        return success(own_answer(file))


class _Gone(Exception):
    """The client is."""


async def _chunks(receive: ASGIReceiveCallable) -> AsyncIterator[bytes]:
    """The body as it comes. Raises TooSlow, _Gone."""
    window, came = Window(), 0
    while True:
        event = await window.wait_for(receive)
        if event["type"] != "http.request":
            raise _Gone
        if chunk := event.get("body", b""):
            came += len(chunk)
            yield chunk
        if not event.get("more_body", False):
            return
        window.look_at(came)


class _Places:
    """How many uploads each has at once, and all together."""

    def __init__(self, *, each: int, most: int = UPLOADS_MAX) -> None:
        self._each, self._most = each, most
        self._taken: Counter[Hashable] = Counter()

    @contextmanager
    def take(self, who: Hashable) -> Iterator[None]:
        """Raises TooManyRequests, or StoreUnavailable where it is nobody's own doing."""
        if self._taken[who] >= self._each:
            raise TooManyRequests(retry_after=RETRY_AFTER_S)
        if self._taken.total() >= self._most:
            raise StoreUnavailable(retry_after=RETRY_AFTER_S)
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]
