"""Pages and documents that are the same for everybody: made once in a process for each language, then only sent.

They need no token, and making one takes a turn and some hundred milliseconds of a processor.
"""

from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response

from chatproject.http.handlers import read_only

View = Callable[..., HttpResponseBase]


def made_once(view: Callable[..., Any], *, switches: tuple[str, ...] = ()) -> View:
    """A view that answers GET and HEAD with what `view` made first, and 304 to who has it already.

    Only the parameters named by `switches` reach `view`, and of those only that they are there: what one visitor
    writes into the address must not be what all others are shown.
    """

    @cache
    def make(path: str, _language: str | None, given: tuple[str, ...]) -> HttpResponse:
        page = view(_request(path, given))
        if hasattr(page, "render"):
            page.render()
        page["ETag"] = f'"{sha256(page.content).hexdigest()[:32]}"'
        page["Cache-Control"] = "no-cache"  # asks each time, and mostly hears 304
        return page  # type: ignore[no-any-return]

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        given = tuple(name for name in switches if name in request.GET)
        made = make(request.path, translation.get_language(), given)
        whole = HttpResponse(made.content, headers=dict(made.items()))
        return get_conditional_response(request, etag=made["ETag"], response=whole) or whole

    return read_only(answer)


def _request(path: str, given: tuple[str, ...]) -> HttpRequest:
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    query = "&".join(f"{name}=" for name in given)
    request.META = {
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": query,
    }
    request.GET = QueryDict(query)
    return request
