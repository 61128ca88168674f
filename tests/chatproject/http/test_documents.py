"""What is the same for everybody is made once, sent to whoever lacks it, and never holds what a visitor wrote."""

import gzip

import brotli
import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from chatproject.http.documents import made_once

PATHS = ("/v1/schema", "/v1/docs", "/v1/docs?script=", "/v2/docs", "/v2/asyncapi.json", "/texts.js")


class Press:
    """A view that counts how often it prints."""

    def __init__(self) -> None:
        self.printed = 0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.printed += 1
        return HttpResponse(
            f"{translation.get_language()} {request.get_full_path()}", headers={"X-Of": "the view"}
        )


@pytest.fixture
def press() -> Press:
    return Press()


def test_it_is_made_once_for_each_language(press: Press) -> None:
    view = made_once(press)
    answers = []
    for language in ("ko", "en", "ko", "en", "ko"):
        with translation.override(language):
            answers.append(view(RequestFactory().get("/paper")).content)  # type: ignore[attr-defined]

    assert press.printed == 2
    assert answers == [b"ko /paper", b"en /paper"] * 2 + [b"ko /paper"]


def test_what_a_visitor_writes_into_the_address_is_shown_to_nobody(press: Press) -> None:
    view = made_once(press, switches=("script",))
    for query in ("?x=evil", "", "?script=evil", "?script=&script=evil&x=evil", "?x=worse"):
        assert b"evil" not in view(RequestFactory().get(f"/paper{query}")).content  # type: ignore[attr-defined]

    assert press.printed == 2


def test_what_fails_is_not_kept() -> None:
    tries = []

    def breaks_once(_request: HttpRequest) -> HttpResponse:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError
        return HttpResponse("whole")

    view = made_once(breaks_once)
    with pytest.raises(RuntimeError):
        view(RequestFactory().get("/"))
    assert view(RequestFactory().get("/")).content == b"whole"  # type: ignore[attr-defined]


def test_the_views_own_headers_are_sent_too(press: Press) -> None:
    assert made_once(press)(RequestFactory().get("/"))["X-Of"] == "the view"


@pytest.mark.parametrize("path", PATHS)
def test_who_has_it_already_is_told_so(client: Client, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    changed = client.get(path, headers={"if-none-match": '"another"'})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert first["Cache-Control"] == "no-cache"
    assert "Accept-Language" in first["Vary"]
    assert again.content == b""
    assert changed.content == first.content


def test_korean_and_english_have_tags_of_their_own(client: Client) -> None:
    tags = {client.get("/texts.js", headers={"accept-language": language})["ETag"] for language in ("ko", "en")}
    assert len(tags) == 2


@pytest.mark.parametrize("path", PATHS)
def test_nothing_else_is_done_with_it(client: Client, path: str) -> None:
    answer = client.post(path)
    assert (answer.status_code, answer.json()["code"]) == (405, "E-C005")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("GZIP;q=0.5, br;q=0", "gzip"),
        ("gzip;q=1.0, br; q=0.000", "gzip"),
        ("gzip", "gzip"),
        ("identity", None),
        ("", None),
        ("brotli-of-mine, zgzip", None),
    ],
)
def test_it_is_packed_as_its_reader_can_read_it(client: Client, accepted: str, coding: str | None) -> None:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
    plain = client.get("/texts.js").content
    answer = client.get("/texts.js", headers={"accept-encoding": accepted})

    assert answer.headers.get("Content-Encoding") == coding
    assert unpack[coding](answer.content) == plain
    assert "Accept-Encoding" in answer["Vary"]
    assert coding is None or len(answer.content) < len(plain) / 3


def test_each_packing_has_a_tag_of_its_own(client: Client) -> None:
    packed = client.get("/texts.js", headers={"accept-encoding": "br"})["ETag"]
    plain = client.get("/texts.js")["ETag"]
    again = client.get("/texts.js", headers={"accept-encoding": "br", "if-none-match": packed})

    assert packed != plain
    assert (again.status_code, again["ETag"]) == (304, packed)
