"""A way to the server that a test governs: how long answers take, and whether there are connections."""

import asyncio

from playwright.async_api import BrowserContext, Page, Request, Route, WebSocketRoute

from tests.times import WAIT_S

# an answer that is asked for now is heard after those before it
HEARD_AND_DRAWN = """async () => {
    await fetch("/v1/healthz");
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}"""


class SlowAnswer:
    """One answer, read by the server at once. It reaches the page when it is let go; later ones overtake it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._request: Request | None = None
        self._is_read, self._is_let_go = asyncio.Event(), asyncio.Event()

    @classmethod
    async def to(cls, page: Page, path: str) -> "SlowAnswer":
        """The answer to the next request of this path (Playwright's pattern)."""
        answer = cls(page)
        await page.route(path, answer._hold, times=1)
        return answer

    async def _hold(self, route: Route) -> None:
        response = await route.fetch()
        self._request = route.request
        self._is_read.set()
        await self._is_let_go.wait()
        await route.fulfill(response=response)

    async def is_asked_for(self) -> None:
        async with asyncio.timeout(WAIT_S):
            await self._is_read.wait()

    async def arrives(self) -> None:
        """Returns once the page has done with it whatever it does, and shows what came of it."""
        await self.is_asked_for()
        async with self._page.expect_event("requestfinished", lambda request: request == self._request):
            self._is_let_go.set()
        await self._page.evaluate(HEARD_AND_DRAWN)


class Link:
    """The WebSockets of a browser's pages. While it is cut there are none; the server is told nothing of that."""

    def __init__(self) -> None:
        self._sockets: list[WebSocketRoute] = []
        self._is_cut = False

    @classmethod
    async def of(cls, context: BrowserContext) -> "Link":
        """For pages that are opened from now on."""
        link = cls()
        await context.route_web_socket("**/v2/chat/connect*", link._open)
        return link

    async def _open(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            await socket.close()
        else:
            self._sockets.append(socket)
            socket.connect_to_server()

    async def cut(self) -> None:
        self._is_cut = True
        while self._sockets:
            await self._sockets.pop().close()

    def mend(self) -> None:
        self._is_cut = False
