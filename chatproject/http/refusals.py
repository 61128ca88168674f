"""Refusals in Django's place, for the ASGI wrappers around it: the envelope, language and headers of any other."""

from collections.abc import Awaitable, Callable
from io import BytesIO

from asgiref.typing import ASGISendCallable, HTTPScope
from corsheaders.middleware import CorsMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.utils import translation

from chatproject.errors import ChatError
from chatproject.http.api import json_failure


async def refuse(
    scope: HTTPScope,
    send: ASGISendCallable,
    error: ChatError,
    *,
    closes: bool = False,
    before_the_end: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Answer the request with the failure; with `closes` the connection ends behind it.

    `before_the_end` happens when the client has been sent all of it, and before the connection may close.
    """
    request = ASGIRequest(scope, BytesIO())
    # the languages and the origins here, because Django's middleware has not seen this request
    with translation.override(translation.get_language_from_request(request)):
        answer = json_failure(error)
    answer["content-length"] = str(len(answer.content))
    if closes:
        answer["connection"] = "close"
    CorsMiddleware(lambda _request: answer).add_response_headers(request, answer)
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.items()]
    await send({"type": "http.response.start", "status": error.http_status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": answer.content, "more_body": before_the_end is not None})
    if before_the_end is not None:
        await before_the_end()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
