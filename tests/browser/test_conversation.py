"""Members who talk on the chat page, each in a browser of their own, on two servers."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.pair import Pair
from tests.e2e.people import Person
from tests.e2e.processes import Process, running, serve

_names = count(1)


@pytest_asyncio.fixture(loop_scope="session")
async def alices(open_context: OpenContext, alice: Person, room: int, room_name: str) -> ChatPage:
    """Alice's page, with the room open."""
    page = await ChatPage.open(open_context, alice)
    await page.enter(room_name)
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def bobs(open_context: OpenContext, bob: Person, room: int, room_name: str) -> ChatPage:
    """Bob's page, with the room open; another server serves it."""
    page = await ChatPage.open(open_context, bob)
    await page.enter(room_name)
    return page


async def test_two_members_talk_over_two_servers(alices: ChatPage, bobs: ChatPage) -> None:
    said = ["점심 드셨어요?", "아직이요. 같이 가실래요?", "좋아요! 12시에 봐요.", "네, 그때 봬요 🙂"]
    for speaker, listener, text in zip([alices, bobs] * 2, [bobs, alices] * 2, said, strict=True):
        await speaker.say(text)
        await expect(speaker.sent(text)).to_have_count(1)
        await expect(listener.sent(text)).to_have_count(1)

    assert await alices.texts() == await bobs.texts() == said


async def test_who_is_typing_is_seen(alices: ChatPage, bobs: ChatPage) -> None:
    await alices.say("읽으셨나요?")
    await expect(bobs.sent("읽으셨나요?")).to_have_count(1)  # so both of them listen

    await bobs.field.press_sequentially("네")

    await expect(alices.page.get_by_text("Bob 님이 입력하고 있어요…").last).to_be_visible()


async def test_unread_counts_move_by_themselves_and_end_with_reading(
    open_context: OpenContext, alices: ChatPage, bob: Person, room_name: str
) -> None:
    elsewhere = await ChatPage.open(open_context, bob)
    badge = elsewhere.room_link(room_name).locator(".badge")
    await expect(badge).to_have_count(0)

    for number in range(1, 4):
        await alices.say(f"소식 {number}")
        await expect(badge).to_contain_text(f"{number}개의 읽지 않은 메시지")
    await expect(elsewhere.page).to_have_title(re.compile(r"^\([0-9]+\) "))
    await expect(elsewhere.rooms.get_by_role("link").first).to_contain_text("Alice: 소식 3")

    await elsewhere.enter(room_name)
    await expect(badge).to_have_count(0)


