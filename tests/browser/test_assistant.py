"""The assistant on the chat page: asked, watched, stopped; drafts, summaries, receipts, and who decides."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Route, WebSocketRoute, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import Complaints, OpenContext
from tests.browser.slowness import SlowAnswer
from tests.e2e.pair import Pair
from tests.e2e.people import Person
from tests.e2e.processes import Process, running, serve

Play = Callable[..., Awaitable[None]]


@pytest_asyncio.fixture(loop_scope="session")
async def play(pair: Pair, http: httpx.AsyncClient) -> AsyncIterator[Play]:
    """Has the model's next calls go like this; whatever is left of it is forgotten at the end."""

    async def script(*scenarios: str) -> None:
        assert (await http.post(f"{pair.model.address}/standin/forget")).is_success
        assert (await http.post(f"{pair.model.address}/standin/script", json=scenarios)).is_success

    yield script
    await script()


@pytest_asyncio.fixture(loop_scope="session")
async def alices(open_context: OpenContext, alice: Person, room: int, room_name: str) -> ChatPage:
    page = await ChatPage.open(open_context, alice)
    await page.enter(room_name)
    return page


async def ask(chat: ChatPage, text: str) -> None:
    await chat.page.get_by_role("button", name="도우미에게 묻기").click()
    await chat.say(text)


async def test_an_answer_is_asked_for_and_its_receipt_says_what_it_rests_on(
    alices: ChatPage, alice: Person, bob: Person, room: int
) -> None:
    notice = alices.page.get_by_role("status").filter(has_text="이 방에는 AI가 있어요: 도우미")
    await expect(notice).to_contain_text("내 설정에서 끌 수 있어요")
    await notice.get_by_role("button", name="알겠어요").click()
    await expect(notice).to_be_hidden()
    await ask(alices, "첫 출근이라 긴장돼요")
    answer = alices.page.locator(".message.assistant.sent")
    await expect(answer).to_contain_text("연습용")
    await expect(answer).to_contain_text("첫 출근이라 긴장돼요")  # what it answers
    await expect(answer.locator(".author .ai-badge")).to_have_text("AI")
    await expect(answer.locator(".author small")).to_contain_text("stand-in")
    await expect(alices.page.locator(".room-link.open").filter(has_text="도우미 (AI): ")).to_be_visible()

    await answer.hover()
    await answer.get_by_role("button", name="이 답변의 근거").click()

    receipt = alices.page.get_by_role("dialog", name="이 답변의 근거")
    await expect(receipt).to_contain_text("이 방의 메시지 1개")
    await expect(receipt).to_contain_text("Alice")
    await expect(receipt).not_to_contain_text("삭제")

    await alices.page.keyboard.press("Escape")
    await alice.delete(f"/room/{room}/message/1")
    await answer.hover()
    await answer.get_by_role("button", name="이 답변의 근거").click()
    await expect(receipt).to_contain_text("이 답변의 근거였던 메시지 1개")


async def test_an_answer_is_stopped_before_its_first_word(alices: ChatPage, play: Play) -> None:
    await play("hang")
    await ask(alices, "길게 생각해 주세요")
    await expect(alices.page.get_by_text("도우미 님이 생각하고 있어요…").first).to_be_attached()

    await alices.page.get_by_role("button", name="멈추기").click()

    await expect(alices.page.locator(".message.run")).to_have_count(0)


async def test_an_answer_is_watched_while_it_is_written_and_stopped_in_the_middle(
    alices: ChatPage, play: Play
) -> None:
    await play("hang-midway")
    await ask(alices, "천천히 써 주세요")
    run = alices.page.locator(".message.run")
    await expect(run).to_contain_text("연습용")

    await alices.page.get_by_role("button", name="멈추기").click()

    await expect(run).to_have_count(0)
    await expect(alices.page.locator(".message.assistant.sent")).to_contain_text("…")


async def test_a_failure_is_said_and_the_chat_goes_on(alices: ChatPage, play: Play) -> None:
    await play(*["400"] * 4)
    await ask(alices, "이번에는 안 될 거예요")
    await expect(
        alices.page.get_by_text("이번에는 도우미 님이 답하지 못했어요. 다시 물어봐 주세요.")
    ).to_be_visible()

    await alices.say("그래도 채팅은 돼요")

    await expect(alices.sent("그래도 채팅은 돼요")).to_have_count(1)


