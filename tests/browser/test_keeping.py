"""How a room is kept: roles on the page, a manager's settings, and what they mean for members and newcomers."""

import re

from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import Complaints, OpenContext
from tests.e2e.people import Person


async def test_the_owner_makes_a_manager_who_slows_the_room_down(
    open_context: OpenContext, alice: Person, bob: Person, charlie: Person, room: int, room_name: str
) -> None:
    await charlie.join(room)
    alices, bobs, charlies = [await ChatPage.open(open_context, one) for one in (alice, bob, charlie)]
    for page in (alices, bobs, charlies):
        await page.enter(room_name)
    await alices.say("누가 도와주실래요?")
    await bobs.say("저요!")

    await alices.page.get_by_role("button", name="Bob", exact=True).click()
    card = alices.page.get_by_role("dialog", name="Bob")
    await card.get_by_role("button", name="부방장으로 임명").click()
    await expect(charlies.page.locator(".author", has_text="Bob").locator(".role")).to_have_text("부방장")
    await expect(charlies.page.locator(".author", has_text="Alice").locator(".role")).to_have_text("방장")

    await charlies.page.get_by_role("button", name="이 방에 대해").click()
    await expect(charlies.page.get_by_role("button", name="방 관리")).to_be_hidden()
    await charlies.page.keyboard.press("Escape")
    await bobs.page.get_by_role("button", name="이 방에 대해").click()
    await bobs.page.get_by_role("button", name="방 관리").click()
    settings = bobs.page.get_by_role("dialog", name="방 관리")
    await settings.get_by_label("느린 모드").select_option("30초에 메시지 하나")
    rule = charlies.page.locator("#writing-rules")
    await expect(rule).to_have_text("느린 모드: 30초에 메시지 하나를 보낼 수 있어요.")
    await charlies.say("저도 도울게요")
    await expect(rule).to_contain_text("초 뒤에 보낼 수 있어요.")
    await expect(charlies.page.locator("#send")).to_be_disabled()
    await settings.get_by_label("느린 모드").select_option(value="0")
    await expect(charlies.page.locator("#send")).to_be_enabled()

    await settings.get_by_role("switch", name="읽기 전용").check()
    await expect(rule).to_have_text("방장과 부방장만 글을 쓰는 방이에요.")
    await expect(bobs.page.locator("#send")).to_be_enabled()


async def test_one_asks_to_come_into_a_closed_room_and_is_let_in(
    open_context: OpenContext,
    complaints: Complaints,
    alice: Person,
    charlie: Person,
    room: int,
    room_name: str,
) -> None:
    complaints.expect("403")  # browsers write down each refusal: to ask is to be refused for now
    alices, charlies = await ChatPage.open(open_context, alice), await ChatPage.open(open_context, charlie)
    await alices.enter(room_name)
    await alices.page.get_by_role("button", name="이 방에 대해").click()
    await alices.page.get_by_role("button", name="방 관리").click()
    settings = alices.page.get_by_role("dialog", name="방 관리")
    await settings.get_by_label("참여 코드를 아는 사람").check()
    await expect(settings.locator("#join-code")).to_have_text(re.compile("^[A-Z2-9]{8}$"))
    await settings.get_by_label("관리자가 승인한 사람").check()

    await charlies.page.get_by_role("button", name="채팅방 찾기·만들기").click()
    finding = charlies.page.get_by_role("dialog", name="채팅방 찾기·만들기")
    row = finding.get_by_role("listitem").filter(has_text=room_name)
    await row.get_by_role("textbox").fill("소개받고 왔어요")
    await row.get_by_role("button", name="참여 요청").click()
    await expect(row.get_by_role("button", name="요청함")).to_be_disabled()
    await expect(settings.get_by_text("소개받고 왔어요")).to_be_visible()
    await settings.get_by_role("button", name="Charlie 님 승인하기").click()
    await expect(settings.get_by_text("지금은 없어요.")).to_be_visible()
    await charlies.page.keyboard.press("Escape")
    await charlies.enter(room_name)
