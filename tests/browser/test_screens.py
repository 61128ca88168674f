"""Every address of the page shows something that one can go on from."""

import re

from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import Complaints, OpenContext
from tests.e2e.people import Person


async def test_every_address_says_what_is_there_and_how_one_goes_on(
    open_context: OpenContext,
    complaints: Complaints,
    alice: Person,
    bob: Person,
    charlie: Person,
    room: int,
    room_name: str,
) -> None:
    complaints.expect(r"status of 40[34] .*/room/|status of 404 .*/invite/")
    private = await alice.post("/room/private/create", otherMemberId=bob.member_id)
    charlies = await ChatPage.open(open_context, charlie)
    page = charlies.page
    main = page.get_by_role("main")
    # the first screen of somebody who is in no room: nothing to write in, nothing that throws
    await expect(main.get_by_role("heading")).to_have_text("채팅방을 고르면 나눈 이야기가 여기에 보여요.")
    await expect(charlies.field).to_be_hidden()

    for address in (f"#/room/{private}", "#/room/999999999"):
        await page.goto(charlies.home + address)
        await expect(main.get_by_role("heading")).to_have_text("들어갈 수 없는 방이에요")
    for address in ("#/room/x", "#/nonsense", "#?"):
        await page.goto(charlies.home + address)
        await expect(main.get_by_role("heading")).to_have_text("이 주소에는 아무것도 없어요")
        await expect(main.get_by_role("button")).to_have_count(0)
    await main.get_by_role("link", name="내 채팅방으로").click()
    await expect(page).to_have_url(re.compile("#/$"))

    await page.goto(f"{charlies.home}#/room/{room}")
    await page.reload()  # as who follows a link
    await expect(main.get_by_role("heading")).to_have_text("아직 참여하지 않은 방이에요")
    await expect(main).to_contain_text(f"{room_name}멤버 2명")
    await main.get_by_role("button", name="참여하기").click()
    await expect(page.get_by_role("heading", name=room_name)).to_be_visible()
    await charlies.say("안녕하세요")
    await expect(charlies.sent("안녕하세요")).to_have_count(1)


async def test_one_keeps_rooms_in_order_jumps_to_them_and_invites_into_them(
    open_context: OpenContext, alice: Person, bob: Person, charlie: Person, room: int, room_name: str
) -> None:
    await alice.put(f"/room/{room}/rules", {"joining": "code"})
    await alice.post("/room/private/create", otherMemberId=bob.member_id)
    newer = f"{room_name} 소식방"
    await alice.create_room(newer)
    alices = await ChatPage.open(open_context, alice)
    page, links = alices.page, alices.rooms.get_by_role("link")
    about = page.get_by_role("button", name="이 방에 대해")
    await alices.room_link(newer).click()
    await expect(page.get_by_text("아직 나눈 이야기가 없어요.")).to_be_visible()

    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="채팅방, 사람, 할 일").fill(room_name)
    await expect(page.get_by_role("option").first).to_contain_text(room_name)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=room_name, exact=True)).to_be_visible()
    await about.click()
    await page.get_by_role("button", name="상단 고정").click()
    await expect(links.first).to_contain_text("상단 고정됨")
    await page.get_by_role("button", name="초대 링크").click()
    await page.get_by_role("button", name="초대 링크 만들기").click()
    await expect(page.locator("#invite-link")).to_contain_text("#/invite/")
    invitation = await page.locator("#invite-link").inner_text()
    await page.keyboard.press("Escape")

    charlies = await ChatPage.open(open_context, charlie)
    await charlies.page.goto(invitation)
    main = charlies.page.get_by_role("main")
    await expect(main.get_by_role("heading")).to_have_text("초대를 받았어요")
    await main.get_by_role("button", name="참여하기").click()
    await expect(charlies.page.get_by_role("heading", name=room_name, exact=True)).to_be_visible()
    await charlies.say("초대 고마워요")
    await expect(alices.sent("초대 고마워요")).to_have_count(1)
    await alices.room_link(newer).click()
    await expect(page.locator("#room-empty")).to_be_visible()
    await page.go_back()  # where its messages are at hand
    await expect(alices.sent("초대 고마워요")).to_have_count(1)
    await expect(page.locator("#room-empty")).to_be_hidden()

    await alices.field.fill("쓰다 만 말")
    await about.click()
    await page.get_by_role("button", name="안 읽음으로 표시").click()
    await expect(links.first).to_contain_text("작성 중: 쓰다 만 말")
    await expect(links.first).to_contain_text("안 읽음으로 표시됨")
    await alices.room_link("Bob").click()
    await about.click()
    await page.get_by_role("button", name="채팅방 숨기기").click()
    await expect(alices.room_link("Bob")).to_have_count(0)
    await page.get_by_role("searchbox", name="내 채팅방 검색").fill("bo")
    await expect(alices.room_link("Bob")).to_have_count(1)
