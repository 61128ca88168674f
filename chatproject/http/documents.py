"""Pages and documents that are the same for everybody: made and packed once in a process, then only sent.

They need no token, and making one takes a turn and some hundred milliseconds of a processor. They alone are packed
here: an answer that holds one member's secret beside another one's words tells by its size how alike they are (the
attack called BREACH). In these nothing is secret, and nothing a visitor wrote.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from hashlib import sha256
from typing import Any

import brotli
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers

from chatproject.http.handlers import read_only

View = Callable[..., HttpResponseBase]

ASKS_EACH_TIME = "no-cache"  # and mostly hears 304
FOR_GOOD = "public, max-age=31536000, immutable"  # the address changes with the content
DOCUMENTS_KEPT = 64
BROTLI_BEST, BROTLI_QUICK = 11, 5  # the best takes a second for half a megabyte
BEST_MAX_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """A content, packed in each way that browsers know; `version` names it."""

    version: str
    plain: bytes
    packed: dict[str, bytes]  # by the name of the coding, the best one first

    def for_reader(self, accepted: str) -> tuple[str, bytes]:
        """The best coding of those that an Accept-Encoding header names, and the content in it."""
        names = {name.strip() for name, _, weight in _codings(accepted) if not weight or _weighs(weight)}
        return next(
            ((coding, bytes_) for coding, bytes_ in self.packed.items() if coding in names), ("", self.plain)
        )


def _codings(accepted: str) -> list[tuple[str, str, str]]:
    return [part.partition(";") for part in accepted.lower().split(",")]


def _weighs(weight: str) -> bool:
    """Whether it is not 0, however that is written."""
    return weight.strip().removeprefix("q=").strip("0.") != ""


@lru_cache(maxsize=DOCUMENTS_KEPT)
def document(content: bytes) -> Document:
    """The content as a document; packed when it is seen for the first time."""
    quality = BROTLI_BEST if len(content) <= BEST_MAX_BYTES else BROTLI_QUICK
    packed = {"br": brotli.compress(content, quality=quality), "gzip": gzip.compress(content, 9, mtime=0)}
    return Document(sha256(content).hexdigest()[:32], content, packed)


def sent(
    request: HttpRequest, made: Document, *, headers: dict[str, str], keep: str = ASKS_EACH_TIME
) -> HttpResponseBase:
    """The answer with the document, in the reader's best coding, or 304; `keep` is its Cache-Control."""
    coding, content = made.for_reader(request.headers.get("Accept-Encoding", ""))
    etag = f'"{made.version}-{coding}"' if coding else f'"{made.version}"'
    whole = HttpResponse(content, headers={**headers, "ETag": etag, "Cache-Control": keep})
    if coding:
        whole["Content-Encoding"] = coding
    answer = get_conditional_response(request, etag=etag, response=whole) or whole
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


def made_once(view: Callable[..., Any], *, switches: tuple[str, ...] = ()) -> View:
    """A view that answers GET and HEAD with what `view` made first, and 304 to who has it already.

    Only the parameters named by `switches` reach `view`, and of those only that they are there: what one visitor
    writes into the address must not be what all others are shown.
    """

    @cache
    def make(path: str, _language: str | None, given: tuple[str, ...]) -> tuple[Document, dict[str, str]]:
        page = view(_request(path, given))
        if hasattr(page, "render"):
            page.render()
        return document(page.content), dict(page.items())

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        given = tuple(name for name in switches if name in request.GET)
        made, headers = make(request.path, translation.get_language(), given)
        return sent(request, made, headers=headers)

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
