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
