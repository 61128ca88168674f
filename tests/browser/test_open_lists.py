"""Lists of messages that are open on the page while others delete what they quote, and short words on top."""

from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.browser.slowness import SlowAnswer
from tests.e2e.people import Person

SECRET = "@Alice 아무도 몰라야 할 말"


async def test_what_is_deleted_leaves_the_lists_that_are_open(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    socket = await bob.listen(room)
    for _ in range(2):
        await socket.say(room, SECRET, mentions=[alice.member_id])
    await (await alice.connect()).pin(room, 1)
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)
    page = alices.page
    await page.get_by_role("button", name="이 방에 대해").click()
    await page.get_by_role("button", name="모든 공지").click()
    notices = page.get_by_role("dialog", name="이 방의 공지들").get_by_role("listitem")
    await expect(notices).to_contain_text(SECRET)
    await socket.delete(room, 1)
    await expect(notices).to_contain_text("삭제된 메시지예요.")
    await expect(notices.get_by_role("button")).to_have_count(0)
    await page.keyboard.press("Escape")

    answer = await SlowAnswer.to(page, "**/my/mentions*")
    await page.get_by_role("button", name="나를 언급한 메시지").click()
    await answer.is_asked_for()
    await socket.delete(room, 2)
    await expect(page.locator(".message.deleted")).to_have_count(2)
    await answer.arrives()  # read before
    await expect(page.locator("#mentions-none")).to_be_visible()
    assert "아무도 몰라야" not in await page.content()


async def test_what_is_told_on_top_waits_for_who_is_at_it(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    page = await (await open_context(alice)).new_page()
    alices = ChatPage(page, alice.home)
    await page.clock.install()
    await page.goto(alice.home)
    await expect(alices.room_link(room_name)).to_be_visible()
    socket = await bob.connect()
    await socket.say(room, "먼저 한마디")
    await expect(alices.room_link(room_name)).to_contain_text("먼저 한마디")  # she listens
    await socket.say(room, "여기 좀 보세요")
    toast = page.locator(".toast").filter(has_text="여기 좀 보세요")
    await toast.focus()
    await page.clock.run_for(7_000)
    await expect(toast).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(alices.sent("여기 좀 보세요")).to_be_focused()