async def test_a_room_is_opened_although_its_row_changes_under_the_finger(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    alices, socket = await ChatPage.open(open_context, alice), await bob.listen(room)
    row = alices.room_link(room_name)
    await row.locator(".preview").hover(force=True)
    await alices.page.mouse.down()
    await socket.say(room, "지금 막 왔어요")
    await expect(row).to_contain_text("지금 막 왔어요")
    await alices.page.mouse.up()
    await expect(alices.page.get_by_role("heading", name=room_name)).to_be_visible()


async def test_a_reload_loses_neither_the_conversation_nor_what_is_being_written(
    alices: ChatPage, bobs: ChatPage
) -> None:
    await alices.say("다시 올게요")
    await bobs.field.fill("반쯤 쓴 말")
    await bobs.page.reload()

    await expect(bobs.sent("다시 올게요")).to_have_count(1)
    await expect(bobs.field).to_have_value("반쯤 쓴 말")
    await bobs.field.press("Enter")

    await expect(alices.sent("반쯤 쓴 말")).to_have_count(1)


async def test_a_reply_shows_what_it_answers_and_leads_there(alices: ChatPage, bobs: ChatPage) -> None:
    await alices.say("어느 식당이 좋을까요?")
    for number in range(30):
        await bobs.say(f"그 사이의 말 {number}")
    await expect(alices.sent("그 사이의 말 29")).to_have_count(1)
    question = bobs.sent("어느 식당이 좋을까요?")
    await question.scroll_into_view_if_needed()
    await question.hover()
    await question.get_by_role("button", name="답장").click()
    await bobs.say("국숫집이요")

    answer = alices.message("국숫집이요")
    await answer.get_by_role("button", name="어느 식당이 좋을까요?").click()

    await expect(alices.sent("어느 식당이 좋을까요?").first).to_be_focused()
    await expect(alices.sent("어느 식당이 좋을까요?").first).to_be_in_viewport()


async def test_what_comes_below_is_announced_while_one_reads_above(alices: ChatPage, bobs: ChatPage) -> None:
    for number in range(40):
        await bobs.say(f"긴 이야기 {number}")
    await expect(alices.sent("긴 이야기 39")).to_be_in_viewport()
    await alices.scroller.evaluate("scroller => { scroller.scrollTop = 0 }")
    below = alices.page.locator("#to-newest")
    await expect(below).to_be_visible()
    await expect(below).to_have_text("최신 메시지로")

    await bobs.say("새 이야기")
    await expect(below).to_have_text("새 메시지 1개")
    await expect(alices.sent("긴 이야기 0")).to_be_in_viewport()
    await below.click()

    await expect(alices.sent("새 이야기")).to_be_in_viewport()
    await expect(below).to_be_hidden()


async def test_a_sender_is_met_in_private(alices: ChatPage, bobs: ChatPage, bob: Person) -> None:
    await bobs.say("저는 여기 있어요")
    await alices.page.get_by_role("button", name="Bob").first.click()
    await alices.page.get_by_role("button", name="일대일 대화하기").click()

    await expect(alices.page.get_by_role("heading", name="Bob", level=1, exact=True)).to_be_visible()
    await alices.say("우리끼리 이야기해요")
    await expect(alices.sent("우리끼리 이야기해요")).to_have_count(1)
    await expect(bobs.room_link("Alice").filter(has_text="우리끼리 이야기해요")).to_have_count(1)


async def test_a_room_is_made_found_joined_and_left(
    open_context: OpenContext, alice: Person, charlie: Person
) -> None:
    name = f"화단 가꾸기 {next(_names)}"
    owner, guest = await ChatPage.open(open_context, alice), await ChatPage.open(open_context, charlie)
    await owner.page.get_by_role("button", name="채팅방 찾기·만들기").click()
    await owner.page.get_by_role("textbox", name="채팅방 이름").fill(name)
    await owner.page.get_by_role("button", name=f"“{name}” 방 만들기").click()
    await expect(owner.page.get_by_role("heading", name=name)).to_be_visible()
    await owner.say("어서 오세요")

    await guest.page.get_by_role("button", name="채팅방 찾기·만들기").click()
    await guest.page.get_by_role("textbox", name="채팅방 이름").fill(name)
    await guest.page.get_by_role("button", name=f"{name} 참여하기").click()
    await expect(guest.sent("어서 오세요")).to_have_count(1)
    await guest.say("반가워요")
    await expect(owner.sent("반가워요")).to_have_count(1)

    await guest.page.get_by_role("button", name="이 방에 대해").click()
    await guest.page.get_by_role("button", name="이 방 나가기").click()
    asked = guest.page.get_by_role("dialog", name="이 방에서 나갈까요?")
    await expect(asked).to_contain_text("언제든 다시 참여할 수 있어요.")
    await asked.get_by_role("button", name="나가기").click()
    await expect(guest.room_link(name)).to_have_count(0)
    await expect(guest.field).to_be_hidden()
    await guest.page.get_by_role("button", name="되돌리기").click()
    await expect(guest.sent("반가워요")).to_have_count(1)

    await guest.page.get_by_role("button", name="이 방에 대해").click()
    await guest.page.get_by_role("button", name="이 방 나가기").click()
    await asked.get_by_role("button", name="나가기").click()
    await guest.page.goto("about:blank")  # before the time is over
    await expect(owner.scroller.get_by_text("Charlie 님이 나갔어요.")).to_be_visible()
    await owner.page.get_by_role("button", name="이 방에 대해").click()
    await owner.page.get_by_role("button", name="이 방 나가기").click()
    await expect(owner.page.get_by_role("dialog")).to_contain_text("방과 나눈 대화가 모두 삭제돼요.")


async def test_the_way_back_closes_what_was_open_about_the_room(alices: ChatPage) -> None:
    await alices.page.get_by_role("button", name="이 방에 대해").click()
    await expect(alices.page.get_by_role("dialog")).to_be_visible()
    await alices.page.go_back()

    await expect(alices.page.get_by_role("dialog")).to_have_count(0)


async def test_a_click_beside_a_dialog_closes_it_but_no_selection_that_ends_there(alices: ChatPage) -> None:
    await alices.page.get_by_role("button", name="이 방에 대해").click()
    dialog = alices.page.get_by_role("dialog")
    await dialog.get_by_role("heading").first.hover()
    await alices.page.mouse.down()
    await alices.page.mouse.move(1, 1)
    await alices.page.mouse.up()
    await expect(dialog).to_be_visible()

    await alices.page.mouse.click(1, 1)

    await expect(dialog).to_have_count(0)


@pytest.fixture(scope="module")
def narrow(pair: Pair) -> Iterator[Process]:
    """A server whose sockets may listen to six rooms each."""
    server = serve(pair.directory, pair.env | {"LIMIT_ROOMS_PER_SOCKET": "6"})
    with running(server):
        yield server


async def test_there_may_be_more_rooms_than_one_socket_may_listen_to(
    open_context: OpenContext, narrow: Process, alice: Person, room_name: str
) -> None:
    names = [f"{room_name} {number}" for number in range(8)]
    for name in names:
        await alice.create_room(name)
    alice.home = narrow.address
    alices = await ChatPage.open(open_context, alice)

    for name in names:
        await alices.enter(name)
        await alices.say(f"{name}에서 인사해요")
        await expect(alices.sent(f"{name}에서 인사해요")).to_have_count(1)


async def test_text_is_text_whatever_it_looks_like(
    open_context: OpenContext, alice: Person, bobs: ChatPage, room_name: str
) -> None:
    hostile = [
        "<img src=x onerror=\"document.title='taken'\">",
        "<script>document.title='taken'</script>",
        "javascript:alert(1) <a href='javascript:alert(1)'>x</a>",
        "</li></ol><h1>제목</h1>",
        "%(name)s {{ 7*7 }} ${7*7} &lt;b&gt;",
        "\u202e거꾸로\u2066",
    ]
    nasty_room = f"<img src=x onerror=alert({next(_names)})>"
    await alice.create_room(nasty_room)
    alices = await ChatPage.open(open_context, alice)
    await expect(alices.room_link(nasty_room)).to_be_visible()
    await alices.enter(room_name)
    for text in hostile:
        await alices.say(text)

    for page in (alices, bobs):
        await expect(page.page.locator(".message.sent")).to_have_count(len(hostile))
        assert await page.texts() == hostile
        assert await page.page.locator("#chat img, #chat script, #chat .text h1").count() == 0
        assert await page.page.locator("#timeline a").count() == 0
        assert "taken" not in await page.page.title()


async def test_who_comes_and_goes_is_told_between_the_messages(
    alices: ChatPage, charlie: Person, room: int
) -> None:
    await alices.say("누가 더 오나요?")
    await expect(alices.sent("누가 더 오나요?")).to_have_count(1)
    await charlie.join(room)
    await expect(alices.page.get_by_text("Charlie 님이 들어왔어요.").last).to_be_visible()
    await alices.say("어서 오세요!")
    await expect(alices.sent("어서 오세요!")).to_have_count(1)  # or the two might overtake each other
    await charlie.delete(f"/room/group/{room}/leave")

    lines = alices.page.locator("#timeline > li:not(.day)")
    await expect(lines).to_contain_text(
        ["누가 더 오나요?", "Charlie 님이 들어왔어요.", "어서 오세요!", "Charlie 님이 나갔어요."]
    )


async def test_today_is_yesterday_tomorrow(alices: ChatPage) -> None:
    await alices.say("오늘 한 말")
    day = alices.page.locator("#timeline .day").first
    await expect(day).to_have_text("오늘")
    await alices.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=1))
    await alices.say("밤을 넘긴 말")

    await expect(day).to_have_text("어제")
