"""Who is online, as people see it: at the members, at a private chat, until somebody hides."""

import re

from playwright.async_api import Locator, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.people import Person


def row_of(page: ChatPage, name: str) -> Locator:
    return page.page.get_by_role("dialog", name="이 방의 멤버").get_by_role("listitem").filter(has_text=name)


async def test_one_sees_who_is_online_and_hides_it_from_others(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    await alice.post("/room/private/create", otherMemberId=bob.member_id)
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)
    await alices.page.get_by_role("button", name="이 방의 멤버").click()
    await expect(row_of(alices, "Bob")).to_be_visible()

    bobs = await ChatPage.open(open_context, bob)
    await bobs.enter(room_name)
    await expect(row_of(alices, "Bob")).to_contain_text("온라인")
    await expect(row_of(alices, "Bob").locator(".avatar.online")).to_be_visible()
    await expect(row_of(alices, "Alice")).not_to_contain_text("온라인")  # one knows that of oneself
    await row_of(alices, "Bob").get_by_role("button").first.click()
    await expect(alices.page.get_by_role("dialog", name="Bob")).to_contain_text("온라인")
    for _dialog in range(2):
        await alices.page.keyboard.press("Escape")

    private = alices.rooms.get_by_role("link", name=re.compile("Bob.*온라인"))
    await private.click()
    await expect(alices.page.locator("#room-state")).to_have_text("온라인")

    await bobs.page.get_by_role("button", name="내 설정").click()
    await bobs.page.get_by_role("switch", name="다른 멤버에게 내 온라인 상태를 보여 줘요").uncheck()
    await expect(alices.page.locator("#room-state")).to_have_text("일대일 대화")
    await expect(private).to_have_count(0)
    assert await bob.get("/me/preferences") == {"hidesPresence": True, "previewsText": False}
    await bobs.page.get_by_role("switch", name="다른 멤버에게 내 온라인 상태를 보여 줘요").check()
    await expect(alices.page.locator("#room-state")).to_have_text("온라인")
