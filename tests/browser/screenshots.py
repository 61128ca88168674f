"""`make screenshots`: pictures of the chat page in the demo, with an evening's talk, into docs/screenshots."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Literal

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.chromium import launch_chromium
from tests.browser.demo import PROJECT, demo

FOLDER = PROJECT / "docs/screenshots"
BYTES_MAX = 150 * 1024  # of a picture: they are in everybody's clone
EVENING_H = 20
DESKTOP: dict[str, Any] = {"viewport": {"width": 1200, "height": 780}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 1.5,
    "is_mobile": True,
    "has_touch": True,
}
COUNSEL, LOUNGE, ENGLISH, WALK = "고민상담방", "개발자 라운지", "English Corner", "산책 모임"


async def enter(page: Page, room: str) -> None:
    await page.locator(".room-link").filter(has_text=room).click()
    await page.locator(".message.sent").nth(3).wait_for()


async def counsel(page: Page) -> None:
    await enter(page, COUNSEL)


async def english(page: Page) -> None:
    await enter(page, ENGLISH)


async def rooms(page: Page) -> None:
    await page.locator(".badge").first.wait_for()


async def draft(page: Page) -> None:
    await enter(page, COUNSEL)
    await page.locator("#draft").click()
    await page.locator("#draft-tones button").nth(3).click()
    await page.locator("#draft-answers .choice").first.wait_for()


async def writing(page: Page) -> None:
    await enter(page, ENGLISH)
    await page.locator("#ask").click()
    await page.locator("#composer-text").fill("Could you say it in one sentence?")
    await page.locator("#composer-text").press("Enter")
    await page.locator(".run .text").get_by_text(re.compile(".{30}")).wait_for()


async def missed(page: Page) -> None:
    await page.locator(".room-link").filter(has_text=LOUNGE).click()
    await page.locator("#catch-up").click()
    await page.locator("#catch-up-points .link").first.wait_for()


async def code(page: Page) -> None:
    await enter(page, LOUNGE)
    await page.locator(".hl-keyword").first.scroll_into_view_if_needed()


async def menu(page: Page) -> None:
    await enter(page, COUNSEL)
    await page.locator(".message.own").last.press("Enter")


async def pictures(page: Page) -> None:
    await enter(page, WALK)
    drawn = page.locator("#timeline .picture img")
    for one in await drawn.all():
        await expect(one).to_have_attribute("src", re.compile("."))  # addresses are asked for apart
        await one.evaluate("(image) => image.decode()")


async def viewer(page: Page) -> None:
    await pictures(page)
    await page.locator("#timeline .picture").first.click()
    await page.locator("#viewer-picture[src]").evaluate("(image) => image.decode()")


async def settings(page: Page) -> None:
    await page.locator("#me-open").click()
    await page.locator("#me-consent").wait_for()


Colours = Literal["light", "dark"]

# name -> language, colours, device, what is done there
PICTURES: dict[str, tuple[str, Colours, dict[str, Any], Callable[[Page], Awaitable[None]]]] = {
    "room.ko.light.desktop": ("ko-KR", "light", DESKTOP, counsel),
    "room.ko.dark.phone": ("ko-KR", "dark", PHONE, counsel),
    "rooms.ko.light.phone": ("ko-KR", "light", PHONE, rooms),
    "draft.ko.dark.desktop": ("ko-KR", "dark", DESKTOP, draft),
    "missed.ko.light.desktop": ("ko-KR", "light", DESKTOP, missed),
    "menu.ko.light.phone": ("ko-KR", "light", PHONE, menu),
    "pictures.ko.light.desktop": ("ko-KR", "light", DESKTOP, pictures),
    "viewer.ko.dark.phone": ("ko-KR", "dark", PHONE, viewer),
    "code.ko.dark.phone": ("ko-KR", "dark", PHONE, code),
    "room.en.light.phone": ("en-US", "light", PHONE, english),
    "settings.en.dark.phone": ("en-US", "dark", PHONE, settings),
    "room.en.light.desktop": ("en-US", "light", DESKTOP, english),
    "writing.en.dark.desktop": ("en-US", "dark", DESKTOP, writing),
}


async def take_all(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await launch_chromium(playwright)
        for name in PICTURES:
            await take(browser, address, name)
        await browser.close()


async def take(browser: Browser, address: str, name: str) -> None:
    language, colours, device, act = PICTURES[name]
    context = await browser.new_context(
        locale=language, color_scheme=colours, timezone_id=evening(), reduced_motion="reduce", **device
    )
    page = await context.new_page()
    await page.goto(address)
    await page.locator("#start-members button").nth(1).click()
    await page.locator(".room-link").first.wait_for()
    await act(page)
    await page.evaluate("document.fonts.ready")
    file = FOLDER / f"{name}.png"
    await page.screenshot(path=file, animations="disabled", caret="hide")
    await context.close()
    size = file.stat().st_size
    print(f"{file.relative_to(PROJECT)}  {size // 1024} KiB")
    assert size <= BYTES_MAX, f"{name} is too large"


def evening() -> str:
    """A time zone in which it is evening now, so that pictures of different hours look alike."""
    behind_h = (datetime.now(UTC).hour - EVENING_H) % 24
    return f"Etc/GMT{behind_h:+d}" if behind_h <= 12 else f"Etc/GMT{behind_h - 24:+d}"


def fill() -> None:
    from tests.browser.scene import play  # needs Django

    play(datetime.now(UTC))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with demo(fill) as address:
        asyncio.run(take_all(address))


if __name__ == "__main__":
    main()
