"""How the chat page bears a long history: `python -m tests.browser.long_history` prints the table of docs/page.md.

One reads from the newest message up to the first by the wheel, as fast as a hand can, then goes back to the end.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from playwright.async_api import CDPSession, Page, async_playwright

from tests.browser.chromium import launch_chromium
from tests.browser.demo import demo

MESSAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
ROOM = "긴 이야기"
WHEEL_PX, WHEEL_EVERY_S = 600, 0.05
WORDS = "오늘도 함께 이야기해요. 천천히 읽어도 괜찮아요. "

WATCH = """() => {
    window.frames_ = [];
    let last = performance.now();
    const tick = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
}"""
FRAMES = "() => window.frames_.splice(0)"
TOP = """() => {
    const first = document.querySelector("#timeline [data-seq]");
    return [Number(first.dataset.seq), document.querySelector("#scroller").scrollTop];
}"""


def fill() -> None:
    from messaging.store.services import Draft, store_messages
    from rooms.services import open_group_room

    room = open_group_room(name=ROOM, member_ids=[1, 2, 3])
    start = datetime.now(UTC) - timedelta(minutes=MESSAGES)
    drafts = [
        Draft(room.room_id, 1 + number // 3 % 3, f"{number}. {WORDS * (1 + number % 4)}", uuid4().hex)
        for number in range(1, MESSAGES + 1)
    ]
    for first in range(0, MESSAGES, 100):
        store_messages(drafts[first : first + 100], now=start + timedelta(minutes=first))


async def state(cdp: CDPSession) -> str:
    await cdp.send("HeapProfiler.collectGarbage")
    metrics = {metric["name"]: metric["value"] for metric in (await cdp.send("Performance.getMetrics"))["metrics"]}
    return f"{metrics['JSHeapUsedSize'] / 2**20:.1f} MiB of script memory, {metrics['Nodes']:.0f} nodes"


def summary(frames: list[float]) -> str:
    frames = sorted(frames)
    late = sum(frame > 50 for frame in frames)
    return (
        f"{len(frames)} frames: median {frames[len(frames) // 2]:.1f} ms, "
        f"p95 {frames[len(frames) * 95 // 100]:.1f} ms, p99 {frames[len(frames) * 99 // 100]:.1f} ms, "
        f"longest {frames[-1]:.0f} ms, {late} above 50 ms"
    )


async def read_upwards(page: Page) -> None:
    await page.locator("#scroller").hover()
    while (await page.evaluate(TOP)) != [1, 0]:
        await page.mouse.wheel(0, -WHEEL_PX)
        await asyncio.sleep(WHEEL_EVERY_S)


async def measure(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await launch_chromium(playwright)
        page = await browser.new_page(viewport={"width": 1200, "height": 780}, locale="ko-KR")
        cdp = await page.context.new_cdp_session(page)
        await cdp.send("Performance.enable")
        await page.goto(address)
        await page.locator("#start-members button").first.click()
        await page.locator(".room-link").filter(has_text=ROOM).click()
        await page.locator(f'[data-seq="{MESSAGES}"]').wait_for()
        await page.locator("#to-newest").dispatch_event("click")  # it may be hidden
        print(f"opened: {await state(cdp)}")

        await page.evaluate(WATCH)
        began = datetime.now(UTC)
        await read_upwards(page)
        frames: list[Any] = await page.evaluate(FRAMES)
        print(f"{MESSAGES} messages upwards in {(datetime.now(UTC) - began).seconds} s: {summary(frames)}")
        print(f"at the first message: {await state(cdp)}")

        await page.locator("#to-newest").dispatch_event("click")  # it may be hidden
        await page.locator(f'[data-seq="{MESSAGES}"]').wait_for()
        print(f"back at the newest: {await state(cdp)}")
        await browser.close()


if __name__ == "__main__":
    with demo(fill) as home:
        asyncio.run(measure(home))
