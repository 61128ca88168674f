"""Answers that come late: somebody went elsewhere meanwhile, closed what they were for, or had a later one."""

import pytest_asyncio
from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.browser.slowness import Link, SlowAnswer
from tests.e2e.conftest import Meet
from tests.e2e.pair import Pair
from tests.e2e.people import Person


@pytest_asyncio.fixture(loop_scope="session")
async def alices(open_context: OpenContext, alice: Person, room: int, room_name: str) -> ChatPage:
    page = await ChatPage.open(open_context, alice)
    await page.enter(room_name)
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def next_door(alice: Person, room_name: str) -> str:
    """Another room of Alice's."""
    name = room_name.replace("점심 모임", "이웃 모임")
    await alice.create_room(name)
    return name


async def test_who_goes_to_a_room_before_the_rooms_are_known_is_in_it_when_they_are(
    open_context: OpenContext, alice: Person, room: int, room_name: str
) -> None:
    page = await (await open_context(alice)).new_page()
    rooms = await SlowAnswer.to(page, "**/my/rooms*")
    await page.goto(alice.home)
    await rooms.is_asked_for()
    await page.evaluate("room => { location.hash = `#/room/${room}` }", room)

    await rooms.arrives()

    alices = ChatPage(page, alice.home)
    await expect(page.get_by_role("heading", name=room_name)).to_be_visible()
    await alices.say("벌써 와 있었어요")
    await expect(alices.sent("벌써 와 있었어요")).to_have_count(1)


