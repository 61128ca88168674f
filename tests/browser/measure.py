"""What a member's first seconds cost: `make measure` prints the tables of docs/page.md.

A member of 200 rooms, then of 1,000, opens the address of one with 5,000 messages: for the first time, and again.
Real MariaDB, Redis, server and Chromium, without a delay between them and over a line like a phone's (its delay
counts for HTTP, not for WebSocket).
"""

import argparse
import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.browser.chromium import launch_chromium
from tests.servers import HOST, DatabaseServer, Service, free_port, private_mariadb, private_redis, running

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = (200, 1_000)
MESSAGES, ELSEWHERE = 5_000, 3  # of the open room, and of each other one
READER, WRITER = 1, 2
WAIT_MS = 60_000
QUIET_S = 1.0  # nothing came or went for so long: the page is at rest
# a phone's line, as Lighthouse's "slow 4G": milliseconds there and back, bytes a second
PHONE = {"offline": False, "latency": 150, "downloadThroughput": 204_800, "uploadThroughput": 93_750}

FILL = [
    "INSERT INTO {db}.users (user_id, nickname, role, created_at, updated_at)"
    " VALUES (1, '읽는이', 'USER', NOW(6), NOW(6)), (2, '쓰는이', 'USER', NOW(6), NOW(6))",
    # MariaDB's sequences are tables of numbers
    "INSERT INTO {db}.chat_rooms (chat_room_id, name, is_group_chat, last_seq, version, roster_version,"
    " assistant_name, created_at, updated_at)"
    " SELECT seq, CONCAT('이야기방 ', seq), 1, IF(seq = 1, {messages}, {elsewhere}),"
    " IF(seq = 1, {messages}, {elsewhere}), 2, '', NOW(6), NOW(6) FROM {db}.seq_1_to_{rooms}",
    "INSERT INTO {db}.chat_participants (user_id, chat_room_id, read_seq, notify, role, on_duty)"
    " SELECT who.seq, room.seq, IF(room.seq = 1, {messages}, room.seq MOD 4), 'all', 'member', 1"
    " FROM {db}.seq_1_to_2 AS who, {db}.seq_1_to_{rooms} AS room",
    "INSERT INTO {db}.chat_messages (chat_room_id, seq, version, kind, user_id, contents, created_at, updated_at)"
    " SELECT room.seq, said.seq, said.seq, 'member', 1 + said.seq MOD 2,"
    " CONCAT(said.seq, '. 오늘도 함께 이야기해요. ', REPEAT('천천히 읽어도 괜찮아요. ', said.seq MOD 4)),"
    " NOW(6) - INTERVAL ({messages} - said.seq) MINUTE, NOW(6)"
    " FROM {db}.seq_1_to_{rooms} AS room, {db}.seq_1_to_{messages} AS said"
    " WHERE room.seq = 1 OR said.seq <= {elsewhere}",
]

NEWEST = f'#timeline [data-seq="{MESSAGES}"]'
# when the list and the room's newest message stood in the document, in milliseconds after the navigation began
WATCH = """
globalThis.measured = {};
const look = () => {
    if (!measured.list && document.querySelector(".room-link")) measured.list = performance.now();
    if (!measured.messages && document.querySelector('%s')) measured.messages = performance.now();
};
new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
"""
TIMES = """() => ({
    ...measured, paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
    rows: document.querySelectorAll(".room-link").length,
})"""


class Visit(NamedTuple):
    """One opening of the page. Times in milliseconds after the navigation began; bytes as they came in."""

    paint: float
    messages: float
    list: float
    rows: int
    files: int
    files_bytes: int
    calls: int
    calls_bytes: int
    frames_in: int
    frames_in_bytes: int
    frames_out: int
    heap_mib: float
    whole_s: float


class Chat(NamedTuple):
    """A server, as production runs it, and the token of a member."""

    address: str
    token: str


@contextmanager
def chat(server: DatabaseServer, redis_url: str, *, checkout: Path, rooms: int) -> Iterator[Chat]:
    """A chat whose first member is in so many rooms."""
    url, port = server.create_database(), free_port()
    env = {
        "PATH": os.environ["PATH"],
        "ALLOWED_HOSTS": "chat.example.com",
        "DJANGO_SECRET_KEY": token_hex(32),
        "JWT_SECRET": token_hex(32),
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "STATIC_ROOT": os.environ.get("STATIC_ROOT", ""),
    }
    manage = [sys.executable, str(checkout / "manage.py")]
    run = partial(subprocess.run, env=env, cwd=checkout, check=True, capture_output=True, text=True)
    run([*manage, "migrate", "--verbosity=0"])
    for statement in FILL:
        server.execute(
            statement.format(db=url.rpartition("/")[2], rooms=rooms, messages=MESSAGES, elsewhere=ELSEWHERE)
        )
    token = run([*manage, "issue_token", str(READER), "--force"]).stdout.strip()
    with TemporaryDirectory(prefix="chat-measure-") as directory:
        command = ["env", "-C", str(checkout), *manage, "serve", "--port", str(port)]
        with running(Service("chat", command, port, Path(directory) / "log", env)):
            yield Chat(f"http://{HOST}:{port}", token)


