"""Answers in Django's place, for the ASGI wrappers around it: the envelope, language and headers of any other."""

from collections.abc import Awaitable, Callable
from io import BytesIO

from asgiref.typing import ASGISendCallable, HTTPScope
from corsheaders.middleware import CorsMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
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

    def refusal() -> HttpResponse:
        refused = json_failure(error)
        if closes:
            refused["connection"] = "close"
        return refused

    await answer(scope, send, refusal, before_the_end=before_the_end)


async def answer(
    scope: HTTPScope,
    send: ASGISendCallable,
    make: Callable[[], HttpResponse],
    *,
    before_the_end: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Answer the request with what `make` makes in the client's language."""
    request = ASGIRequest(scope, BytesIO())
    # the languages and the origins here, because Django's middleware has not seen this request
    with translation.override(translation.get_language_from_request(request)):
        made = make()
    made["content-length"] = str(len(made.content))
    CorsMiddleware(lambda _request: made).add_response_headers(request, made)
    headers = [(name.lower().encode(), value.encode()) for name, value in made.items()]
    await send({"type": "http.response.start", "status": made.status_code, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": made.content, "more_body": before_the_end is not None})
    if before_the_end is not None:
        await before_the_end()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
