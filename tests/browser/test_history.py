"""A long history on the chat page: it loads upwards, the position stays, and the page stays light."""

from typing import Any

import pytest_asyncio
from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person

LONG, GONE = 400, 4_712
SHOWN_MOST = 260  # elements of the window, with its days

POSITION = """seq => {
    const scroller = document.querySelector("#scroller");
    return document.querySelector(`[data-seq="${seq}"]`).getBoundingClientRect().top;
}"""
FIRST_IN_SIGHT = """() => {
    const top = document.querySelector("#scroller").getBoundingClientRect().top;
    const inSight = [...document.querySelectorAll("#timeline [data-seq]")].find(
        (one) => one.getBoundingClientRect().top >= top,
    );
    return Number(inSight.dataset.seq);
}"""
FIRST = """() => Number(document.querySelector("#timeline [data-seq]").dataset.seq)"""


@pytest_asyncio.fixture(loop_scope="session")
async def talk(alice: Person, room: int) -> int:
    """A room in which much was said."""
    socket = await alice.connect()
    for number in range(1, LONG + 1):
        await socket.post("chat", roomId=room, message=f"이야기 {number}\n" * (1 + number % 3))
    await socket.wait_for_answers(LONG)
    return room


async def test_the_history_loads_upwards_and_what_one_reads_stays_where_it_is(
    open_context: OpenContext, alice: Person, talk: int, room_name: str
) -> None:
    page = (alices := await ChatPage.open(open_context, alice)).page
    await alices.enter(room_name)
    await expect(page.locator(f'[data-seq="{LONG}"]')).to_be_in_viewport()

    while (first := await page.evaluate(FIRST)) > 1:
        await alices.scroller.evaluate("scroller => { scroller.scrollTop = 900 }")
        seq = await page.evaluate(FIRST_IN_SIGHT)
        before = await page.evaluate(POSITION, seq)
        await alices.scroller.evaluate("scroller => { scroller.scrollTop -= 200 }")
        await expect(page.locator(f'[data-seq="{first - 1}"]')).to_be_attached()

        assert abs(await page.evaluate(POSITION, seq) - (before + 200)) <= 2
        assert await page.locator("#timeline > li").count() <= SHOWN_MOST

    await expect(page.locator('[data-seq="1"]')).to_be_attached()
    await page.get_by_role("button", name="최신 메시지로").click()
    await expect(page.locator(f'[data-seq="{LONG}"]')).to_be_in_viewport()


async def test_what_comes_while_one_reads_above_moves_nothing(
    open_context: OpenContext, alice: Person, bob: Person, talk: int, room_name: str
) -> None:
    page = (alices := await ChatPage.open(open_context, alice)).page
    await alices.enter(room_name)
    await expect(page.locator(f'[data-seq="{LONG}"]')).to_be_in_viewport()
    await alices.scroller.evaluate("scroller => { scroller.scrollTop -= 1500 }")
    await expect(page.get_by_role("button", name="최신 메시지로")).to_be_visible()
    seq = await page.evaluate(FIRST_IN_SIGHT)
    before = await page.evaluate(POSITION, seq)

    bobs = await bob.connect()
    for number in range(30):
        await bobs.say(talk, f"아래의 말 {number}")
    await expect(page.get_by_role("button", name="새 메시지 30개")).to_be_visible()

    assert abs(await page.evaluate(POSITION, seq) - before) <= 2


async def test_a_reader_begins_where_the_unread_begin(
    open_context: OpenContext, alice: Person, bob: Person, talk: int, room_name: str
) -> None:
    await bob.post(f"/room/{talk}/read", seq=LONG - 40)
    page = (bobs := await ChatPage.open(open_context, bob)).page
    await bobs.enter(room_name)

    await expect(page.get_by_text("여기부터 새 메시지")).to_be_in_viewport()
    unread: Any = bobs.room_link(room_name).locator(".badge")
    await expect(unread).to_contain_text("40")  # nothing is read by opening while a summary is offered

    await bobs.field.press("Escape")
    await page.get_by_role("button", name="최신 메시지로").click()
    await expect(unread).to_have_count(0)


async def test_who_is_gone_has_a_name_and_no_card(
    open_context: OpenContext, pair: Pair, meet: Meet, alice: Person, room: int, room_name: str
) -> None:
    gone = meet(pair.first, GONE, "Gil")
    await gone.join(room)
    await (await gone.connect()).say(room, "저는 떠나요")
    pair.database.execute(f"DELETE FROM {pair.database_url.rpartition('/')[2]}.users WHERE user_id = {GONE}")
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)

    await expect(alices.message("저는 떠나요")).to_contain_text("탈퇴한 사용자")
    await expect(alices.page.get_by_role("button", name="탈퇴한 사용자")).to_have_count(0)


async def test_a_jump_far_back_shows_what_is_around_and_leads_on_to_the_newest(
    open_context: OpenContext, alice: Person, bob: Person, talk: int, room_name: str
) -> None:
    bobs = await bob.connect()
    await bobs.say(talk, "맨 처음 이야기가 그리워요", replyTo=5)
    page = (alices := await ChatPage.open(open_context, alice)).page
    await alices.enter(room_name)
    await alices.sent("맨 처음 이야기가 그리워요").get_by_role("button", name="이야기 5").click()
    await expect(page.locator('[data-seq="5"]')).to_be_focused()
    await expect(page.locator(f'[data-seq="{LONG}"]')).to_have_count(0)  # what lies between was not loaded

    unread = alices.room_link(room_name).locator(".badge")
    await bobs.say(talk, "지금 막 한 말")
    await expect(page.get_by_role("button", name="새 메시지 1개")).to_be_visible()
    await expect(unread).to_contain_text("1")  # it is not read, though the end of what is here is in sight
    await alices.scroller.evaluate("scroller => { scroller.scrollTop = scroller.scrollHeight }")
    await expect(page.locator('[data-seq="120"]')).to_be_attached()

    await page.get_by_role("button", name="새 메시지 1개").click()
    await expect(alices.sent("지금 막 한 말")).to_be_in_viewport()
    await expect(unread).to_have_count(0)
