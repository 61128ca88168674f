"""Alice keeps her room on the page: she mutes Bob, removes him; he reads why, until when, and how to object."""

from playwright.async_api import Locator, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.people import Person


def form(page: ChatPage, title: str) -> Locator:
    return page.page.get_by_role("dialog", name=title)


async def test_who_is_removed_from_a_card_is_out_and_reads_why(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    alices, bobs = await ChatPage.open(open_context, alice), await ChatPage.open(open_context, bob)
    for page in (alices, bobs):
        await page.enter(room_name)
    await bobs.say("심한 말")
    await alices.sent("심한 말").get_by_role("button", name="Bob", exact=False).first.click()
    await form(alices, "Bob").get_by_role("button", name="방에서 내보내기").click()
    removal = form(alices, "Bob 님 내보내기")
    await removal.get_by_role("textbox", name="이유").fill("욕설 <b>그만</b>")
    await removal.get_by_label("이 사람이 한 말 가리기").select_option(label="지난 1시간")
    await removal.get_by_role("button", name="방에서 내보내기").click()

    told = bobs.page.get_by_role("status").filter(has_text="채팅방에서 내보내졌어요. · 이유: 욕설 <b>그만</b>")
    await expect(told).to_be_visible()
    await expect(bobs.room_link(room_name)).to_have_count(0)
    await expect(alices.sent("심한 말")).to_have_count(0)
    assert await bob.code("POST", f"/room/group/{room}/join") == "E-AU002"
