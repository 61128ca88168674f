"""What people are shown of a page: short, plain, and always with the host that it came from."""

import httpx
import pytest

from messaging.previews import reading
from messaging.previews.fetching import Fetched, NotFetched
from messaging.previews.reading import read_page, shown_host

URL = httpx.URL("https://www.news.example/a/b?c")


def fetched(page: str | bytes, *, url: httpx.URL = URL, charset: str = "") -> Fetched:
    return Fetched(url, charset, page.encode() if isinstance(page, str) else page)


async def test_a_page_is_shown_by_its_title_words_and_host() -> None:
    page = await read_page(
        fetched(
            "<title>고민 상담</title><meta name=description content='들어 드려요'>"
            "<meta property=og:site_name content='마음 신문'>"
            "<meta property=og:image content='../그림.png'>"
        )
    )

    assert page == reading.Page(
        title="고민 상담",
        description="들어 드려요",
        site="마음 신문 · news.example",
        host="news.example",
        image=httpx.URL("https://www.news.example/그림.png"),
    )


async def test_an_old_korean_page_is_read_in_its_charset() -> None:
    page = await read_page(fetched("<title>똠방각하</title>".encode("cp949"), charset="euc-kr"))

    assert page is not None
    assert page.title == "똠방각하"


async def test_a_title_that_plays_tricks_is_mended() -> None:
    """Bidi overrides, zero widths, controls, line breaks, marks without end, no page of letters."""
    page = await read_page(
        fetched(
            f"<title> \u202egnp.exe\u2066 \u200b줄\r\n\t 바꿈 \x07\0{'가' * 200}</title>"
            f"<meta name=description content='{'e' + chr(769) * 900}'>"
        )
    )

    assert page is not None
    assert page.title.startswith("gnp.exe 줄 바꿈 가")
    assert (len(page.title), page.title[-1]) == (100, "…")
    assert len(page.description) <= 35


async def test_families_of_emoji_are_not_cut_in_two() -> None:
    family = "👨‍👩‍👧‍👦"
    page = await read_page(fetched(f"<title>{family * 120}</title>"))

    assert page is not None
    assert page.title == family * 99 + "…"


@pytest.mark.parametrize(
    "text", ["", "<p>본문뿐</p>", "<title>\u200b\u3164 </title>", "<title></title>", "\x89PNG\r\n"]
)
async def test_a_page_without_a_title_shows_nothing(text: str) -> None:
    assert await read_page(fetched(text)) is None


async def test_the_words_are_not_said_twice() -> None:
    page = await read_page(
        fetched(
            "<title>하나</title><meta name=description content=하나>"
            "<meta property=og:site_name content=news.example>"
        )
    )

    assert page == reading.Page(title="하나", site="news.example", host="news.example")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.example.com/", "example.com"),
        ("https://고민.한국/", "고민.한국"),
        ("https://xn--bj0bj06e.xn--3e0b707e/", "한글.한국"),
        ("https://pаypal.example/", "xn--pypal-4ve.example"),  # a Cyrillic а
        ("https://xn--zz.example/", "xn--zz.example"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
    ],
)
def test_a_host_is_shown_so_that_it_looks_like_no_other(url: str, host: str) -> None:
    assert shown_host(httpx.URL(url)) == host


async def test_a_reader_that_ends_badly_or_never_is_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ARGUMENTS", ("-c", "raise SystemExit(1)"))
    with pytest.raises(NotFetched):
        await read_page(fetched("<title>하나</title>"))

    monkeypatch.undo()
    monkeypatch.setattr(reading, "READING_MAX_S", 0.0)
    with pytest.raises(NotFetched):
        await read_page(fetched("<title>하나</title>"))


async def test_the_reader_sees_nothing_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", "secret")
    code = "import os, json; print(json.dumps({'title': repr(sorted(os.environ)) + os.getcwd()}))"
    monkeypatch.setattr(reading, "ARGUMENTS", ("-I", "-S", "-c", code))

    page = await read_page(fetched(""))

    assert page is not None
    assert "SECRET" not in page.title
    assert page.title.endswith("]/")
