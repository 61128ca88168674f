"""Finding what was said on the chat page, by keyboard and by mouse, and coming to its place."""

from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import Complaints, OpenContext
from tests.browser.looking import faults
from tests.e2e.people import Person

LONG = 250


async def test_alice_finds_what_was_said_long_ago_and_comes_back(
    open_context: OpenContext, complaints: Complaints, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    bobs = await bob.listen(room)
    await bobs.say(room, "상견례가 끝났어요 <b>https://example.com</b>")
    socket = await alice.connect()
    for number in range(LONG):
        await socket.post("chat", roomId=room, message=f"이야기 {number}")
    await socket.wait_for_answers(LONG)
    next_door = await alice.create_room(f"옆방 {room}")
    await socket.post("chat", roomId=next_door, message="상견례는 내일 해요")

    page = (alices := await ChatPage.open(open_context, alice, bypass_csp=True)).page
    await alices.enter(room_name)
    await page.get_by_role("button", name="이 방에서 검색").focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="메시지 검색")
    search = dialog.get_by_role("search")
    await expect(search.get_by_role("searchbox", name="찾을 말")).to_be_focused()
    await page.keyboard.type("ㅅㄱㄹ")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("status")).to_have_text("메시지 1개를 찾았어요.")
    found = dialog.get_by_role("list", name="검색 결과").get_by_role("button")
    await expect(found.locator("mark")).to_have_text("상견례")
    await expect(found).to_contain_text("<b>https://example.com</b>")
    await search.get_by_text("상세 조건").click()
    assert await faults(page) == []
    await search.get_by_label("쓴 사람").select_option("나")
    await expect(dialog.get_by_role("status")).to_have_text("찾은 메시지가 없어요.")
    await search.get_by_label("쓴 사람").select_option("누구나")
    await search.get_by_label("담긴 것").select_option("링크")
    await expect(found).to_have_count(1)

    await found.focus()
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.locator(".message.pointed")).to_contain_text("상견례가 끝났어요")
    await expect(page.locator(".message.pointed")).to_be_focused()
    await expect(alices.room_link(room_name)).to_contain_text(
        f"이야기 {LONG - 1}"
    )  # the newest, not the last one here
    await page.get_by_role("button", name="최신 메시지로").click()
    await expect(alices.sent(f"이야기 {LONG - 1}")).to_be_in_viewport()

    await page.get_by_role("button", name="메시지 검색").click()
    complaints.expect("400")
    field = search.get_by_role("searchbox", name="찾을 말")
    await field.evaluate("field => { field.removeAttribute('maxlength'); field.value = '말'.repeat(300); }")
    await page.keyboard.press("Enter")
    await expect(dialog.locator(".notice")).to_be_visible()
    await expect(dialog.locator("#search-count")).to_have_text("")  # nobody knows whether there is any
    await field.fill("상견례")
    await page.keyboard.press("Enter")
    await expect(found).to_have_count(2)
    await found.filter(has_text="옆방").click()
    await expect(page.get_by_role("heading", name=f"옆방 {room}")).to_be_visible()
    await expect(page.locator(".message", has_text="상견례는 내일 해요")).to_be_in_viewport()
