"""Somebody may need help: a quiet card for their eyes alone, and managers who are told and look after them."""

import pytest
from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.browser.looking import faults
from tests.e2e.pair import Pair
from tests.e2e.people import Person

SAD = "요즘 자꾸 죽고 싶은 생각이 들어요"


@pytest.fixture
def counselling_room(pair: Pair, room: int) -> int:
    name = pair.database_url.rpartition("/")[2]
    pair.database.execute(f"UPDATE {name}.chat_rooms SET is_counselling = 1 WHERE chat_room_id = {room}")
    return room


async def test_a_card_for_the_author_alone_and_a_manager_who_looks_after_them(
    open_context: OpenContext, alice: Person, bob: Person, counselling_room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice)  # she made the room
    await alices.enter(room_name)
    bobs = await ChatPage.open(open_context, bob, bypass_csp=True)  # for axe-core
    await bobs.enter(room_name)
    card = bobs.page.get_by_role("region", name="혼자 견디지 않아도 괜찮아요")
    offer = alices.page.locator("#concerns-offer")

    await bobs.say(SAD)
    await expect(alices.page.get_by_role("status")).to_contain_text(
        ["누군가 도움이 필요할 수 있어요"]
    )  # for a few seconds
    await alices.page.locator(".toast").focus()  # which stays then, and covers nothing
    await expect(card).to_be_visible()
    await expect(card.get_by_role("link", name="109", exact=True)).to_have_attribute("href", "tel:109")
    await expect(card.get_by_role("link", name="문자 109")).to_have_attribute("href", "sms:109")
    await expect(bobs.page.locator("#announcer")).to_contain_text("혼자 견디지 않아도")
    await expect(bobs.sent(SAD)).to_be_visible()
    assert await faults(bobs.page) == []
    await bobs.page.reload()
    await expect(card).to_be_visible()

    await expect(alices.page.locator("#care-card")).to_be_hidden()
    await expect(offer).to_contain_text("1명이 도움이 필요할 수 있어요")
    await offer.get_by_role("button", name="살펴보기").click(trial=True)
    await offer.get_by_role("button", name="살펴보기").press("Enter")
    listed = alices.page.get_by_role("dialog", name="도움이 필요할 수 있는 사람들")
    await expect(listed.get_by_role("listitem")).to_contain_text(["Bob"])
    await listed.get_by_role("textbox", name="어떻게 했는지").fill("이야기하고 있어요")
    await listed.get_by_role("button", name="제가 살펴볼게요").click()
    await expect(offer).to_be_hidden()
    await listed.get_by_role("button", name="메시지로 가기").click()
    await expect(alices.sent(SAD)).to_be_focused()

    await card.get_by_role("button", name="접어 두기").press("Enter")
    await expect(card).to_be_hidden()
    await expect(bobs.field).to_be_focused()
    await bobs.page.reload()
    await expect(bobs.sent(SAD)).to_be_visible()
    await expect(card).to_be_hidden()
