"""Mentions on the chat page: picked while one types, shown to whom they call, found again."""

import pytest_asyncio
from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.people import Person

TOLD = "() => window.told"
# the browser's own notifications are out of the page's sight: this one keeps what the page hands over
LISTEN = """() => {
    window.told = [];
    window.Notification = class {
        static get permission() { return localStorage.getItem("answer") ?? "default"; }
        static async requestPermission() {
            localStorage.setItem("answer", "granted");
            return "granted";
        }
        constructor(title, { body, tag }) { window.told.push({ title, body, tag }); }
        close() {}
    };
}"""
LOOK_AWAY = """() => {
    Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
    Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def alices(open_context: OpenContext, alice: Person, room: int, room_name: str) -> ChatPage:
    page = await ChatPage.open(open_context, alice)
    await page.enter(room_name)
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def bobs(open_context: OpenContext, bob: Person) -> ChatPage:
    context = await open_context(bob)
    await context.add_init_script(f"({LISTEN})()")
    chat = ChatPage(await context.new_page(), bob.home)
    await chat.page.goto(bob.home)
    return chat


async def test_bob_is_picked_by_keys_told_on_his_page_and_led_to_the_message(
    alices: ChatPage, bobs: ChatPage, bob: Person, room: int, room_name: str
) -> None:
    row = bobs.room_link(room_name)
    await expect(row).to_be_visible()
    await alices.field.press_sequentially("점심 먹어요 @b")
    await expect(alices.page.get_by_role("option", name="Bob")).to_have_attribute("aria-selected", "true")
    await expect(alices.field).to_have_attribute("aria-activedescendant", "mention-list-0")
    await alices.field.press("Enter")
    await expect(alices.field).to_have_value("점심 먹어요 @Bob ")
    await alices.field.press("Enter")

    toast = bobs.page.get_by_role("button", name="점심 먹어요 @Bob").and_(bobs.page.locator(".toast"))
    await expect(toast).to_contain_text("나를 언급했어요")
    await expect(row.locator(".badge.at")).to_contain_text("@1")
    await toast.click()
    mine = bobs.message("점심 먹어요 @Bob").locator(".mention.mine")
    await expect(mine).to_have_text("@Bob")
    await expect(mine).to_have_css("display", "inline")  # in its sentence
    await expect(row.locator(".badge")).to_have_count(0)
    await expect(alices.message("점심 먹어요 @Bob").locator(".mention")).to_have_text("@Bob")
    [said] = await bob.get(f"/history/{room}")
    assert said["mentions"] == [bob.member_id]

    await bobs.page.get_by_role("button", name="나를 언급한 메시지").click()
    found = bobs.page.get_by_role("dialog", name="나를 언급한 메시지").get_by_role("button", name="점심 먹어요")
    await found.click()
    await expect(bobs.sent("점심 먹어요 @Bob")).to_be_focused()


async def test_a_name_is_picked_while_it_is_composed_and_none_when_it_was_deleted(
    alices: ChatPage, bob: Person, room: int
) -> None:
    keyboard = await alices.page.context.new_cdp_session(alices.page)
    await alices.field.press_sequentially("@")
    everyone = alices.page.get_by_role("option", name="모두")
    await expect(everyone).to_be_visible()
    for composed in ("ㅁ", "모", "몯"):
        await keyboard.send("Input.imeSetComposition", {"text": composed, "selectionStart": 1, "selectionEnd": 1})
    await expect(alices.page.get_by_role("option")).to_have_count(1)  # 몯 is on the way to 모두
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    await keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    await keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    await expect(alices.field).to_have_value("@몯")
    await keyboard.send("Input.insertText", {"text": "모"})
    await alices.field.press("Tab")
    await expect(alices.field).to_have_value("@모두 ")

    await alices.field.press_sequentially("@b")
    await alices.field.press("Escape")
    await expect(alices.page.get_by_role("listbox")).to_be_hidden()
    await alices.field.fill("모두 아니에요")  # nobody is called in it any more
    await alices.field.press("Enter")
    await expect(alices.sent("모두 아니에요")).to_have_count(1)
    [said] = await bob.get(f"/history/{room}")
    assert "everyone" not in said


async def test_who_looks_away_is_told_by_the_browser_as_they_wish(
    alices: ChatPage, bobs: ChatPage, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    page = bobs.page
    await page.get_by_role("button", name="내 설정").click()
    await page.get_by_role("button", name="알림과 키워드").click()
    await page.get_by_role("switch", name="이 브라우저의 알림 보기").check()
    await page.get_by_label("새 키워드").fill("배포")
    await page.get_by_role("button", name="추가").click()
    await expect(page.get_by_role("button", name="배포 빼기")).to_be_visible()
    assert await bob.get("/me/notifications") == {"keywords": ["배포"]}
    await bob.put(f"/room/{room}/notifications", {"level": "mentions"})
    await page.reload()
    await expect(bobs.room_link(room_name)).to_be_visible()
    await page.evaluate(LOOK_AWAY)

    socket = await alice.connect()
    await socket.say(room, "그냥 하는 말")
    await socket.say(room, "배포오류가 났어요")
    await socket.say(room, "@모두 모여요", everyone=True)
    await page.wait_for_function("() => window.told.length === 2")
    told = await page.evaluate(TOLD)
    assert [one["title"] for one in told] == [f"{room_name} · Alice"] * 2
    assert [one["body"] for one in told] == ["내 키워드: 배포오류가 났어요", "모두를 언급했어요: @모두 모여요"]

    for number in range(30):
        await socket.post("chat", roomId=room, message=f"@Bob {number}", mentions=[bob.member_id])
    await page.wait_for_function("() => window.told.some(({ title }) => /^새 메시지 [0-9]+개/.test(title))")
    assert len(await page.evaluate(TOLD)) < 12  # a few sentences, not thirty
