"""Who is in a room, and the number of those who have not read a message."""

import re

import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.people import Person


@pytest_asyncio.fixture(loop_scope="session")
async def alices(open_context: OpenContext, alice: Person, room: int, room_name: str) -> ChatPage:
    page = await ChatPage.open(open_context, alice)
    await page.enter(room_name)
    return page


def number_at(page: ChatPage, text: str) -> Locator:
    return page.sent(text).locator(".unread-number")


async def test_the_number_falls_to_nothing_when_the_other_reads_and_survives_a_reload(
    open_context: OpenContext, alices: ChatPage, bob: Person, charlie: Person, room: int, room_name: str
) -> None:
    await alices.say("세 분 다 보셨나요?")
    await expect(number_at(alices, "세 분 다 보셨나요?")).to_have_text("11명 안 읽음")

    await charlie.join(room)  # who comes later raises nothing
    await alices.say("찰리 님 어서 오세요")
    await expect(number_at(alices, "찰리 님 어서 오세요")).to_have_text("22명 안 읽음")
    await expect(number_at(alices, "세 분 다 보셨나요?")).to_have_text("11명 안 읽음")
    await alices.page.reload()
    await expect(number_at(alices, "찰리 님 어서 오세요")).to_have_text("22명 안 읽음")

    bobs = await ChatPage.open(open_context, bob)
    await bobs.enter(room_name)
    await expect(number_at(alices, "찰리 님 어서 오세요")).to_have_text("11명 안 읽음")
    await expect(number_at(alices, "세 분 다 보셨나요?")).to_be_empty()
    await expect(number_at(bobs, "찰리 님 어서 오세요")).to_have_text("11명 안 읽음")
    await charlie.delete(f"/room/group/{room}/leave")
    await expect(number_at(alices, "찰리 님 어서 오세요")).to_be_empty()


async def test_the_members_are_listed_and_found_by_how_a_name_begins_by_keyboard_alone(
    alices: ChatPage, room_name: str
) -> None:
    page = alices.page
    await page.get_by_role("button", name="이 방의 멤버").focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="이 방의 멤버")
    await expect(dialog.get_by_role("status")).to_have_text("멤버 2명")
    await expect(dialog.get_by_role("listitem")).to_have_text(["AAlice나방장", re.compile("^BBob")])

    await dialog.get_by_role("searchbox").fill("ali")
    await expect(dialog.get_by_role("listitem")).to_have_count(1)
    await dialog.get_by_role("searchbox").fill("bo")
    await expect(dialog.get_by_role("listitem")).to_have_text([re.compile("^BBob")])
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(
        page.get_by_role("dialog", name="Bob").get_by_role("button", name="일대일 대화하기")
    ).to_be_visible()
