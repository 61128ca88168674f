"""Writing on the chat page: what Enter does, with an input method for Korean too."""

import pytest_asyncio
from playwright.async_api import CDPSession, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.people import Person


@pytest_asyncio.fixture(loop_scope="session")
async def alices(open_context: OpenContext, alice: Person, room: int, room_name: str) -> ChatPage:
    page = await ChatPage.open(open_context, alice)
    await page.enter(room_name)
    return page


async def press_enter(keyboard: CDPSession, *, key_code: int) -> None:
    """Enter as the input method hands it on: 229 while it composes, 13 when it has finished."""
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": key_code}
    await keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    await keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})


async def test_the_enter_that_ends_a_syllable_does_not_send(alices: ChatPage, bob: Person, room: int) -> None:
    await alices.field.focus()
    keyboard = await alices.page.context.new_cdp_session(alices.page)
    for composed in ("ㅇ", "아", "안", "안ㄴ", "안녀", "안녕"):
        await keyboard.send("Input.imeSetComposition", {"text": composed, "selectionStart": 2, "selectionEnd": 2})
    await press_enter(keyboard, key_code=229)
    await press_enter(keyboard, key_code=13)  # some browsers: the composition is still open
    await expect(alices.field).to_have_value("안녕")
    assert await alices.texts() == []

    await keyboard.send("Input.insertText", {"text": "안녕"})
    await alices.field.press("Enter")

    await expect(alices.sent("안녕")).to_have_count(1)
    await expect(alices.field).to_have_value("")
    assert [message["message"] for message in await bob.get(f"/history/{room}")] == ["안녕"]


async def test_shift_and_enter_begin_a_new_line(alices: ChatPage) -> None:
    await alices.field.press_sequentially("첫 줄")
    await alices.field.press("Shift+Enter")
    await alices.field.press_sequentially("둘째 줄")
    await alices.field.press("Enter")

    await expect(alices.page.locator(".message .text")).to_have_text("첫 줄\n둘째 줄", use_inner_text=True)


async def test_what_is_too_long_is_neither_cut_nor_sent_but_counted(
    alices: ChatPage, bob: Person, room: int
) -> None:
    text = "🍣" * 4_003
    await alices.field.fill(text)
    await expect(alices.page.get_by_text("3자가 넘쳐서 보낼 수 없어요.")).to_be_visible()
    await alices.field.press("Enter")
    await expect(alices.field).to_have_value(text)
    assert await bob.get(f"/history/{room}") == []

    await alices.field.fill("🍣" * 4_000)
    await alices.field.press("Enter")
    await expect(alices.field).to_have_value("")
    await expect(alices.sent("🍣" * 4_000)).to_have_count(1)
    assert len(await bob.get(f"/history/{room}")) == 1


async def test_a_particle_is_not_part_of_a_link(alices: ChatPage) -> None:
    await alices.say("https://www.google.com에서 찾고 (https://ko.wikipedia.org/wiki/파이썬_(언어))도 봤어요")
    links = alices.page.locator(".message .text a")
    await expect(links).to_have_text(["https://www.google.com", "https://ko.wikipedia.org/wiki/파이썬_(언어)"])


async def test_nothing_is_sent_where_nothing_is_written(alices: ChatPage, bob: Person, room: int) -> None:
    await alices.field.fill("   ")
    await alices.field.press("Enter")
    await alices.say("이제 썼어요")

    await expect(alices.sent("이제 썼어요")).to_have_count(1)
    assert len(await bob.get(f"/history/{room}")) == 1


async def test_on_a_phone_enter_begins_a_new_line_and_a_button_sends(
    open_context: OpenContext, alice: Person, room: int, room_name: str
) -> None:
    phone = await ChatPage.open(
        open_context, alice, viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True
    )
    await phone.enter(room_name)
    await expect(phone.rooms).to_be_hidden()
    await phone.field.fill("한 줄")
    await phone.field.press("Enter")
    await phone.field.press_sequentially("두 줄")
    await phone.send.tap()

    await expect(phone.page.locator(".message .text")).to_have_text("한 줄\n두 줄", use_inner_text=True)
    await phone.page.go_back()
    await expect(phone.room_link(room_name)).to_contain_text("나: 한 줄")  # the first one


async def test_a_link_in_a_message_leads_out_without_saying_whence(alices: ChatPage) -> None:
    await alices.say("여기 보세요: https://example.com/a?b=1. 좋아요!")
    link = alices.page.locator("#timeline").get_by_role("link")

    await expect(link).to_have_attribute("href", "https://example.com/a?b=1")
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
