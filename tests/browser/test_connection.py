"""The chat page when the way to the server breaks: what was written arrives once, what was missed is there."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import Complaints, OpenContext
from tests.browser.slowness import Link
from tests.e2e.pair import Pair
from tests.e2e.people import Person
from tests.e2e.processes import WAIT_S, Process, running, serve
from tests.e2e.secrecy import make_token

BROKEN = r"WebSocket|ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|Failed to load resource"


# two seconds, on a machine that has time; without the browser's word at least eight
NOTICED_MS = 5_000
FOCUS_AGAIN = """() => {
    const again = document.querySelector("#connection button");
    again.focus();
    return document.activeElement === again;
}"""


async def try_now(chat: ChatPage) -> None:
    """Do not wait for the next attempt: the window comes back online."""
    await chat.page.evaluate("() => window.dispatchEvent(new Event('online'))")


@pytest.fixture(scope="module")
def mortal(pair: Pair) -> Iterator[Process]:
    """A third server, which may be killed, and is to be started again."""
    server = serve(pair.directory, pair.env)
    with running(server):
        yield server


async def test_what_was_written_while_the_server_was_dead_arrives_once(
    open_context: OpenContext,
    complaints: Complaints,
    mortal: Process,
    bob: Person,
    alice: Person,
    room: int,
    room_name: str,
) -> None:
    complaints.expect(BROKEN)
    alice.home = mortal.address
    alices, bobs = await ChatPage.open(open_context, alice), await ChatPage.open(open_context, bob)
    await alices.enter(room_name)
    await bobs.enter(room_name)
    await alices.say("먼저 한마디")
    await expect(bobs.sent("먼저 한마디")).to_have_count(1)

    mortal.kill()
    await expect(alices.connection).to_be_visible()
    await alices.say("서버가 쉬는 동안 쓴 말")
    await expect(alices.message("서버가 쉬는 동안 쓴 말")).to_contain_text("보내는 중…")
    await bobs.say("그동안 온 말")
    mortal.start()
    await try_now(alices)

    await expect(alices.sent("서버가 쉬는 동안 쓴 말")).to_have_count(1)
    await expect(alices.sent("그동안 온 말")).to_have_count(1)
    await expect(bobs.sent("서버가 쉬는 동안 쓴 말")).to_have_count(1)
    await expect(alices.connection).to_be_hidden()
    assert await alices.texts() == await bobs.texts()


async def test_offline_and_online_again_nothing_is_missing(
    open_context: OpenContext, complaints: Complaints, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    complaints.expect(BROKEN)
    alices, bobs = await ChatPage.open(open_context, alice), await ChatPage.open(open_context, bob)
    await alices.enter(room_name)
    await bobs.enter(room_name)

    await alices.page.context.set_offline(True)
    await expect(alices.connection).to_contain_text("오프라인이에요.", timeout=NOTICED_MS)
    await alices.say("오프라인에서 쓴 말")
    await bobs.say("온라인에서 쓴 말")
    await expect(bobs.sent("온라인에서 쓴 말")).to_have_count(1)
    await alices.page.context.set_offline(False)
    await expect(alices.connection).to_be_hidden(timeout=NOTICED_MS)

    for text in ("오프라인에서 쓴 말", "온라인에서 쓴 말"):
        await expect(alices.sent(text)).to_have_count(1)
        await expect(bobs.sent(text)).to_have_count(1)
    assert await alices.texts() == await bobs.texts()


async def test_a_message_that_was_not_sent_before_a_reload_is_sent_after_it(
    open_context: OpenContext, alice: Person, room: int, room_name: str
) -> None:
    link = await Link.of(context := await open_context(alice))
    alices = ChatPage(await context.new_page(), alice.home)
    await alices.page.goto(alice.home)
    await alices.enter(room_name)
    await link.cut()
    await alices.say("꼭 보내 주세요")
    await expect(alices.message("꼭 보내 주세요")).to_contain_text("보내는 중…")
    await alices.page.reload()
    link.mend()

    await expect(alices.sent("꼭 보내 주세요")).to_have_count(1)


async def test_a_refused_message_says_why_and_can_be_removed(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)

    await alices.say("\u3164")  # a Hangul filler: nothing that anybody could see
    failed = alices.page.locator(".message.failed")
    await expect(failed).to_have_count(1)
    await failed.get_by_role("button", name="지우기").click()

    await expect(failed).to_have_count(0)


async def test_without_a_token_the_page_says_where_to_sign_in_and_comes_when_one_has(
    open_context: OpenContext, complaints: Complaints, pair: Pair, alice: Person, room: int, room_name: str
) -> None:
    complaints.expect(r"/favicon\.ico")  # which a page without an icon asks for
    context = await open_context()
    page = await context.new_page()
    await page.goto(alice.home)
    await expect(page.get_by_text("커뮤니티 사이트에서 먼저 로그인한 다음 다시 와 주세요.")).to_be_visible()

    other_tab = await context.new_page()
    await other_tab.goto(f"{alice.home}/v1/healthz")
    await other_tab.evaluate("token => localStorage.setItem('accessToken', token)", alice.token)

    await expect(ChatPage(page, alice.home).room_link(room_name)).to_be_visible()


@pytest.mark.parametrize(
    ("file", "is_bundled"), [("main", True), ("main", False), ("links", False), ("texts", False)]
)
async def test_a_page_that_did_not_load_completely_says_so(
    open_context: OpenContext,
    complaints: Complaints,
    alice: Person,
    from_sources: Process,
    file: str,
    is_bundled: bool,
) -> None:
    complaints.expect(r"Failed to load|ERR_FAILED")
    if not is_bundled:
        alice.home = from_sources.address
    context = await open_context()
    page = await context.new_page()
    files = re.compile(rf"/{file}(\.[0-9a-f]+)?\.js")
    await page.route(files, lambda route: route.abort())
    await page.goto(alice.home)
    said = page.get_by_text("페이지를 다 불러오지 못했어요.")
    await expect(said).to_be_visible()

    await page.unroute(files)
    await page.reload()
    await expect(page.get_by_text("커뮤니티 사이트에서 먼저 로그인한 다음 다시 와 주세요.")).to_be_visible()
    await expect(said).to_be_hidden()


async def test_who_signs_out_or_in_as_somebody_else_leaves_nothing_to_the_next(
    open_context: OpenContext, complaints: Complaints, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    complaints.expect(r"/favicon\.ico")
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)
    await alices.field.fill("아무도 보면 안 되는 말")
    site = await alices.page.context.new_page()
    await site.goto(f"{alice.home}/v1/healthz")

    await site.evaluate("token => localStorage.setItem('accessToken', token)", bob.token)
    await expect(alices.page.locator("#me-title")).to_have_text("Bob")
    await expect(alices.page.get_by_role("heading", name=room_name)).to_be_visible()
    await expect(alices.field).to_have_value("")
    complaints.expect(r"401 .*/v1/chat/")  # what the page asks for between that and its end
    await site.evaluate("() => localStorage.clear()")

    await expect(alices.page.get_by_text("커뮤니티 사이트에서 먼저 로그인한 다음 다시 와 주세요.")).to_be_visible()


async def test_the_countdown_takes_the_focus_from_nobody(
    open_context: OpenContext, complaints: Complaints, mortal: Process, alice: Person, room: int, room_name: str
) -> None:
    complaints.expect(BROKEN)
    alice.home = mortal.address
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)
    mortal.kill()
    again = alices.connection.get_by_role("button")
    await alices.page.wait_for_function(FOCUS_AGAIN)  # it comes and goes with each attempt
    words = await alices.connection.inner_text()
    await expect(alices.connection).not_to_have_text(words, use_inner_text=True)

    await expect(again).to_be_focused()
    async with alices.page.expect_request("**/v1/chat/ticket"):
        await again.press("Enter")
    await expect(again).to_be_focused()
    mortal.start()
    await try_now(alices)
    await expect(alices.connection).to_be_hidden()


async def test_the_main_site_has_until_its_token_ends_to_give_another(
    open_context: OpenContext, alice: Person, room: int, room_name: str
) -> None:
    alice.token = make_token(alice.member_id, nickname=alice.name, exp=int(time.time()) + 100)
    page = await (await open_context(alice)).new_page()
    tokens: asyncio.Queue[str] = asyncio.Queue()
    taken: asyncio.Queue[str] = asyncio.Queue()  # what the server says when it takes one
    greeted = asyncio.Event()

    def keep_token(frame: str | bytes) -> None:
        if (said := json.loads(frame))["type"] == "auth":
            tokens.put_nowait(said["access"])

    def keep_answer(frame: str | bytes) -> None:
        if (heard := json.loads(frame))["type"] == "ok":
            taken.put_nowait(heard["id"])
        elif heard["type"] == "pong":
            greeted.set()

    page.on("websocket", lambda socket: socket.on("framesent", keep_token))
    page.on("websocket", lambda socket: socket.on("framereceived", keep_answer))
    await page.clock.install()
    await page.goto(alice.home)
    await expect(ChatPage(page, alice.home).room_link(room_name)).to_be_visible()

    async with asyncio.timeout(WAIT_S):
        await greeted.wait()  # or the server would seem silent for as long as the clock leaps
        await page.clock.fast_forward(52_000)
        assert await tokens.get() == alice.token  # it is good for a while yet
        await taken.get()
        another = make_token(alice.member_id, nickname=alice.name)
        await page.evaluate("token => localStorage.setItem('accessToken', token)", another)
        await page.clock.fast_forward(30_000)
        assert await tokens.get() == another


async def test_a_clock_that_is_ahead_signs_nobody_out(
    open_context: OpenContext, pair: Pair, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    page = await (await open_context(alice)).new_page()
    await page.clock.install(time=datetime.now(UTC) + timedelta(days=400))
    await page.goto(alice.home)
    chat = ChatPage(page, alice.home)
    await chat.enter(room_name)
    await page.clock.run_for(65_000)  # when it would be renewed
    await (await bob.listen(room)).say(room, "시계가 달라도 들려요")
    await expect(chat.sent("시계가 달라도 들려요")).to_have_count(1)
    await expect(page.get_by_text("로그아웃되었어요.")).to_be_hidden()


async def test_an_expired_token_is_no_way_in(
    open_context: OpenContext, complaints: Complaints, pair: Pair, alice: Person
) -> None:
    complaints.expect(BROKEN)
    alice.token = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOjd9.c2lnbmF0dXJl"
    page = (await ChatPage.open(open_context, alice)).page

    await expect(page.get_by_text("로그아웃되었어요.")).to_be_visible()
