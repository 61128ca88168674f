"""Alice keeps her room on the page: she mutes Bob, removes him; he reads why, until when, and how to object."""

from playwright.async_api import Locator, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.browser.looking import faults
from tests.browser.test_pinned import choose
from tests.e2e.people import Person


def form(page: ChatPage, title: str) -> Locator:
    return page.page.get_by_role("dialog", name=title)


async def test_a_mute_is_imposed_with_a_reason_explained_objected_to_and_lifted(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice, bypass_csp=True)  # for axe-core
    bobs = await ChatPage.open(open_context, bob, bypass_csp=True)
    for page in (alices, bobs):
        await page.enter(room_name)
    await bobs.say("광고 보러 오세요")

    await choose(alices, alices.sent("광고 보러 오세요"), "작성자 채팅 금지")
    mute = form(alices, "Bob 님 채팅 금지")
    assert await faults(alices.page) == []
    await mute.get_by_role("button", name="광고", exact=True).click()
    await mute.get_by_label("기간").select_option(label="1시간")
    await mute.get_by_role("button", name="채팅 금지", exact=True).click()
    await expect(mute).to_be_hidden()
    await expect(alices.page.get_by_role("status").filter(has_text="Bob 님의 채팅을 금지했어요.")).to_be_visible()

    told = bobs.page.get_by_role("status").filter(has_text=f"{room_name}: 채팅이 금지됐어요. · 이유: 광고")
    await expect(told).to_be_visible()
    banner = bobs.page.locator("#muted")
    await expect(banner).to_contain_text("이유: 광고")
    await expect(banner).to_contain_text("방장이 했어요")
    await bobs.page.reload()  # REST says it again
    await expect(banner).to_contain_text("이유: 광고")
    await banner.get_by_role("button", name="자세히 보기 · 이의 제기").click()
    mine = form(bobs, "내가 받은 제재")
    this_one = mine.get_by_role("listitem").filter(has_text=f"{room_name} ·")  # others may have met Bob elsewhere
    await this_one.get_by_text("이의가 있어요").click()
    assert await faults(bobs.page) == []
    await this_one.get_by_role("textbox", name="무엇을 다시 살펴봐야 할까요?").fill("동생이 썼어요.")
    await this_one.get_by_role("button", name="이의 제기하기").click()
    await expect(this_one.get_by_text("이의에 대한 답을 기다리고 있어요.")).to_be_visible()
    await expect(this_one.get_by_text("동생이 썼어요.")).to_be_visible()
    await expect(this_one.get_by_text("이의가 있어요")).to_have_count(0)
    await bobs.page.keyboard.press("Escape")

    await alices.page.get_by_role("button", name="이 방에 대해").click()
    await alices.page.get_by_role("button", name="이 방의 제재 보기").click()
    held = form(alices, "이 방의 제재")
    await expect(held.get_by_role("listitem")).to_contain_text("Bob채팅 금지")
    assert await faults(alices.page) == []
    await held.get_by_role("button", name="해제하기").click()
    await expect(held.get_by_text("채팅이 금지되거나 내보내진 사람도, 가려진 메시지도 없어요.")).to_be_visible()
    await expect(banner).to_be_hidden()
    await bobs.say("고마워요")
    await expect(alices.sent("고마워요")).to_have_count(1)


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


async def test_a_message_is_hidden_looked_at_by_its_manager_alone_and_shown_again(
    open_context: OpenContext, alice: Person, bob: Person, charlie: Person, room: int, room_name: str
) -> None:
    await charlie.join(room)
    alices = await ChatPage.open(open_context, alice, bypass_csp=True)  # for axe-core
    bobs, charlies = await ChatPage.open(open_context, bob), await ChatPage.open(open_context, charlie)
    for page in (alices, bobs, charlies):
        await page.enter(room_name)
    await bobs.say("제 번호는 010-0000-0000이에요")
    said = [page.sent("제 번호는 010-0000-0000이에요") for page in (alices, bobs, charlies)]

    await choose(alices, said[0], "메시지 가리기")
    hiding = form(alices, "Bob 님의 메시지 가리기")
    await hiding.get_by_role("button", name="개인정보").click()
    await hiding.get_by_role("button", name="가리기", exact=True).click()
    hidden = [page.page.locator(".message", has_text="가려진 메시지예요.") for page in (alices, bobs, charlies)]
    for old, new in zip(said, hidden, strict=True):
        await expect(new).to_have_count(1)
        await expect(old).to_have_count(0)
    told = bobs.page.get_by_role("status").filter(has_text="이유: 개인정보")
    await expect(told).to_be_visible()
    await expect(charlies.page.locator(".hidden-acts")).to_have_count(0)

    await hidden[0].get_by_role("button", name="보기", exact=True).click()
    await expect(hidden[0].locator(".uncovered")).to_have_text("제 번호는 010-0000-0000이에요")
    assert await faults(alices.page) == []
    await hidden[0].get_by_role("button", name="가리기 해제").click()
    for old, new in zip(said, hidden, strict=True):
        await expect(old).to_have_count(1)
        await expect(new).to_have_count(0)
