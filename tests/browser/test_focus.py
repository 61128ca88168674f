"""Where the focus is, and what is heard, when the page changes under the hands of who uses no mouse."""

import pytest_asyncio
from playwright.async_api import Route, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import Complaints, OpenContext
from tests.e2e.people import Person


@pytest_asyncio.fixture(loop_scope="session")
async def alices(open_context: OpenContext, alice: Person, room: int, room_name: str) -> ChatPage:
    page = await ChatPage.open(open_context, alice)
    await page.enter(room_name)
    return page


async def test_a_room_that_moves_to_the_top_of_the_list_keeps_the_focus(
    alices: ChatPage, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    await alice.create_room(room_name.replace("점심 모임", "위의 모임"))
    await alices.page.reload()
    link = alices.room_link(room_name)
    await expect(alices.rooms.get_by_role("link").first).to_contain_text("위의 모임")
    await link.focus()

    await (await bob.listen(room)).say(room, "위로 올라가요")

    await expect(alices.rooms.get_by_role("link").first).to_contain_text("위로 올라가요")
    await expect(link).to_be_focused()


async def test_a_message_that_is_drawn_anew_keeps_the_focus_and_its_buttons(
    alices: ChatPage, alice: Person, bob: Person, room: int
) -> None:
    await alices.say("읽으셨나요?")
    message = alices.sent("읽으셨나요?")
    reply = message.get_by_role("button", name="답장")
    await expect(message).to_have_count(1)
    await message.focus()

    await expect(message).to_contain_text("1명 안 읽음")
    await bob.post(f"/room/{room}/read")
    await expect(message).not_to_contain_text("안 읽음")

    await expect(message).to_be_focused()
    await alices.page.keyboard.press("Tab")
    await expect(reply).to_be_focused()
    await reply.hover()
    await alices.page.mouse.down()
    await (await alice.connect()).say(room, "급한 건 아니에요")
    await expect(alices.sent("급한 건 아니에요")).to_have_count(1)
    minutes = {
        said["createdAt"][: len("2026-11-22T09:00")] for said in await alice.get(f"/history/{room}", limit=2)
    }
    await expect(message.locator("time")).to_have_count(len(minutes) - 1)  # it stands beside the last of a minute
    await expect(reply).to_be_focused()
    await alices.page.mouse.up()
    await expect(alices.page.locator("#reply-to")).to_contain_text("읽으셨나요?")


async def test_who_tries_again_or_removes_what_failed_is_not_thrown_out_of_the_messages(alices: ChatPage) -> None:
    await alices.say("\u3164")  # a Hangul filler: refused
    failed = alices.page.locator(".message.failed")
    await failed.get_by_role("button", name="다시 보내기").focus()
    await alices.page.keyboard.press("Enter")
    await expect(alices.page.locator(".message:focus")).to_have_count(1)
    await failed.get_by_role("button", name="지우기").focus()
    await alices.page.keyboard.press("Enter")

    await expect(failed).to_have_count(0)
    await expect(alices.scroller).to_be_focused()


async def test_what_goes_wrong_in_a_dialog_is_said_in_it(
    open_context: OpenContext, complaints: Complaints, charlie: Person, room: int, room_name: str
) -> None:
    complaints.expect("Failed to load resource")

    async def fail(route: Route) -> None:
        failure = {"status": 503, "code": "E-S002", "message": "지금은 들어갈 수 없어요."}
        await route.fulfill(status=503, json=failure)

    page = (await ChatPage.open(open_context, charlie)).page
    await page.route(f"**/room/group/{room}/join", fail)
    await page.get_by_role("button", name="채팅방 찾기·만들기").click()
    await page.get_by_role("button", name=f"{room_name} 참여하기").hover()
    await page.mouse.down()
    await page.get_by_role("textbox", name="채팅방 이름").dispatch_event("input")  # and the list is shown anew
    await page.mouse.up()

    await expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("지금은 들어갈 수 없어요.")
