"""Code and marks in messages: shown formatted, copied as they were written, and never read as markup."""

from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.people import Person

CODE = """const page = "<img src=x onerror=\\"document.title='taken'\\">"; // 꺾쇠는 그대로
  greet(page);"""
SMALL = {"width": 360, "height": 640}


async def test_code_is_shown_with_its_colours_scrolls_within_itself_and_is_copied(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    phone = await ChatPage.open(
        open_context, alice, viewport=SMALL, permissions=["clipboard-read", "clipboard-write"]
    )
    await phone.enter(room_name)
    bobs = await ChatPage.open(open_context, bob)
    await bobs.enter(room_name)
    await bobs.field.press_sequentially("이 코드 **왜** 안 돼요?")
    await bobs.field.press("Shift+Enter")
    await bobs.field.press_sequentially(f"```js\n{CODE}\n```")  # Enter sends no open code
    await bobs.field.press("Enter")

    message = phone.page.locator(".message.sent")
    await expect(message.locator("strong", has_text="왜")).to_be_visible()
    await expect(message.locator(".hl-keyword")).to_have_text("const")
    await expect(message.locator("pre")).to_have_text(CODE, use_inner_text=True)
    assert await phone.page.locator("#chat .text img").count() == 0
    assert await phone.page.title() != "taken"

    code = phone.page.get_by_role("group", name="코드: js")
    await code.focus()
    await phone.page.keyboard.press("ArrowRight")
    await phone.page.wait_for_function("() => document.querySelector('pre').scrollLeft > 0")
    assert await phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await message.get_by_role("button", name="코드 복사").click()
    await expect(phone.page.get_by_role("status").filter(has_text="복사했어요.")).to_be_visible()
    assert await phone.page.evaluate("navigator.clipboard.readText()") == CODE
    await phone.page.get_by_role("link", name="내 채팅방으로").click()
    await expect(phone.room_link(room_name)).to_contain_text("Bob: 이 코드 왜 안 돼요?")
