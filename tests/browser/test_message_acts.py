"""What two members do with messages on the chat page: change, delete, react to them, also without a connection."""

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import Complaints, OpenContext
from tests.browser.slowness import Link
from tests.e2e.people import Person

GONE = "삭제된 메시지예요."


@pytest_asyncio.fixture(loop_scope="session")
async def alices(open_context: OpenContext, alice: Person, room: int, room_name: str) -> ChatPage:
    """Alice's page, who made the room."""
    page = await ChatPage.open(open_context, alice)
    await page.enter(room_name)
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def link() -> list[Link]:
    """Of Bob's page, once it is open."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def bobs(open_context: OpenContext, bob: Person, room: int, room_name: str, link: list[Link]) -> ChatPage:
    """Bob's page on the other server, whose time the test can move on."""
    context = await open_context(bob)
    link.append(await Link.of(context))
    page = ChatPage(await context.new_page(), bob.home)
    await page.page.clock.install()
    await page.page.goto(bob.home)
    await page.enter(room_name)
    return page


async def top(message: Locator) -> float:
    """Where on the screen it begins."""
    return float(await message.evaluate("message => message.getBoundingClientRect().top"))


async def choose(chat: ChatPage, message: Locator, entry: str) -> None:
    """An entry of a message's menu."""
    await message.locator(".text").first.click(button="right")
    await chat.page.get_by_role("menu").get_by_role("menuitem", name=entry, exact=True).click()


async def delete_for_good(chat: ChatPage, message: Locator) -> None:
    await choose(chat, message, "삭제")
    await expect(chat.page.locator("#undo")).to_be_visible()
    await chat.page.clock.fast_forward(6_000)


async def test_what_was_said_is_changed_and_what_was_being_written_waits(alices: ChatPage, bobs: ChatPage) -> None:
    await bobs.say("점심은 열두 시예요")
    await alices.say("네, 그때 봐요")
    await expect(bobs.sent("네, 그때 봐요")).to_have_count(1)

    await bobs.field.press("ArrowUp")
    await expect(bobs.field).to_have_value("점심은 열두 시예요")
    await bobs.field.press("Escape")
    await expect(bobs.field).to_have_value("")
    await choose(bobs, bobs.sent("네, 그때 봐요"), "답장")
    await bobs.field.fill("그리고 저는")
    await choose(bobs, bobs.sent("점심은 열두 시예요"), "수정")
    await bobs.field.fill("점심은 한 시")
    await bobs.page.reload()  # a change that was begun is kept, too
    await expect(bobs.field).to_have_value("점심은 한 시")
    await expect(bobs.page.get_by_role("status").filter(has_text="내 메시지를 고치는 중이에요")).to_be_visible()
    await bobs.say("점심은 한 시예요")

    for chat in (alices, bobs):
        await expect(chat.sent("점심은 한 시예요")).to_contain_text("수정됨")
        await expect(chat.message("점심은 열두 시예요")).to_have_count(0)
    await expect(bobs.field).to_have_value("그리고 저는")
    await expect(bobs.page.locator("#reply-to")).to_contain_text("네, 그때 봐요")


async def test_reactions_are_counted_for_both_and_taken_back(alices: ChatPage, bobs: ChatPage) -> None:
    await alices.say("내일 배포해요!")
    await expect(bobs.sent("내일 배포해요!")).to_have_count(1)
    message = bobs.sent("내일 배포해요!")
    await message.focus()
    await bobs.page.keyboard.press("Enter")
    await expect(bobs.page.get_by_role("menuitemcheckbox", name="하트")).to_be_focused()
    await bobs.page.keyboard.press("Enter")
    await expect(message.get_by_role("button", name="하트, 1, 나도 눌렀어요", pressed=True)).to_be_visible()

    theirs = alices.sent("내일 배포해요!")
    await theirs.get_by_role("button", name="하트, 1", pressed=False).click()
    await expect(theirs.get_by_role("button", name="하트, 2, 나도 눌렀어요", pressed=True)).to_be_visible()
    await choose(alices, theirs, "반응한 사람")
    await expect(alices.page.get_by_role("dialog").get_by_role("listitem")).to_have_text(["BBob", "AAlice"])
    await alices.page.keyboard.press("Escape")

    await expect(message).to_be_focused()
    for name in ("Alice", "답장", "이 메시지의 메뉴", "하트, 2, 나도 눌렀어요"):
        await bobs.page.keyboard.press("Tab")
        await expect(bobs.page.locator(":focus")).to_have_accessible_name(name)
    await bobs.page.keyboard.press("Space")
    await expect(theirs.get_by_role("button", name="하트, 1, 나도 눌렀어요")).to_be_visible()
    await theirs.get_by_role("button", name="하트").click()
    await expect(message.locator(".reaction")).to_have_count(0)


async def test_what_one_reads_stays_where_it_is_while_messages_above_are_reacted_to(
    alices: ChatPage, bob: Person, room: int
) -> None:
    socket = await bob.listen(room)
    for number in range(40):
        await socket.say(room, f"긴 이야기 {number}")
    await expect(alices.sent("긴 이야기 39")).to_be_in_viewport()
    read = alices.sent("긴 이야기 20")
    await read.scroll_into_view_if_needed()
    await read.focus()
    before = await top(read)

    for number in range(1, 11):  # out of sight
        await socket.react(room, number, "heart")

    await expect(alices.page.locator(".reaction")).to_have_count(10)
    assert await top(read) == pytest.approx(before, abs=1)  # pixels are halved on the way


