"""The chat page inside a page of the main site, which hands it the member's token."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Complaints, OpenContext
from tests.e2e.pair import Pair
from tests.e2e.people import Person
from tests.e2e.processes import Process, running, serve
from tests.servers import HOST

PAGE = """<!doctype html><title>site</title><link rel="icon" href="data:,"><script>
addEventListener("message", ({data, source, origin}) => {
    if (data.type === "chat:token") source.postMessage({type: "chat:token", access: "TOKEN"}, origin);
});
</script><iframe src="CHAT" style="width: 1000px; height: 700px"></iframe>"""


@dataclass
class Site:
    """The main site, with one page: a frame for the chat, and the token for it. Strangers have the same page."""

    port: int
    page: dict[str, str]

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def stranger(self) -> str:
        return f"http://localhost:{self.port}"

    def embed(self, chat: str, token: str) -> None:
        self.page["html"] = PAGE.replace("TOKEN", token).replace("CHAT", chat)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    page: dict[str, str] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page["html"].encode())

        def log_message(self, *args: object) -> None:
            """Not into the tests' output."""

    with ThreadingHTTPServer((HOST, 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(server.server_port, page)
        server.shutdown()


@pytest.fixture(scope="module")
def embedded(pair: Pair, site: Site) -> Iterator[Process]:
    """A server whose pages the main site may embed."""
    server = serve(pair.directory, pair.env | {"ROUTE_FRONT": site.origin})
    with running(server):
        yield server


async def visit(open_context: OpenContext, address: str) -> Page:
    page = await (await open_context()).new_page()
    await page.goto(address)
    return page


async def test_the_embedding_page_hands_over_the_token(
    open_context: OpenContext, site: Site, embedded: Process, alice: Person, room: int, room_name: str
) -> None:
    site.embed(f"{embedded.address}/", alice.token)
    chat = (await visit(open_context, site.origin)).frame_locator("iframe")
    await chat.get_by_role("link").filter(has_text=room_name).click()
    await chat.get_by_role("textbox", name="메시지", exact=True).fill("틀 안에서 인사해요")
    await chat.get_by_role("button", name="보내기").click()

    await expect(chat.locator(".message.sent")).to_contain_text("틀 안에서 인사해요")


async def test_no_other_page_may_embed_it(
    open_context: OpenContext, complaints: Complaints, site: Site, embedded: Process, alice: Person
) -> None:
    site.embed(f"{embedded.address}/", alice.token)
    page = await visit(open_context, site.stranger)

    await complaints.wait_for("frame-ancestors")
    await expect(page.frame_locator("iframe").locator("#chat")).to_have_count(0)
