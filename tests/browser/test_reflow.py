"""The chat page at 400 % (WCAG 1.4.10: 320 by 256 pixels): nothing has to be scrolled sideways."""

import json

from playwright.async_api import Page, Route, WebSocketRoute, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.people import Person

SMALL = {"width": 320, "height": 256}
PHONE = {"width": 320, "height": 640}
KEYS = [f"very-long-reaction-number-{number:02d}" for number in range(20)]
TOO_WIDE = """() => ["html", "dialog[open]", "nav", "#scroller", "#draft-panel", "#composer"]
    .flatMap((selector) => [...document.querySelectorAll(selector)])
    .filter((one) => one.scrollWidth > one.clientWidth)
    .map((one) => `${one.tagName} ${one.id}: ${one.scrollWidth} > ${one.clientWidth}`)"""
TOO_HIGH = "() => document.documentElement.scrollHeight - innerHeight"


async def too_wide(page: Page) -> list[str]:
    return list(await page.evaluate(TOO_WIDE))


async def test_long_names_and_words_fit_into_a_small_screen(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    long_name = room_name.replace("점심 모임 ", "W" * 40)
    bobs = await bob.connect()
    for number in range(6):
        busy = await alice.create_room(f"{room_name}의 여섯 방 {number}")
        await bob.join(busy)
        await bobs.say(busy, "읽지 않은 말")
    wide = await alice.create_room(long_name)
    await bob.join(wide)
    for text in ("https://example.com/" + "a" * 300, "끊지못하는긴말" * 40, "W" * 500):
        await bobs.say(wide, text)

    page = (alices := await ChatPage.open(open_context, alice, viewport=SMALL)).page
    await expect(alices.rooms.locator(".badge").nth(6)).to_be_attached()
    assert await page.evaluate(TOO_HIGH) <= 0  # the list scrolls, not the page
    for opener in ("채팅방 찾기·만들기", "내 설정"):
        await page.get_by_role("button", name=opener).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await too_wide(page) == []
        await page.keyboard.press("Escape")
    await alices.enter(long_name)
    await expect(page.locator(".message.sent")).to_have_count(3)
    assert await too_wide(page) == []

    await page.locator(".message").last.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menu")).to_be_visible()
    assert await too_wide(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="이 방에 대해").click()
    await expect(page.get_by_role("dialog").get_by_role("button", name="멤버")).to_be_visible()
    assert await too_wide(page) == []
    await page.get_by_role("button", name="이 방의 도우미").click()
    await expect(page.get_by_role("dialog").get_by_role("button", name="저장")).to_be_visible()
    assert await too_wide(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="답장 초안 받기").click()
    await expect(page.locator("#draft-answers button").first).to_be_visible()
    assert await too_wide(page) == []


async def test_a_widened_set_of_reactions_and_long_names_fit_too(
    open_context: OpenContext, alice: Person, room: int, room_name: str
) -> None:
    context = await open_context(alice, viewport=PHONE)
    await context.route_web_socket("**/v2/chat/connect*", _widen)
    await context.route("**/room/*/members*", _lengthen)
    page = await context.new_page()
    alices = ChatPage(page, alice.home)
    await page.goto(alice.home)
    await alices.enter(room_name)
    await alices.say("무슨 말이든")
    await alices.sent("무슨 말이든").focus()
    await page.keyboard.press("Enter")
    word = page.get_by_role("menuitemcheckbox", name=KEYS[-1])
    await expect(page.get_by_role("menuitem", name="삭제")).to_be_in_viewport()
    assert await word.evaluate("word => word.scrollHeight - word.clientHeight") <= 0
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="이 방의 멤버").click()
    await expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(2)
    assert await too_wide(page) == []


async def _widen(socket: WebSocketRoute) -> None:
    server = socket.connect_to_server()

    def pass_on(data: str | bytes) -> None:
        frame = json.loads(data)
        if frame["type"] == "welcome":
            frame["reactions"] += KEYS
        socket.send(json.dumps(frame))

    server.on_message(pass_on)


async def _lengthen(route: Route) -> None:
    response = await route.fetch()
    answer = await response.json()
    for member in answer["data"]["members"]:
        member["nickName"] = "W" * 40
    await route.fulfill(response=response, json=answer)
