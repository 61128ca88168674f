"""A real browser: one Chromium a session, a context for each person, and no complaint of a page left unheard.

Every test in this folder is `e2e` and runs in the event loop of the session, where the browser lives (Playwright's
asynchronous API). An async fixture here says so too: `@pytest_asyncio.fixture(loop_scope="session")`.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Request,
    WebError,
    async_playwright,
    expect,
)

from tests.browser.chromium import launch_chromium
from tests.browser.main_site import chat_of_site, site  # noqa: F401
from tests.e2e.conftest import (  # noqa: F401
    alice,
    bob,
    charlie,
    make_http_client,
    meet,
    pytest_runtest_makereport,
    room_name,
)
from tests.e2e.pair import Pair
from tests.e2e.people import Person
from tests.e2e.processes import WAIT_S, Process, running, serve
from tests.servers import HOST

WAIT_MS = 1_000 * WAIT_S
expect.set_options(timeout=WAIT_MS)

OpenContext = Callable[..., Awaitable[BrowserContext]]


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module:
    """Marks what is collected in this folder, so that no module can forget it."""
    module = pytest.Module.from_parent(parent, path=module_path)
    module.add_marker(pytest.mark.e2e)
    module.add_marker(pytest.mark.asyncio(loop_scope="session"))
    return module


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await launch_chromium(playwright)
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
def from_sources(pair: Pair) -> Iterator[Process]:
    """A server whose page is made of the scripts as they were written: each of them is asked for."""
    server = serve(pair.directory, pair.env | {"STATIC_ROOT": ""})
    with running(server):
        yield server


class Complaints:
    """What the pages of a test complained of; a test fails with what it did not expect."""

    def __init__(self) -> None:
        self._heard: list[str] = []
        self._expected: list[str] = []
        self._news = asyncio.Event()

    def expect(self, pattern: str) -> None:
        """Complaints that match the regular expression are part of this test: of a killed server, for example."""
        self._expected.append(pattern)

    async def wait_for(self, pattern: str) -> None:
        """Expect a complaint, and return once it is heard."""
        self.expect(pattern)
        async with asyncio.timeout(WAIT_S):
            while not any(re.search(pattern, line) for line in self._heard):
                self._news.clear()
                await self._news.wait()

    def unexpected(self) -> list[str]:
        return [line for line in self._heard if not any(re.search(pattern, line) for pattern in self._expected)]

    def listen_to(self, context: BrowserContext) -> None:
        """Hear errors on the console, refusals of the Content-Security-Policy (Chromium says them there too),
        exceptions that nobody caught, and requests to any other machine."""
        context.on("console", self._hear_console)
        context.on("weberror", self._hear_error)
        context.on("request", self._hear_request)

    def listen_no_more_to(self, context: BrowserContext) -> None:
        context.remove_listener("console", self._hear_console)
        context.remove_listener("weberror", self._hear_error)
        context.remove_listener("request", self._hear_request)

    def _hear(self, line: str) -> None:
        self._heard.append(line)
        self._news.set()

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._hear(f"console: {message.text} ({message.location['url']})")

    def _hear_error(self, failure: WebError) -> None:
        self._hear(f"uncaught: {failure.error}")

    def _hear_request(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in {HOST, "localhost", None}:
            self._hear(f"asks another machine: {request.url}")


@pytest_asyncio.fixture(loop_scope="session")
async def complaints() -> AsyncIterator[Complaints]:
    complaints = Complaints()
    yield complaints
    assert not complaints.unexpected()


# what is about service workers lets them; elsewhere they would answer what tests want to see asked
USUAL = {"locale": "ko-KR", "timezone_id": "Asia/Seoul", "service_workers": "block"}
KeptContexts = dict[str, list[BrowserContext]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kept_contexts(chromium: Browser) -> KeptContexts:
    """Contexts whose test is over, by their server: the hundred files of the page are in their caches."""
    return defaultdict(list)


@pytest_asyncio.fixture(loop_scope="session")
async def open_context(
    chromium: Browser, complaints: Complaints, kept_contexts: KeptContexts
) -> AsyncIterator[OpenContext]:
    """A browser of somebody's own, with cookies and storage apart from the others'.

    `await open_context(alice)` holds Alice's token in the `localStorage` of her server as `accessToken`, where the
    main site leaves it; `await open_context()` belongs to nobody. Options are those of Playwright's `new_context`.
    With `is_plain` the test does nothing to the context itself, and it may have been another test's: its pages and
    whatever they stored are gone.
    """
    opened: list[tuple[BrowserContext, str | None]] = []

    async def open_one(person: Person | None = None, *, is_plain: bool = False, **options: Any) -> BrowserContext:
        state = _signed_in(person)
        home = person.home if person is not None and is_plain and not options else None
        if home is not None and kept_contexts[home]:
            context = kept_contexts[home].pop()
            await context.set_storage_state(state)
        else:
            context = await chromium.new_context(**USUAL | {"storage_state": state} | options)
            context.set_default_timeout(WAIT_MS)
        complaints.listen_to(context)
        opened.append((context, home))
        return context

    yield open_one
    for context, home in opened:
        if home is not None and await _is_as_it_was(context):
            complaints.listen_no_more_to(context)
            kept_contexts[home].append(context)
        else:
            await context.close()


def _signed_in(person: Person | None) -> Any:
    if person is None:
        return {"cookies": [], "origins": []}
    token = {"name": "accessToken", "value": person.token}
    return {"cookies": [], "origins": [{"origin": person.home, "localStorage": [token]}]}


async def _is_as_it_was(context: BrowserContext) -> bool:
    """Close its pages, and undo what a test may have done to them all; a clock of its own nobody can undo."""
    for page in context.pages:
        if page.url.startswith("http") and await page.evaluate("'__pwClock' in globalThis"):
            return False
    for page in context.pages:
        await page.close()
    await context.set_offline(False)
    await context.clear_permissions()
    return True


# --- people, in the loop of the browser: what `tests.e2e.conftest` makes for a loop of each test's own


@pytest_asyncio.fixture(loop_scope="session")
async def things() -> AsyncIterator[AsyncExitStack]:
    """What is closed when the test ends."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def http(things: AsyncExitStack) -> httpx.AsyncClient:
    return await things.enter_async_context(make_http_client())


@pytest_asyncio.fixture(loop_scope="session")
async def room(alice: Person, bob: Person, room_name: str) -> int:  # noqa: F811
    """A group room with Alice and Bob in it."""
    room_id = await alice.create_room(room_name)
    await bob.join(room_id)
    return room_id
