"""A held message on the page: Bob sees that it waits, Alice, who manages the room, lets it go or says why not."""

from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.browser.looking import faults
from tests.e2e.people import Person


async def test_a_manager_looks_at_what_the_rooms_filter_holds(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice, bypass_csp=True)  # for axe-core
    bobs = await ChatPage.open(open_context, bob, bypass_csp=True)
    for page in (alices, bobs):
        await page.enter(room_name)
    await alices.page.locator("#room-more").click()
    await alices.page.get_by_role("button", name="이 방의 단어 필터").click()
    rules = alices.page.get_by_role("dialog", name="이 방의 단어 필터")
    for words, action in (("젠장", "hold"), ("멍청이", "block")):
        await rules.get_by_label("단어").fill(words)
        await rules.get_by_label("처리").select_option(action)
        await rules.get_by_role("button", name="추가").click()
        await expect(rules.get_by_role("listitem").first).to_contain_text(words)
    assert await faults(alices.page) == []
    await rules.get_by_role("button", name="닫기").click()

    for text in ("아, ㅈㅔㄴ장!", "젠♡장"):
        await bobs.say(text)
        await expect(bobs.message(text).locator(".foot")).to_contain_text("관리자가 먼저 확인해요")
    await bobs.say("멍.청.이")
    refused = bobs.page.locator(".message.failed")
    await expect(refused.locator(".foot")).to_contain_text("여기에서 쓸 수 없는 말이 들어 있어요")
    await refused.get_by_role("button", name="고쳐 쓰기").click()
    await expect(bobs.page.locator("#composer-text")).to_have_value("멍.청.이")
    await bobs.page.reload()
    await expect(bobs.page.locator(".message.held")).to_have_count(2)
    assert await faults(bobs.page) == []

    await alices.page.locator("#room-more").click()
    await alices.page.get_by_role("button", name="확인을 기다리는 메시지").click()
    waiting = alices.page.get_by_role("dialog", name="확인을 기다리는 메시지")
    await expect(waiting.get_by_role("listitem")).to_have_count(2)
    assert await faults(alices.page) == []
    await waiting.get_by_role("listitem").first.get_by_role("button", name="올리기").click()
    await expect(waiting.get_by_role("listitem")).to_have_count(1)
    await waiting.get_by_label("또는 올리지 않는 이유").fill("욕설이에요.")
    await waiting.get_by_role("button", name="거절").click()
    await expect(waiting.get_by_text("기다리는 메시지가 없어요.")).to_be_visible()

    await expect(alices.sent("아, ㅈㅔㄴ장!")).to_have_count(1)
    await expect(bobs.sent("아, ㅈㅔㄴ장!")).to_have_count(1)
    await expect(bobs.page.locator(".message.rejected .foot")).to_contain_text("올라가지 않았어요: 욕설이에요.")
    await expect(alices.message("젠♡장")).to_have_count(0)
