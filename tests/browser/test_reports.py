"""Reports on the chat page and in the admin's queue: who reports, who decides, and what both sides see of it."""

from playwright.async_api import Locator, Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import Complaints, OpenContext
from tests.browser.test_admin import signed_in
from tests.e2e.pair import Pair
from tests.e2e.people import Person
from tests.e2e.secrecy import keep_secret

INSULT = "너 같은 사람은 처음 봐요 <b>진짜</b>"


def dialog(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=name)


async def test_a_message_is_reported_and_its_rooms_owner_hides_it_by_keyboard(
    open_context: OpenContext, alice: Person, bob: Person, charlie: Person, room: int, room_name: str
) -> None:
    await charlie.join(room)
    alices, bobs, charlies = [await ChatPage.open(open_context, one) for one in (alice, bob, charlie)]
    for chat in (alices, bobs, charlies):
        await chat.enter(room_name)
    await bobs.say(INSULT)

    page = charlies.page
    await charlies.sent(INSULT).locator(".text").first.click(button="right")
    await page.get_by_role("menuitem", name="신고하기").click()
    form = dialog(page, "신고하기")
    await expect(form).to_contain_text(INSULT)
    await form.get_by_role("radio", name="자살·자해 우려").check()
    await expect(form.get_by_role("status")).to_contain_text("109")
    await form.get_by_role("radio", name="욕설·괴롭힘·혐오").check()
    await expect(form.get_by_role("status")).to_have_count(0)
    await form.get_by_label("운영진이 알아야 할 것이 있나요?").fill("계속 이래요")
    keep_secret("계속 이래요")
    await form.get_by_role("button", name="신고 보내기").click()
    await expect(page.get_by_text("신고를 접수했어요. 결과를 알려 드릴게요.")).to_be_visible()

    page = alices.page
    await page.locator("#room-more").click()
    await page.get_by_role("button", name="이 방의 신고").click()
    waiting = dialog(page, "이 방의 신고")
    await expect(waiting.get_by_role("list", name="앞뒤 대화")).to_contain_text(INSULT)
    await expect(waiting).to_contain_text("계속 이래요")
    await expect(waiting).not_to_contain_text("Charlie")
    await waiting.get_by_role("button", name="살펴보기").focus()
    await page.keyboard.press("Enter")
    await expect(waiting.get_by_role("radio", name="조치하지 않음")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.type("사람을 낮추는 말이에요")
    keep_secret("사람을 낮추는 말이에요")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(waiting.get_by_text("기다리는 신고가 없어요.")).to_be_visible()

    await expect(charlies.page.get_by_text("신고가 처리되었어요. 메시지를 가렸어요.")).to_be_visible()
    await expect(charlies.message(INSULT)).to_have_count(0)
    await charlies.page.locator("#me-open").click()
    await charlies.page.get_by_role("button", name="내 신고").click()
    await expect(dialog(charlies.page, "내 신고")).to_contain_text("사람을 낮추는 말이에요")


async def test_staff_decide_one_case_after_the_other_by_keyboard(
    pair: Pair,
    open_context: OpenContext,
    complaints: Complaints,
    alice: Person,
    bob: Person,
    charlie: Person,
    room: int,
) -> None:
    complaints.expect(r"/favicon\.ico")  # which the admin lacks
    await charlie.join(room)
    writing = await bob.connect()
    seqs = [(await writing.say(room, text))["seq"] for text in (INSULT, "광고예요")]
    await writing.connection.close()
    for seq, reason in zip(seqs, ("abuse", "spam"), strict=True):
        await charlie.submit("/reports", {"roomId": room, "seq": seq, "reason": reason})

    page = await signed_in(pair, open_context, "mina")
    await page.goto(f"{pair.first.address}/admin/messaging/case/?q={room}")
    await expect(page.get_by_role("status").filter(has_text="Open:")).to_be_visible()
    await page.locator("#result_list tbody th a").first.click()
    await expect(page.locator(".case-reported")).to_contain_text(INSULT)
    await page.get_by_role("radio", name="message hidden").focus()
    await page.keyboard.press("Space")
    await page.get_by_label("Reason, told to both sides:").fill("사람을 낮추는 말이에요")
    await page.get_by_role("button", name="Decide, and on to the next").press("Enter")

    await expect(page.locator(".case-reported")).to_contain_text("광고예요")  # the next one
    hidden, other = await charlie.get(f"/history/{room}")
    assert (hidden["message"], other["message"]) == ("", "광고예요")
    assert hidden["hiddenAt"]
    _spam, abuse = (await charlie.get("/me/reports", limit=2))["reports"]
    assert (await bob.get("/me/sanctions"))["sanctions"][0]["until"] is None
    assert (abuse["outcome"], abuse["decision"]) == ("hidden", "사람을 낮추는 말이에요")
