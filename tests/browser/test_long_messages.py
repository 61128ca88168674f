"""Long messages and long talks on the chat page: folded texts, and the day of what one scrolls through."""

from playwright.async_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.people import Person

PROGRAM = "\n".join(f"line_{number} = {number}" for number in range(40))
STORY = "\n".join(f"{number}번째 이야기예요" for number in range(30))


async def test_a_long_message_is_folded_until_all_of_it_is_wanted_and_copied_whole(
    open_context: OpenContext, alice: Person, room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice, permissions=["clipboard-read", "clipboard-write"])
    await alices.enter(room_name)
    for text in (f"```py\n{PROGRAM}\n```", "짧은 말", STORY):
        await alices.say(text)
    story = alices.page.locator(".message.sent").filter(has_text="0번째 이야기예요")
    await expect(story).to_have_count(1)
    await expect(alices.page.get_by_role("button", name="전체보기")).to_have_count(2)
    folded = await story.bounding_box()

    await story.get_by_role("button", name="전체보기").click()
    await expect(story.get_by_role("button", name="접기")).to_be_focused()
    whole = await story.bounding_box()
    assert folded is not None
    assert whole is not None
    assert whole["height"] > folded["height"] + 200
    assert whole["y"] == folded["y"]  # what one reads on from stays where it is
    await story.get_by_role("button", name="접기").click()
    await expect(alices.page.get_by_role("button", name="전체보기")).to_have_count(2)

    await alices.scroller.hover()
    await alices.page.mouse.wheel(0, -300)
    await expect(alices.page.locator("#floating-day")).to_have_text("오늘")
    await alices.page.get_by_role("button", name="코드 복사").click()
    await expect(alices.page.get_by_role("status").filter(has_text="복사했어요.")).to_be_visible()
    assert await alices.page.evaluate("navigator.clipboard.readText()") == PROGRAM
