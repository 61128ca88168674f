"""No HTTP body of more than BODY_MAX_BYTES is read. An ASGI wrapper around the Django application.

Bytes are counted as they arrive, so a Content-Length that is absent or lies changes nothing.
"""

import json
from io import BytesIO

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    HTTPScope,
    Scope,
)
from django.core.handlers.asgi import ASGIRequest
from django.utils import translation

from chatproject.api import failure
from chatproject.errors import TooLarge

BODY_MAX_BYTES = 1024 * 1024  # the largest honest body is an admin form


class BodyLimit:
    """Answers 413 E-C002 to a larger body, and closes the connection instead of reading the rest."""

    def __init__(self, application: ASGI3Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        if _announced_bytes(scope) > BODY_MAX_BYTES:
            await _refuse(scope, send)
            return
        received = 0

        async def receive_counting() -> ASGIReceiveEvent:
            nonlocal received
            event = await receive()
            if event["type"] == "http.request":
                received += len(event.get("body", b""))
                if received > BODY_MAX_BYTES:
                    # Django drops a request whose client has gone while it reads the body, and answers nothing
                    return {"type": "http.disconnect"}
            return event

        await self.application(scope, receive_counting, send)
        if received > BODY_MAX_BYTES:
            await _refuse(scope, send)


def _announced_bytes(scope: HTTPScope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0


async def _refuse(scope: HTTPScope, send: ASGISendCallable) -> None:
    # here, because the languages' middleware has not seen this request
    with translation.override(translation.get_language_from_request(ASGIRequest(scope, BytesIO()))):
        body = json.dumps(failure(TooLarge()), ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send(
        {"type": "http.response.start", "status": TooLarge.http_status, "headers": headers, "trailers": False}
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