async def test_the_open_room_does_not_wait_for_the_list_of_rooms(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    socket = await bob.connect()
    await socket.say(room, "먼저 와 있던 말")
    page = await (await open_context(alice)).new_page()
    rooms = await SlowAnswer.to(page, "**/my/rooms*")
    await page.goto(f"{alice.home}#/room/{room}")
    alices = ChatPage(page, alice.home)

    await expect(alices.sent("먼저 와 있던 말")).to_have_count(1)
    await expect(page.get_by_text("여기부터 새 메시지")).to_be_visible()
    await expect(alices.field).to_be_focused()
    await rooms.is_asked_for()
    await socket.say(room, "그사이에 한 말")
    await expect(alices.sent("그사이에 한 말")).to_have_count(1)

    await rooms.arrives()

    await expect(page.get_by_role("heading", name=room_name)).to_be_visible()
    await expect(alices.rooms.get_by_role("link").first).to_contain_text("그사이에 한 말")


async def test_a_receipt_that_comes_late_is_not_shown_for_another_answer(alices: ChatPage) -> None:
    for question in ("첫 번째 질문이에요", "두 번째 질문이에요"):
        await alices.page.get_by_role("button", name="도우미에게 묻기").click()
        await alices.say(question)
        await expect(alices.page.locator(".message.assistant.sent")).to_contain_text([question])
    answers = alices.page.locator(".message.assistant.sent")
    receipt = alices.page.get_by_role("dialog", name="이 답변의 근거")
    first = await SlowAnswer.to(alices.page, "**/assistant/*")
    await answers.nth(0).hover()
    await answers.nth(0).get_by_role("button", name="이 답변의 근거").click()
    await first.is_asked_for()
    await alices.page.keyboard.press("Escape")
    await answers.nth(1).hover()
    await answers.nth(1).get_by_role("button", name="이 답변의 근거").click()
    await expect(receipt).to_contain_text("이 방의 메시지 3개")

    await first.arrives()

    await expect(receipt).to_contain_text("이 방의 메시지 3개")


async def test_what_is_saved_for_one_room_closes_nothing_of_another(
    next_door: str, alices: ChatPage, room: int
) -> None:
    about = alices.page.get_by_role("button", name="이 방에 대해")
    settings = alices.page.get_by_role("button", name="이 방의 도우미")
    await about.click()
    await settings.click()
    await alices.page.get_by_role("dialog").get_by_role("textbox", name="이 방에서 쓰는 이름").fill("새싹")
    saved = await SlowAnswer.to(alices.page, f"**/room/{room}/assistant")  # once what was asked before is answered
    await alices.page.get_by_role("dialog").get_by_role("button", name="저장").click()
    await saved.is_asked_for()
    await alices.page.keyboard.press("Escape")
    await alices.page.evaluate("() => { location.hash = '#/' }")
    await alices.enter(next_door)
    await about.click()
    await settings.click()
    theirs = alices.page.get_by_role("dialog", name="이 방의 도우미")
    await expect(theirs.get_by_role("textbox", name="이 방에서 쓰는 이름")).to_have_value("도우미")

    await saved.arrives()

    await expect(theirs).to_be_visible()
    await expect(theirs.get_by_role("textbox", name="이 방에서 쓰는 이름")).to_have_value("도우미")


async def test_who_closed_the_card_of_a_member_is_not_led_to_them(
    alices: ChatPage, pair: Pair, meet: Meet, room: int, room_name: str
) -> None:
    dana = meet(pair.second, 31, "Dana")
    await dana.join(room)
    await (await dana.listen(room)).say(room, "저는 여기 있어요")
    await alices.page.get_by_role("button", name="Dana").click()
    private = await SlowAnswer.to(alices.page, "**/room/private/create?*")
    await alices.page.get_by_role("button", name="일대일 대화하기").click()
    await private.is_asked_for()
    await alices.page.keyboard.press("Escape")

    await private.arrives()

    private_link = alices.rooms.get_by_role("link").filter(has=alices.page.get_by_text("Dana", exact=True))
    await expect(private_link).to_be_visible()  # for later
    await expect(alices.page.get_by_role("heading", name=room_name, level=1)).to_be_visible()


async def test_a_draft_does_not_take_the_keys_of_who_writes_on(alices: ChatPage) -> None:
    await alices.say("주말에 뭐 하세요?")
    await expect(alices.sent("주말에 뭐 하세요?")).to_have_count(1)
    draft = await SlowAnswer.to(alices.page, "**/llm?*")
    await alices.page.get_by_role("button", name="답장 초안 받기").click()
    await draft.is_asked_for()
    await alices.field.press_sequentially("제가 ")

    await draft.arrives()
    await expect(alices.page.locator("#draft-answers button").first).to_be_visible()

    await expect(alices.field).to_be_focused()


async def test_history_that_is_slow_in_one_room_holds_up_no_other(
    open_context: OpenContext, alice: Person, room: int, room_name: str, next_door: str
) -> None:
    socket = await alice.connect()
    doors = [room, int((await alice.get("/room/group", name=next_door))["roomId"])]
    for number in range(1, 101):
        for door in doors:
            await socket.post("chat", roomId=door, message=f"이야기 {number}\n두 번째 줄")
    await socket.wait_for_answers(200)
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(next_door)
    await expect(alices.page.locator('[data-seq="100"]')).to_be_in_viewport()
    slow = await SlowAnswer.to(alices.page, f"**/history/{doors[1]}?*")
    await alices.scroller.evaluate("scroller => { scroller.scrollTop = 100 }")
    await slow.is_asked_for()
    await expect(alices.page.get_by_text("이전 대화를 불러오는 중이에요…")).to_be_visible()

    await alices.page.evaluate("room => { location.hash = `#/room/${room}` }", room)
    await expect(alices.page.get_by_role("heading", name=room_name, exact=True)).to_be_visible()
    await expect(alices.page.locator('[data-seq="100"]')).to_be_in_viewport()
    await alices.scroller.evaluate("scroller => { scroller.scrollTop = 100 }")

    await expect(alices.page.locator('[data-seq="1"]')).to_be_attached()
    await expect(alices.page.get_by_text("이전 대화를 불러오는 중이에요…")).to_be_hidden()


async def test_what_is_said_before_the_history_came_is_seen_when_the_connection_breaks(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    await (await bob.connect()).say(room, "먼저 한마디")
    link = await Link.of(context := await open_context(alice))
    alices = ChatPage(await context.new_page(), alice.home)
    await alices.page.goto(alice.home)
    await expect(alices.room_link(room_name)).to_contain_text("먼저 한마디")
    history = await SlowAnswer.to(alices.page, f"**/history/{room}?*")
    await alices.enter(room_name)
    await history.is_asked_for()
    await alices.say("들리세요?")

    await link.cut()

    await expect(alices.message("들리세요?")).to_have_count(1)
    await history.arrives()


async def test_the_last_word_about_what_the_assistant_may_read_counts(
    open_context: OpenContext, charlie: Person
) -> None:
    page = (await ChatPage.open(open_context, charlie)).page
    await page.get_by_role("button", name="내 설정").click()
    readable = page.get_by_role("switch", name="도우미가 내 메시지를 읽어도 돼요")
    await readable.wait_for()
    is_readable = await readable.is_checked()
    first = await SlowAnswer.to(page, "**/me/assistant")
    await readable.click()
    await first.is_asked_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await readable.click()
    await page.evaluate("() => fetch('/v1/healthz')")
    assert [url for url in asked if url.endswith("/me/assistant")] == []  # it waits for its turn

    async with page.expect_request("**/me/assistant") as second:
        await first.arrives()

    assert await (await second.value).response() is not None
    assert await charlie.get("/me/assistant") == {"readable": is_readable}


async def test_who_has_sent_an_at_sign_is_not_asked_whom_it_calls(alices: ChatPage) -> None:
    members = await SlowAnswer.to(alices.page, "**/members?limit=100")
    await alices.field.press_sequentially("@")
    await members.is_asked_for()
    await alices.send.click()
    await expect(alices.field).to_be_focused()

    await members.arrives()

    await expect(alices.page.get_by_role("listbox")).to_be_hidden()


async def test_how_a_room_is_kept_is_what_was_said_last(alices: ChatPage, room: int) -> None:
    await alices.page.get_by_role("button", name="이 방에 대해").click()
    await alices.page.get_by_role("button", name="방 관리").click()
    settings = alices.page.get_by_role("dialog", name="방 관리")
    by_code, by_approval = (
        settings.get_by_label(f"{words} 사람") for words in ("참여 코드를 아는", "관리자가 승인한")
    )
    code = await SlowAnswer.to(alices.page, f"**/room/{room}")
    await by_code.check()
    await code.is_asked_for()
    await by_approval.check()
    await expect(settings.get_by_text("지금은 없어요.")).to_be_visible()

    await code.arrives()

    await expect(by_approval).to_be_checked()
    await expect(settings.locator("#join-code")).to_be_hidden()
    await expect(settings.get_by_text("지금은 없어요.")).to_be_visible()


async def test_a_keyword_that_was_added_before_the_others_were_read_stays(alices: ChatPage) -> None:
    page = alices.page
    read = await SlowAnswer.to(page, "**/me/notifications")
    await page.get_by_role("button", name="내 설정").click()
    await page.get_by_role("button", name="알림과 키워드").click()
    await read.is_asked_for()
    await page.get_by_label("새 키워드").fill("배포")
    await page.get_by_role("button", name="추가").click()
    added = page.get_by_role("button", name="배포 빼기")
    await expect(added).to_be_visible()

    await read.arrives()

    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="내 설정").click()
    await page.get_by_role("button", name="알림과 키워드").click()
    await expect(added).to_be_visible()
    await added.click()
    await expect(added).to_have_count(0)
