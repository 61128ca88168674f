"""The page's shell: kept on the device by a service worker, renewed with the server, without what people say."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, Response, expect

from tests.browser.conftest import Complaints, OpenContext
from tests.collected import collect
from tests.e2e.conftest import Meet
from tests.e2e.processes import Process, environment, log_directory, migrate, running, serve
from tests.factories import ALICE

KEPT = """async () => {
    await navigator.serviceWorker.ready;
    const kept = {};
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys())
            kept[new URL(request.url).pathname] = await (await cache.match(request)).text();
    }
    return kept;
}"""
# the service worker that the browser found by itself keeps a page with these words
RENEWED = """async (words) => {
    for (;;) {
        for (const name of await caches.keys()) {
            const page = await (await caches.open(name)).match("/");
            if (page && (await page.text()).includes(words)) return;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}"""
SAID = "아무도 모르는 이야기"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A server with the page as an image has it."""
    static = collect(tmp_path_factory.mktemp("static"))
    database = tmp_path_factory.mktemp("database") / "chat.sqlite3"
    env = environment(database_url=f"sqlite:///{database}", STATIC_ROOT=str(static), FILES="0")
    migrate(env)
    with log_directory() as directory:
        yield serve(Path(directory), env)


async def test_the_page_opens_from_the_device_as_its_newest_build_and_keeps_nothing_that_was_said(
    open_context: OpenContext, meet: Meet, server: Process, complaints: Complaints
) -> None:
    alice = meet(server, ALICE, "Alice")
    with running(server):
        room = await alice.create_room("우리끼리")
        context = await open_context(alice, service_workers="allow")
        page = await context.new_page()
        await page.goto(f"{server.address}/#/room/{room}")
        await page.locator("#composer-text").fill(SAID)
        await page.locator("#composer-text").press("Enter")
        await expect(page.locator(".message.own").filter(has_text=SAID)).to_be_visible()
        kept = await page.evaluate(KEPT)
        assert "/" in kept
        assert all(path == "/" or path.startswith(("/static/chat/page/", "/texts.")) for path in kept)
        assert not [path for path, text in kept.items() if SAID in text or alice.token in text]

        # opened again, it asks the server for messages and no file
        asked = await responses_while_opening(page, server.address)
        files = [response for response in asked if "/v1/" not in response.url]
        assert len(files) >= 5
        assert [response.url for response in files if not response.from_service_worker] == []
        assert [
            response.url for response in asked if "/v1/" in response.url and response.from_service_worker
        ] == []

        await page.goto("about:blank")

    # nobody is there: the page opens
    complaints.expect("ERR_CONNECTION_RE(FUSED|SET)")
    await page.goto(server.address)
    await expect(page.locator("html")).to_have_attribute("data-is-started", "")

    # another build: the next opening finds it
    with running(replace(server, env=server.env | {"ASSISTANT_NAME": "새 도우미"})):
        await page.goto(server.address)
        await page.evaluate(RENEWED, "\\uc0c8")
        await page.goto(server.address)
        assert "새 도우미" in await settings_of(page)
        # and another language is there at once
        await context.add_cookies([{"name": "django_language", "value": "en", "url": server.address}])
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("lang", "en")


async def responses_while_opening(page: Page, address: str) -> list[Response]:
    heard: list[Response] = []
    page.on("response", lambda response: heard.append(response))  # Playwright marks what it is given
    await page.goto("about:blank")
    await page.goto(address)
    await expect(page.locator(".room-link")).to_be_visible()
    return heard


async def settings_of(page: Page) -> str:
    return str(
        await page.evaluate("JSON.stringify(JSON.parse(document.querySelector('#page-settings').textContent))")
    )