async def test_a_draft_goes_into_the_field_and_nowhere_else(alices: ChatPage, bob: Person, room: int) -> None:
    await bob.post(f"/room/{room}/read")
    bobs = await bob.listen(room)
    await bobs.say(room, "주말에 뭐 하세요?")
    await expect(alices.message("주말에 뭐 하세요?")).to_have_count(1)

    await alices.page.get_by_role("button", name="답장 초안 받기").click()
    choice = alices.page.locator("#draft-answers button").first
    await expect(choice).to_be_visible()  # which makes room for itself
    await alices.page.get_by_role("button", name="따뜻하게").click()
    await expect(choice).to_contain_text("연습용 초안")
    drafted = await choice.inner_text()
    await choice.click()

    await expect(alices.field).to_have_value(drafted)
    await expect(alices.field).to_be_focused()
    assert [message["message"] for message in await bob.get(f"/history/{room}")] == ["주말에 뭐 하세요?"]

    await alices.field.press_sequentially(" 저도요.")  # it is the assistant's all the same
    await alices.field.press("Enter")
    await expect(alices.page.locator(".message.own.sent .foot")).to_have_text("AI가 도운 글")
    assert (await bob.get(f"/history/{room}"))[-1]["assisted"] is True


async def test_what_was_missed_is_summed_up_and_leads_to_the_messages(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    bobs = await bob.listen(room)
    for number in range(60):
        await bobs.say(room, f"놓친 이야기 {number}")
    alices = await ChatPage.open(open_context, alice)
    await expect(alices.room_link(room_name)).to_contain_text("놓친 이야기 59")
    history = await SlowAnswer.to(alices.page, f"**/history/{room}?*")
    await alices.enter(room_name)
    await expect(alices.page.get_by_text("읽지 않은 메시지 60개")).to_be_visible()

    await alices.page.get_by_role("button", name="놓친 이야기 요약").click()
    summary = alices.page.get_by_role("dialog", name="놓친 이야기")
    await summary.get_by_role("button").filter(has_text="보기").last.click()

    await expect(summary).to_be_hidden()
    await history.arrives()  # they are not even here yet
    await expect(alices.page.locator(".message:focus")).to_contain_text("놓친 이야기")


async def test_a_point_goes_with_the_message_that_it_rests_on(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    bobs = await bob.listen(room)
    for number in range(60):
        await bobs.say(room, f"놓친 이야기 {number}")
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)
    await expect(alices.message("놓친 이야기 59")).to_have_count(1)
    await alices.page.get_by_role("button", name="놓친 이야기 요약").click()
    points = alices.page.get_by_role("dialog", name="놓친 이야기").locator("li[data-seq]")
    await expect(points.last).to_be_visible()
    how_many, seq = await points.count(), await points.last.get_attribute("data-seq")

    await bob.delete(f"/room/{room}/message/{seq}")

    await expect(points).to_have_count(how_many - 1)


async def test_who_made_the_room_decides_how_the_assistant_is_there(
    open_context: OpenContext, alices: ChatPage, bob: Person, room_name: str
) -> None:
    await alices.page.get_by_role("button", name="이 방에 대해").click()
    await alices.page.get_by_role("button", name="이 방의 도우미").click()
    about = alices.page.get_by_role("dialog", name="이 방의 도우미")
    await about.get_by_role("textbox", name="이 방에서 쓰는 이름").fill("새싹")
    await about.get_by_role("textbox", name="이 방에서 맡은 역할").fill("화초를 돌보는 친구")
    await about.get_by_role("button", name="저장").click()
    await expect(alices.page.get_by_role("button", name="새싹에게 묻기")).to_be_visible()

    bobs = await ChatPage.open(open_context, bob)
    await bobs.enter(room_name)
    await expect(bobs.page.get_by_role("button", name="새싹에게 묻기")).to_be_visible()
    await bobs.page.get_by_role("button", name="이 방에 대해").click()
    await bobs.page.get_by_role("button", name="이 방의 도우미").click()
    his = bobs.page.get_by_role("dialog", name="이 방의 도우미")
    await expect(his.get_by_role("textbox", name="이 방에서 쓰는 이름")).to_be_disabled()
    await expect(his.get_by_text("방장과 운영자가 바꿀 수 있어요.")).to_be_visible()


async def test_its_settings_show_when_they_come_after_the_dialog_was_opened(
    open_context: OpenContext, alice: Person, room: int, room_name: str
) -> None:
    context, is_open = await open_context(alice), asyncio.Event()

    async def hold(route: Route) -> None:
        await is_open.wait()
        await route.continue_()

    await context.route(f"**/room/{room}/assistant", hold)
    page = await context.new_page()
    await page.goto(f"{alice.home}#/room/{room}")
    await page.get_by_role("button", name="이 방에 대해").click()
    await page.get_by_role("button", name="이 방의 도우미").click()
    about = page.get_by_role("dialog", name="이 방의 도우미")
    await expect(about).to_be_visible()
    await expect(about.get_by_role("radio", name="쓰지 않아요")).to_be_hidden()
    place = await (title := about.get_by_role("heading")).bounding_box()

    is_open.set()

    await expect(about.get_by_role("radio", name="부르면 대답해요")).to_be_checked()
    assert await title.bounding_box() == place  # nothing moves under a finger


async def test_a_member_keeps_what_they_say_from_the_assistant(open_context: OpenContext, charlie: Person) -> None:
    page = (await ChatPage.open(open_context, charlie)).page
    await page.get_by_role("button", name="내 설정").click()
    readable = page.get_by_role("switch", name="도우미가 내 메시지를 읽어도 돼요")
    await expect(readable).to_be_checked()

    async with page.expect_response(lambda response: response.request.method == "PUT"):
        await readable.uncheck()

    assert await charlie.get("/me/assistant") == {"readable": False}


async def test_in_a_room_without_it_nothing_offers_it(
    open_context: OpenContext, complaints: Complaints, alices: ChatPage, room_name: str
) -> None:
    await alices.page.get_by_role("button", name="이 방에 대해").click()
    await alices.page.get_by_role("button", name="이 방의 도우미").click()
    about = alices.page.get_by_role("dialog", name="이 방의 도우미")
    await about.get_by_role("radio", name="쓰지 않아요").check()
    await about.get_by_role("button", name="저장").click()

    await expect(alices.page.get_by_role("button", name="도우미에게 묻기")).to_be_hidden()
    await expect(alices.page.get_by_role("button", name="답장 초안 받기")).to_be_hidden()


@pytest.fixture(scope="module")
def without_model(pair: Pair) -> Iterator[Process]:
    """A server that was given no key of a model."""
    server = serve(pair.directory, pair.env | {"LLM_KEY": ""})
    with running(server):
        yield server


def keep_silent_about_the_assistant(route: WebSocketRoute) -> None:
    """As servers of before did."""
    server = route.connect_to_server()
    server.on_message(lambda frame: route.send(str(frame).replace('"assistant":false', '"other":0')))


async def test_without_a_model_nothing_offers_it_and_a_refused_question_goes_back_into_the_field(
    open_context: OpenContext, without_model: Process, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    bobs = await bob.listen(room)
    for number in range(8):
        await bobs.say(room, f"읽지 않은 말 {number}")
    alice.home = without_model.address
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)
    await expect(alices.sent("읽지 않은 말 7")).to_have_count(1)
    for name in ("도우미에게 묻기", "답장 초안 받기", "놓친 이야기 요약"):
        await expect(alices.page.get_by_role("button", name=name)).to_be_hidden()

    await alices.page.route_web_socket("**/v2/chat/connect*", keep_silent_about_the_assistant)
    await alices.page.reload()
    await ask(alices, "이 질문은 사라지면 안 돼요")

    await expect(alices.page.get_by_role("status").filter(has_text="꺼져 있어요")).to_be_visible()
    await expect(alices.field).to_have_value("이 질문은 사라지면 안 돼요")
    await expect(alices.message("이 질문은 사라지면 안 돼요")).to_have_count(0)
