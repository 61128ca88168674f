"""Nobody outside is asked twice for the same page, nor often."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from messaging.previews import pages as pages_module
from messaging.previews.fetching import NotFetched
from messaging.previews.pages import HOST_BURST, KEPT_S, Pages
from tests.messaging.previews.web import Web, says, serving


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with serving() as web:
        yield web


async def test_a_page_is_asked_for_once_by_all_who_want_it_and_again_later(
    web: Web, time_passes: Callable[[float], None]
) -> None:
    web.pages["/a"] = says("<title>하나</title>")
    pages = Pages(fetcher=web.fetcher(), pictures=None)

    found = await asyncio.gather(*(pages.find(f"{web.url('/a')}{part}") for part in ("", "#b", "#c")))

    assert [one.page.title for one in found] == ["하나"] * 3
    assert web.paths == ["/a"]
    time_passes(KEPT_S + 1)
    await pages.find(str(web.url("/a")))
    assert web.paths == ["/a", "/a"]


async def test_what_was_not_found_is_not_asked_for_again_either(web: Web) -> None:
    web.pages["/untitled"] = says("<p>본문</p>")
    pages = Pages(fetcher=web.fetcher(), pictures=None)

    for path, why in (("/none", "status"), ("/untitled", "untitled")) * 2:
        with pytest.raises(NotFetched, match=why):
            await pages.find(str(web.url(path)))

    assert web.paths == ["/none", "/untitled"]


async def test_a_host_is_asked_for_few_pages_at_a_time(web: Web, time_passes: Callable[[float], None]) -> None:
    pages = Pages(fetcher=web.fetcher(), pictures=None)

    async def why(path: str) -> str:
        with pytest.raises(NotFetched) as raised:
            await pages.find(str(web.url(path)))
        return str(raised.value)

    assert {await why(f"/{number}") for number in range(int(HOST_BURST))} == {"status"}
    assert await why("/more") == "busy"
    time_passes(2)
    assert await why("/more") == "status"


async def test_the_oldest_are_forgotten(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_module, "KEPT_MOST", 2)
    web.pages |= {path: says("<title>하나</title>") for path in ("/1", "/2", "/3")}
    pages = Pages(fetcher=web.fetcher(), pictures=None)

    for path in ("/1", "/2", "/3", "/3", "/1"):
        await pages.find(str(web.url(path)))

    assert web.paths == ["/1", "/2", "/3", "/1"]


async def test_what_is_looked_at_is_left_when_the_process_ends(web: Web) -> None:
    hanging = asyncio.Event()

    async def hang(writer: asyncio.StreamWriter) -> None:
        hanging.set()
        await writer.wait_closed()

    web.pages["/"] = hang
    pages = Pages(fetcher=web.fetcher(), pictures=None)
    waiting = asyncio.create_task(pages.find(str(web.url())))
    await hanging.wait()

    waiting.cancel()  # one who waits goes: the others still want it
    await asyncio.wait([waiting])
    await pages.stop()

    assert not [task for task in asyncio.all_tasks() if task.get_name() == "link-preview"]