class Wire:
    """What a page's DevTools tell of its requests and frames."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.files: dict[str, int] = {}
        self.calls: dict[str, int] = {}
        self.frames_in: list[int] = []
        self.frames_out: list[int] = []
        self.last_at = 0.0

    def listen_to(self, cdp: Any) -> None:
        cdp.on("Network.requestWillBeSent", self._begin)
        cdp.on("Network.requestServedFromCache", lambda event: self.kinds.pop(event["requestId"], None))
        cdp.on("Network.responseReceived", self._answered)
        cdp.on("Network.loadingFinished", self._finish)
        cdp.on("Network.webSocketFrameReceived", lambda event: self._frame(self.frames_in, event))
        cdp.on("Network.webSocketFrameSent", lambda event: self._frame(self.frames_out, event))

    def _begin(self, event: dict[str, Any]) -> None:
        self._news()
        if event["request"]["url"].startswith("http"):
            self.kinds[event["requestId"]] = "calls" if "/v1/" in event["request"]["url"] else "files"

    def _answered(self, event: dict[str, Any]) -> None:
        response = event["response"]
        if response.get("fromDiskCache") or response.get("fromServiceWorker"):
            self.kinds.pop(event["requestId"], None)

    def _finish(self, event: dict[str, Any]) -> None:
        self._news()
        if kind := self.kinds.get(event["requestId"]):
            getattr(self, kind)[event["requestId"]] = int(event["encodedDataLength"])

    def _frame(self, frames: list[int], event: dict[str, Any]) -> None:
        self._news()
        frames.append(len(event["response"]["payloadData"].encode()))

    def _news(self) -> None:
        self.last_at = asyncio.get_running_loop().time()

    async def is_quiet(self) -> None:
        loop = asyncio.get_running_loop()
        while (left := self.last_at + QUIET_S - loop.time()) > 0:  # noqa: ASYNC110  # nothing happening is no event
            await asyncio.sleep(left)


async def visit(context: BrowserContext, address: str, line: dict[str, Any] | None) -> Visit:
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)
    await cdp.send("Performance.enable")
    await cdp.send("Network.enable")
    if line:
        await cdp.send("Network.emulateNetworkConditions", line)
    wire = Wire()
    wire.listen_to(cdp)
    await page.add_init_script(WATCH % NEWEST)
    began = asyncio.get_running_loop().time()
    await page.goto(f"{address}/#/room/1", wait_until="commit", timeout=WAIT_MS)
    for looked_for in (NEWEST, ".room-link"):
        await page.locator(looked_for).first.wait_for(state="attached", timeout=WAIT_MS)
    await wire.is_quiet()
    whole_s = wire.last_at - began
    await cdp.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in (await cdp.send("Performance.getMetrics"))["metrics"]}
    times = await page.evaluate(TIMES)
    await page.close()
    return Visit(
        paint=times["paint"],
        messages=times["messages"],
        list=times["list"],
        rows=times["rows"],
        files=len(wire.files),
        files_bytes=sum(wire.files.values()),
        calls=len(wire.calls),
        calls_bytes=sum(wire.calls.values()),
        frames_in=len(wire.frames_in),
        frames_in_bytes=sum(wire.frames_in),
        frames_out=len(wire.frames_out),
        heap_mib=metrics["JSHeapUsedSize"] / 2**20,
        whole_s=whole_s,
    )


async def cold_and_warm(browser: Browser, chat: Chat, line: dict[str, Any] | None) -> tuple[Visit, Visit]:
    token = {"name": "accessToken", "value": chat.token}
    state: Any = {"cookies": [], "origins": [{"origin": chat.address, "localStorage": [token]}]}
    context = await browser.new_context(
        viewport={"width": 1200, "height": 780}, locale="ko-KR", storage_state=state
    )
    cold = await visit(context, chat.address, line)
    warm = await visit(context, chat.address, line)
    await context.close()
    return cold, warm


def line_of(name: str, visits: list[Visit]) -> str:
    """A row of the table: of each figure the median."""
    middle = Visit(*(sorted(figures)[len(figures) // 2] for figures in zip(*visits, strict=True)))
    return (
        f"| {name} | {middle.paint:,.0f} | {middle.messages:,.0f} | {middle.list:,.0f} ({middle.rows:,})"
        f" | {middle.files}, {middle.files_bytes / 1000:,.1f} | {middle.calls}, {middle.calls_bytes / 1000:,.1f}"
        f" | {middle.frames_in}, {middle.frames_in_bytes / 1000:,.1f} | {middle.frames_out}"
        f" | {middle.heap_mib:.1f} | {middle.whole_s:.1f} |"
    )


HEAD = """\
| | first paint, ms | messages, ms | list, ms (rooms in it) | files, kB | calls, kB | frames in, kB | frames out \
| script memory, MiB | at rest after, s |
|---|---|---|---|---|---|---|---|---|---|"""


async def measure(browser: Browser, chat: Chat, *, rooms: int, rounds: int) -> None:
    for line_name, line in (("", None), (", phone's line", PHONE)):
        visits = [await cold_and_warm(browser, chat, line) for _ in range(rounds)]
        for name, ones in zip(("first visit", "second visit"), zip(*visits, strict=True), strict=True):
            print(line_of(f"{rooms:,} rooms, {name}{line_name}", list(ones)), flush=True)


async def main(server: DatabaseServer, redis_url: str, given: argparse.Namespace) -> None:
    async with async_playwright() as playwright:
        browser = await launch_chromium(playwright)
        for rooms in given.rooms or ROOMS:
            with chat(server, redis_url, checkout=given.checkout.resolve(), rooms=rooms) as one:
                await measure(browser, one, rooms=rooms, rounds=given.rounds)
        await browser.close()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make measure", description="Measure a member's first seconds.")
    parser.add_argument("rooms", nargs="*", type=int, help="of how many rooms (default: 200 and 1,000)")
    parser.add_argument("--rounds", type=int, default=3, help="visits, of which the median counts (default: 3)")
    parser.add_argument("--checkout", type=Path, default=PROJECT, help="another build's, to compare with")
    return parser.parse_args()


if __name__ == "__main__":
    with private_mariadb(durable=False) as server, private_redis() as redis:
        print(HEAD)
        asyncio.run(main(server, redis.url, arguments()))
