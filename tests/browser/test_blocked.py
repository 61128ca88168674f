"""Alice blocks Bob on the page: what he says is folded away, he notices nothing, and she undoes it."""

from playwright.async_api import Locator, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.browser.looking import faults
from tests.browser.test_pinned import choose
from tests.e2e.people import Person

FOLDED = "차단한 사람의 메시지"


def folded(page: ChatPage) -> Locator:
    return page.page.locator(".message .folded")


async def test_what_a_blocked_member_says_is_folded_away_until_one_asks_for_it(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice, bypass_csp=True)  # for axe-core
    elsewhere = await ChatPage.open(open_context, alice)
    bobs = await ChatPage.open(open_context, bob)
    for page in (alices, elsewhere, bobs):
        await page.enter(room_name)
    await bobs.say("첫 번째 말")
    await bobs.say("두 번째 말")
    await choose(alices, alices.sent("두 번째 말"), "Bob 님 차단하기")

    for page in (alices, elsewhere):
        await expect(folded(page)).to_have_text([f"{FOLDED}보기"] * 2)
        await expect(page.room_link(room_name)).to_contain_text(FOLDED)
    await bobs.say("@Alice 들려요?")
    await expect(folded(alices)).to_have_count(3)
    await expect(alices.page.locator("#announcer")).not_to_contain_text("들려요")
    await expect(bobs.sent("@Alice 들려요?")).to_have_count(1)
    await expect(folded(bobs)).to_have_count(0)
    assert await faults(alices.page) == []

    await folded(alices).first.get_by_role("button", name="보기").click()
    await expect(alices.sent("첫 번째 말")).to_have_count(1)
    await expect(folded(alices)).to_have_count(2)

    await alices.page.get_by_role("button", name="내 설정").click()
    await alices.page.get_by_role("button", name="차단한 사람").click()
    dialog = alices.page.get_by_role("dialog", name="차단한 사람")
    await expect(dialog.get_by_role("listitem")).to_contain_text("Bob")
    assert await faults(alices.page) == []
    await dialog.get_by_role("button", name="Bob 님 차단 풀기").click()
    await expect(dialog.get_by_text("차단한 사람이 없어요.")).to_be_visible()
    for page in (alices, elsewhere):
        await expect(folded(page)).to_have_count(0)


async def test_no_private_chat_begins_with_whom_one_blocks(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)
    await alices.page.get_by_role("button", name="이 방의 멤버").click()
    await alices.page.get_by_role("dialog", name="이 방의 멤버").get_by_role("button", name="Bob").first.click()
    card = alices.page.get_by_role("dialog", name="Bob")
    await card.get_by_role("button", name="차단하기").click()
    await expect(card.get_by_role("button", name="차단 풀기")).to_be_visible()
    assert await bob.code("POST", "/room/private/create", otherMemberId=alice.member_id) == "E-M002"
    await card.get_by_role("button", name="차단 풀기").click()
    await expect(card.get_by_role("button", name="차단하기")).to_be_visible()
