"""The host of FILES_ORIGIN: under it nothing is answered but files, and under no other host are they given.

An ASGI wrapper around all that a process serves: whatever a file should manage to be in a browser, it has no page,
no cookie and no socket of ours beside it.
"""

from typing import Any

from chatproject.errors import PathNotFound
from chatproject.http.refusals import refuse
from chatproject.origins import Origin
from messaging.files.downloads.addresses import PATH

READS = ("GET", "HEAD")


class FilesHost:
    """Without an origin of their own, files are given under every host."""

    def __init__(self, application: Any, *, origin: str) -> None:
        self._application = application
        self._host = _host_of(origin).encode() if origin else None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._host is None or scope["type"] not in ("http", "websocket") or self._is_right(scope):
            await self._application(scope, receive, send)
        elif scope["type"] == "http":
            await refuse(scope, send, PathNotFound(), closes=True)
        else:
            await receive()  # the event that asks to connect
            await send({"type": "websocket.close"})

    def _is_right(self, scope: dict[str, Any]) -> bool:
        asked = next((value for name, value in scope["headers"] if name == b"host"), b"")
        is_file: bool = scope["type"] == "http" and scope["path"].startswith(PATH)
        if asked.replace(b".:", b":").removesuffix(b".") == self._host:  # for Django, too, that dot says nothing
            return is_file
        return not (is_file and scope["method"] in READS)


def _host_of(origin: str) -> str:
    """As browsers send it, and `entrance` leaves it."""
    parsed = Origin.parse(origin)
    return parsed.host if parsed.port is None else f"{parsed.host}:{parsed.port}"
