"""What Django is told about a request before all else: middleware, in the order of the settings."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

from chatproject.http.turns import ALWAYS_ANSWERED

Handler = Callable[[HttpRequest], Any]


def before(prepare: Callable[[HttpRequest], None]) -> Callable[[Handler], Handler]:
    """The middleware that does this to each request, and nothing to its answer."""

    @sync_and_async_middleware
    def middleware(get_response: Handler) -> Handler:
        async def answer_async(request: HttpRequest) -> Any:
            prepare(request)
            return await get_response(request)

        def answer(request: HttpRequest) -> Any:
            prepare(request)
            return get_response(request)

        return answer_async if iscoroutinefunction(get_response) else answer

    return middleware


@before
def any_host_for_health(request: HttpRequest) -> None:
    """Who watches this process asks by an address or a container's name, which nobody puts into ALLOWED_HOSTS."""
    if request.path_info in ALWAYS_ANSWERED:
        request.META["HTTP_HOST"] = "localhost"


@before
def length_of_chunked_body(request: HttpRequest) -> None:
    """Give a body without Content-Length its length: Django's form parser and REST framework take it for empty."""
    if "CONTENT_LENGTH" not in request.META:
        request.META["CONTENT_LENGTH"] = str(len(request.body))
