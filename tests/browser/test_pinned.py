"""The notice on top of a room: put up by who made it, seen by all, folded away by who has read it."""

import re

from playwright.async_api import Locator, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.browser.looking import faults
from tests.e2e.people import Person

FIRST_LINE = "회의는 목요일이에요"
NOTICE = "**회의**는 목요일이에요\n10시, 2층 `대회의실`"


def notice(page: ChatPage) -> Locator:
    return page.page.get_by_role("region", name="이 방의 공지", exact=True)


async def choose(page: ChatPage, message: Locator, entry: str) -> None:
    await message.click(button="right")
    await page.page.get_by_role("menuitem", name=entry).click()


async def test_a_notice_is_put_up_seen_by_all_folded_away_and_taken_down(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)
    bobs = await ChatPage.open(open_context, bob, bypass_csp=True)  # for axe-core
    await bobs.enter(room_name)
    await alices.say(NOTICE)
    await choose(alices, alices.page.locator(".message.sent"), "공지로 올리기")

    await expect(notice(bobs)).to_contain_text(FIRST_LINE)
    await expect(bobs.page.locator("#announcer")).to_contain_text(f"새 공지: {FIRST_LINE}")
    await bobs.page.reload()
    toggle = notice(bobs).get_by_role("button", name=f"공지: {FIRST_LINE} Alice")
    await toggle.press("Enter")
    await expect(notice(bobs)).to_contain_text("10시, 2층 대회의실")
    await expect(notice(bobs).get_by_role("button", name="공지 내리기")).to_be_hidden()
    assert await faults(bobs.page) == []
    await bobs.page.keyboard.press("Escape")
    await expect(toggle).to_be_focused()

    await toggle.press("Enter")
    await notice(bobs).get_by_role("button", name="원래 자리로").click()
    await expect(bobs.page.locator(".message.sent").filter(has_text="대회의실")).to_be_focused()
    await toggle.click()
    await notice(bobs).get_by_role("button", name="접어 두기").click()
    await bobs.page.reload()
    await expect(notice(bobs).get_by_role("button", name="공지 보기")).to_be_visible()
    await expect(toggle).to_be_hidden()

    await alices.say("회의는 금요일로 옮겼어요")
    await choose(alices, alices.sent("회의는 금요일로 옮겼어요"), "공지로 올리기")
    await expect(notice(bobs)).to_contain_text("회의는 금요일로 옮겼어요")  # folded was the other one
    await notice(alices).get_by_role("button", name=re.compile("금요일")).click()
    await notice(alices).get_by_role("button", name="공지 내리기").click()
    await expect(notice(bobs)).to_be_hidden()

    await bobs.page.get_by_role("button", name="이 방에 대해").click()
    await bobs.page.get_by_role("button", name="모든 공지").click()
    entries = bobs.page.get_by_role("dialog", name="이 방의 공지들").get_by_role("listitem")
    await expect(entries).to_contain_text(["Alice: 회의는 금요일로 옮겼어요", f"Alice: {FIRST_LINE}"])
