"""The chat page for who sees little or uses no mouse: axe-core finds nothing serious, the keyboard is enough."""

from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.browser.looking import IN_THE_ROOM, ON_THE_LIST, TOO_SMALL, faults, walk
from tests.e2e.people import Person

FORMATTED = """**읽어** 보세요 https://example.com [문서](https://example.com/a) `코드`
> 인용이에요 `코드`
```python
@cache  # 메모
def 인사(이름: str = "안녕", 수=1) -> None: print(f"{이름}", len("아주 긴 줄"), True, "…", "스크롤되는 줄", "끝")
```"""


async def test_axe_finds_nothing_on_any_screen_and_in_any_dialog(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    signed_out = await (await open_context(bypass_csp=True)).new_page()
    await signed_out.goto(alice.home)
    await expect(signed_out.get_by_role("heading")).to_be_visible()
    assert await faults(signed_out) == []

    alices = await ChatPage.open(open_context, alice, bypass_csp=True)
    page = alices.page
    await expect(alices.room_link(room_name)).to_be_visible()
    assert await faults(page) == []  # the first screen
    assert await walk(page, ON_THE_LIST) == []
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("option").first).to_be_visible()
    assert await faults(page, is_dialog=True) == []
    await page.keyboard.press("Escape")
    await page.evaluate("location.hash = '#/nowhere'")
    await expect(page.get_by_role("heading", name="이 주소에는 아무것도 없어요")).to_be_visible()
    assert await faults(page) == []

    await alices.enter(room_name)
    await expect(page.locator("#room-empty")).to_be_visible()
    assert await faults(page) == []
    bobs = await bob.listen(room)
    await bobs.say(room, FORMATTED)
    for text in (FORMATTED, "반응이 있는 말", "고친 말", "지운 말", "지우는 말"):
        await alices.say(text)
        await expect(alices.sent(text) if text != FORMATTED else page.locator(".message.own.sent")).to_have_count(
            1
        )
    await expect(page.locator(".message .hl-keyword")).to_have_count(2)
    socket = await alice.connect()
    for key in ("heart", "sad"):
        await socket.react(room, 3, key)
    await socket.edit(room, 4, "다시 고친 말")
    await socket.delete(room, 5)
    await expect(page.locator(".reaction")).to_have_count(2)
    await expect(page.locator(".message.deleted")).to_have_count(1)
    theirs = page.locator(".message:not(.own)").first
    await theirs.hover()
    await theirs.get_by_role("button", name="답장").click()
    await alices.say("답장이에요")
    await expect(alices.sent("답장이에요")).to_have_count(1)
    await alices.say("\u3164")  # refused
    await expect(page.locator(".message.failed")).to_have_count(1)
    await page.get_by_role("button", name="도우미에게 묻기").click()
    await alices.field.press_sequentially("@")
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.mouse.move(0, 0)
    assert await faults(page) == []
    await alices.field.fill("")
    assert await walk(page, IN_THE_ROOM) == []

    await alices.sent("지우는 말").locator(".text").click(button="right")
    assert await faults(page, is_dialog=True) == []
    await page.get_by_role("menuitem", name="삭제").click()
    await alices.sent("다시 고친 말").locator(".text").click(button="right")
    await page.get_by_role("menuitem", name="수정").click()
    await expect(page.locator("#undo")).to_be_visible()
    await page.locator("#undo-all").focus()  # or it might go meanwhile
    assert await faults(page) == []
    await alices.sent("반응이 있는 말").locator(".text").click(button="right")
    await page.get_by_role("menuitem", name="반응한 사람").click()
    await expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(2)
    assert await faults(page, is_dialog=True) == []


async def test_on_a_phone_nothing_is_smaller_than_a_finger(
    open_context: OpenContext, alice: Person, room: int, room_name: str
) -> None:
    context = await open_context(alice, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = await context.new_page()
    await page.goto(alice.home)
    alices = ChatPage(page, alice.home)
    await expect(alices.room_link(room_name)).to_be_visible()
    assert await page.evaluate(TOO_SMALL) == []
    assert await walk(page, ON_THE_LIST, small=True) == []
    await alices.enter(room_name)
    assert await page.evaluate(TOO_SMALL) == []
    assert await walk(page, IN_THE_ROOM, small=True) == []


async def test_the_keyboard_is_enough(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    await alice.create_room(f"{room_name} 옆방")
    bobs = await bob.listen(room)
    await bobs.say(room, "키보드로 답해 주세요")
    page = (alices := await ChatPage.open(open_context, alice)).page
    await expect(alices.room_link(room_name).first).to_be_visible()

    await expect(
        page.get_by_role("link", name="메시지 입력으로 건너뛰기")
    ).to_be_hidden()  # there is nothing to write in
    await page.get_by_role("searchbox", name="내 채팅방 검색").focus()
    await page.keyboard.type(room_name)
    await alices.room_link(room_name).first.focus()  # the one with news stands above
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=room_name, exact=True)).to_be_visible()
    await expect(alices.field).to_be_focused()
    await page.get_by_role("link", name="메시지 입력으로 건너뛰기").focus()
    await page.keyboard.press("Enter")
    await expect(alices.field).to_be_focused()
    await expect(alices.sent("키보드로 답해 주세요")).to_have_count(1)  # or there is nothing to walk through yet

    seen = page.get_by_role("button", name="알겠어요")  # that there is an AI
    await expect(seen).to_be_visible()
    await page.keyboard.press("Shift+Tab")
    await expect(seen).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(alices.field).to_be_focused()
    await page.keyboard.press("Shift+Tab")  # from the field to the messages
    await expect(alices.scroller).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(alices.sent("키보드로 답해 주세요")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="답장", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.type("키보드로 답했어요")
    await page.keyboard.press("Enter")

    answer = alices.sent("키보드로 답했어요")
    await expect(answer).to_have_count(1)
    await expect(answer.get_by_role("button", name="키보드로 답해 주세요")).to_have_count(1)


async def test_a_screen_reader_hears_what_is_new_and_never_the_history(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    bobs = await bob.listen(room)
    await bobs.say(room, "예전 이야기")
    await bobs.hear("chat")
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)
    await expect(alices.sent("예전 이야기")).to_have_count(1)

    await bobs.say(room, "방금 한 이야기")

    await expect(alices.page.locator("#announcer")).to_have_text("Bob: 방금 한 이야기")


async def test_who_wants_it_dark_or_in_english_gets_it_and_keeps_it(
    open_context: OpenContext, alice: Person, room: int
) -> None:
    page = (await ChatPage.open(open_context, alice)).page
    await page.get_by_role("button", name="내 설정").click()
    await page.get_by_role("radio", name="어둡게").check()
    await page.get_by_role("radio", name="English").click()  # and the page comes anew

    await expect(page.get_by_role("navigation", name="My rooms")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert await page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
