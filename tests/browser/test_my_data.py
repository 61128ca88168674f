"""A member gets their data on the page: asked for, packed by one of the processes, and saved as a file."""

from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.people import Person
from tests.e2e.secrecy import keep_secret
from tests.messaging.personal.exports.having import opened


async def test_a_member_has_their_data_packed_and_saves_it_by_keyboard(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    chat = await ChatPage.open(open_context, bob)
    await chat.enter(room_name)
    await chat.say("내보낼 말")
    page = chat.page
    await page.locator("#me-open").click()
    await page.get_by_role("button", name="내 데이터 받기").focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="내 데이터 받기")
    await dialog.get_by_role("button", name="내 데이터 준비하기").focus()
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("status")).to_contain_text("데이터를 준비하고 있어요.")
    await expect(dialog.get_by_role("button", name="닫기")).to_be_focused()
    await expect(dialog.get_by_role("status")).to_contain_text("까지 받을 수 있어요.")
    link = dialog.get_by_role("link", name="파일 받기")
    keep_secret((await link.get_attribute("href") or "").rpartition("~")[2])
    async with page.expect_download() as download:
        await link.focus()
        await page.keyboard.press("Enter")
    saved = await download.value
    assert saved.suggested_filename.startswith(f"chat-export-{bob.member_id}-")
    whole = opened((await saved.path()).read_bytes())
    assert [one["text"] for one in whole.told["messages"] if one["roomId"] == room] == ["내보낼 말"]
    assert f"── {room_name} (" in whole.text