async def test_a_deleted_text_is_nowhere_any_more(alices: ChatPage, bobs: ChatPage, room_name: str) -> None:
    await bobs.say("잘못 보낸 말")
    await expect(alices.sent("잘못 보낸 말")).to_have_count(1)
    await choose(alices, alices.sent("잘못 보낸 말"), "답장")
    await alices.say("뭐라고요?")
    await choose(alices, alices.message("잘못 보낸 말").first, "답장")
    await expect(bobs.sent("뭐라고요?")).to_contain_text("잘못 보낸 말")
    await bobs.say("바로 지울 말")
    await expect(alices.room_link(room_name)).to_contain_text("바로 지울 말")

    await delete_for_good(bobs, bobs.message("잘못 보낸 말").first)
    await delete_for_good(bobs, bobs.message("바로 지울 말"))

    for chat in (alices, bobs):
        await expect(chat.page.locator(".message.deleted .text")).to_have_text([GONE, GONE])
        await expect(chat.sent("뭐라고요?")).to_contain_text(GONE)  # the quote in it
        await expect(chat.room_link(room_name)).to_contain_text(GONE)
    await expect(alices.page.locator("#reply-to")).to_contain_text(GONE)
    for text in ("잘못 보낸 말", "바로 지울 말"):
        assert text not in await alices.page.content()
    assert "Bob" not in await alices.page.locator(".message.deleted").first.inner_text()


async def test_deleting_can_be_undone_for_each_and_for_all(alices: ChatPage, bobs: ChatPage) -> None:
    for text in ("하나", "둘", "셋"):
        await bobs.say(text)
        await choose(bobs, bobs.sent(text), "삭제")
    undo = bobs.page.locator("#undo")
    await expect(undo).to_contain_text("메시지 3개를 삭제했어요.")
    await bobs.field.press("ArrowUp")
    await expect(bobs.field).to_have_value("")  # there is none left to change
    await expect(bobs.page.locator("#announcer")).to_contain_text("5초 안에 되돌릴 수 있어요.")
    await bobs.message("하나").focus()
    await bobs.page.keyboard.press("Tab")
    await expect(bobs.message("하나").get_by_role("button", name="되돌리기")).to_be_focused()
    await bobs.page.keyboard.press("Enter")
    await expect(bobs.message("하나")).to_be_focused()
    await expect(undo).to_contain_text("메시지 2개를 삭제했어요.")

    await undo.get_by_role("button", name="되돌리기").click()

    await expect(undo).to_be_hidden()
    await expect(bobs.page.locator(".message.going")).to_have_count(0)
    await bobs.page.clock.fast_forward(10_000)
    await bobs.say("다 있죠?")
    await expect(alices.sent("다 있죠?")).to_have_count(1)
    assert await alices.texts() == ["하나", "둘", "셋", "다 있죠?"]


async def test_who_leaves_the_page_has_deleted_at_once(alices: ChatPage, bobs: ChatPage) -> None:
    await bobs.say("보내고 나서 후회한 말")
    await expect(alices.sent("보내고 나서 후회한 말")).to_have_count(1)
    await choose(bobs, bobs.sent("보내고 나서 후회한 말"), "삭제")
    await bobs.page.goto("about:blank")

    await expect(alices.page.locator(".message.deleted")).to_have_count(1)


async def test_what_is_written_into_a_message_that_is_deleted_meanwhile_is_not_lost(
    alices: ChatPage, bobs: ChatPage, alice: Person, room: int
) -> None:
    await bobs.say("고치려던 말")
    await choose(bobs, bobs.sent("고치려던 말"), "수정")
    await bobs.field.fill("고친 말")
    await expect(alices.sent("고치려던 말")).to_have_count(1)

    await (await alice.connect()).delete(room, 1)

    await expect(bobs.page.locator("#editing")).to_contain_text("여기 쓴 글은 새 메시지로 보내요.")
    await bobs.field.press("Enter")
    await expect(alices.sent("고친 말")).to_have_count(1)
    await expect(alices.page.locator(".message.deleted")).to_have_count(1)


async def test_without_a_connection_acts_wait_and_a_refused_change_keeps_its_text(
    alices: ChatPage, bobs: ChatPage, complaints: Complaints, link: list[Link], alice: Person, room: int
) -> None:
    complaints.expect("WebSocket")
    await bobs.say("첫째 말")
    await bobs.say("둘째 말")
    await expect(alices.sent("둘째 말")).to_have_count(1)
    await link[0].cut()
    await expect(bobs.connection).to_be_visible()
    await bobs.page.clock.run_for(1_000)

    await bobs.sent("첫째 말").locator(".text").click(button="right")
    await bobs.page.get_by_role("menuitemcheckbox", name="체크").click()
    await expect(bobs.sent("첫째 말").get_by_role("button", name="체크, 1")).to_have_accessible_name(
        "체크, 1, 나도 눌렀어요, 연결되면 전해져요"
    )
    await choose(bobs, bobs.sent("둘째 말"), "수정")
    await bobs.say("둘째 말, 고침")
    await expect(bobs.message("둘째 말, 고침")).to_contain_text("저장하는 중…")
    await (await alice.connect()).delete(room, 2)
    link[0].mend()
    again = bobs.connection.locator("button")  # out of sight where it connected by itself already
    await again.dispatch_event("click")

    await expect(alices.sent("첫째 말").get_by_role("button", name="체크, 1")).to_be_visible()
    refused = bobs.page.locator(".message.deleted")
    await expect(refused).to_contain_text("고치지 못했어요.")
    await refused.get_by_role("button", name="다시 고치기").click()
    await expect(bobs.field).to_have_value("둘째 말, 고침")
