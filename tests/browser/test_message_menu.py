"""A message's menu on the chat page: asked for by mouse, finger or keys, and where it does not get in the way."""

import re
from typing import Any

import pytest_asyncio
from playwright.async_api import CDPSession, Locator, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.people import Person

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
ENTRIES = ["답장", "수정", "글 복사", "공지로 올리기", "삭제"]


@pytest_asyncio.fixture(loop_scope="session")
async def alices(open_context: OpenContext, alice: Person, room: int, room_name: str) -> ChatPage:
    page = await ChatPage.open(open_context, alice, permissions=["clipboard-read", "clipboard-write"])
    await page.enter(room_name)
    return page


async def said(alices: ChatPage, text: str) -> Locator:
    await alices.say(text)
    await expect(message := alices.sent(text)).to_have_count(1)
    return message


async def test_a_right_click_opens_it_unless_the_browsers_own_is_of_more_use(alices: ChatPage) -> None:
    message = await said(alices, "보세요 https://example.com 좋아요")
    menu = alices.page.get_by_role("menu")
    text = message.locator(".text")
    await text.select_text()
    await text.click(button="right")
    await expect(menu).to_have_count(0)  # that can copy what is selected
    await alices.page.evaluate("getSelection().removeAllRanges()")
    await text.click(button="right", modifiers=["Shift"], position={"x": 5, "y": 8})
    await message.get_by_role("link").click(button="right")
    await expect(menu).to_have_count(0)

    await text.click(button="right", position={"x": 5, "y": 8})

    await expect(menu.get_by_role("menuitem")).to_have_text(ENTRIES)
    await menu.get_by_role("menuitem", name="글 복사").click()
    await expect(alices.page.get_by_role("status").filter(has_text="복사했어요.")).to_be_visible()
    assert await alices.page.evaluate("navigator.clipboard.readText()") == "보세요 https://example.com 좋아요"


async def test_the_keys_are_enough_to_open_it_walk_through_it_and_come_back(alices: ChatPage) -> None:
    message = await said(alices, "키보드로 열어요")
    page, menu = alices.page, alices.page.get_by_role("menu")
    await alices.scroller.focus()
    await page.keyboard.press("ArrowUp")
    for key in ("Enter", "Space", "ContextMenu", "Shift+F10"):
        await page.keyboard.press(key)
        await expect(menu.get_by_role("menuitemcheckbox", name="하트")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(menu).to_have_count(0)
        await expect(message).to_be_focused()

    await page.keyboard.press("Enter")
    for key, name in [
        ("ArrowRight", "좋아요"),
        ("ArrowLeft", "하트"),
        ("ArrowLeft", "슬픔"),
        ("ArrowDown", "답장"),
        ("End", "삭제"),
        ("ArrowDown", "하트"),
        ("ArrowUp", "삭제"),
        ("Home", "하트"),
        ("ArrowDown", "답장"),
    ]:
        await page.keyboard.press(key)
        await expect(page.locator(":focus")).to_have_accessible_name(name)
    await page.keyboard.press("Enter")

    await expect(alices.field).to_be_focused()
    await expect(page.locator("#reply-to")).to_contain_text("키보드로 열어요")


async def test_its_button_opens_it_too_and_gets_the_focus_back(alices: ChatPage) -> None:
    button = (await said(alices, "단추로 열어요")).get_by_role("button", name="이 메시지의 메뉴")
    await button.click()
    await expect(alices.page.get_by_role("menu")).to_be_visible()
    await alices.page.keyboard.press("Tab")

    await expect(alices.page.get_by_role("menu")).to_have_count(0)
    await expect(button).to_be_focused()


async def touch(finger: CDPSession, kind: str, x: float = 0, y: float = 0) -> None:
    points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
    await finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def test_a_long_press_opens_it_as_a_sheet_but_not_a_finger_that_moves(
    open_context: OpenContext, alice: Person, room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice, **PHONE)
    await alices.enter(room_name)
    page = alices.page
    await page.clock.install()
    await alices.field.fill("꾹 눌러 보세요")
    await alices.send.click()
    text = alices.sent("꾹 눌러 보세요").locator(".text")
    await expect(text).to_have_count(1)
    box = await text.bounding_box()
    assert box is not None
    x, y = box["x"] + 5, box["y"] + 5
    finger = await page.context.new_cdp_session(page)

    await touch(finger, "touchStart", x, y)
    await touch(finger, "touchMove", x, y - 40)
    await page.clock.run_for(600)
    await touch(finger, "touchEnd")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await touch(finger, "touchStart", x, y)
    await page.clock.run_for(600)
    await touch(finger, "touchEnd")

    await expect(page.get_by_role("menu")).to_be_visible()
    sheet = await page.locator("#message-menu").bounding_box()
    assert sheet is not None
    assert (sheet["x"], sheet["width"], sheet["y"] + sheet["height"]) == (0, 360, 740)
    assert await page.evaluate("getSelection().isCollapsed")
    await page.get_by_role("menuitem", name="답장").tap()
    await expect(page.locator("#reply-to")).to_contain_text("꾹 눌러 보세요")


HIT = """element => {
    element.scrollIntoView({ block: "center" });
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return [[-21, 0], [21, 0], [0, -21], [0, 21]].every(([right, down]) => {
        const [at, under] = [x + right, y + down];
        if (at < 0 || at > innerWidth) return true;
        return element.contains(document.elementFromPoint(at, under));
    });
}"""


async def test_a_finger_that_draws_a_message_to_the_left_answers_it_and_meets_what_it_aims_at(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    await (await bob.listen(room)).say(room, "왼쪽으로 밀어 보세요")
    alices = await ChatPage.open(open_context, alice, **PHONE)
    await alices.enter(room_name)
    page, message = alices.page, alices.sent("왼쪽으로 밀어 보세요").first
    box = await message.locator(".text").bounding_box()
    assert box is not None
    x, y = box["x"] + 90, box["y"] + 5
    finger = await page.context.new_cdp_session(page)

    for far in (30, 90):
        await touch(finger, "touchStart", x, y)
        for step in (15, far):
            await touch(finger, "touchMove", x - step, y)
        await expect(message).to_have_class(re.compile("swiped"))
        await touch(finger, "touchEnd")
        await expect(message).not_to_have_class(re.compile("swiped"))
        await expect(page.locator("#reply-to")).to_be_visible(visible=far == 90)

    await expect(page.locator("#reply-name")).to_have_text("Bob")
    await alices.field.fill("밀었어요")
    await alices.send.click()
    await expect(answer := alices.sent("밀었어요")).to_have_count(1)
    for target in (
        message.get_by_role("button", name="Bob"),
        answer.locator(".quote"),
        alices.send,
        page.locator("#ask"),
    ):
        assert await target.evaluate(HIT), await target.evaluate("element => element.outerHTML")

    await message.press("Enter")
    await page.get_by_role("menuitem", name="선택해서 복사").click()
    words = page.get_by_role("dialog", name="메시지의 글").get_by_role("group")
    await words.select_text()
    assert await page.evaluate("getSelection().toString()") == "왼쪽으로 밀어 보세요"
