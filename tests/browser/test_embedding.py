"""The chat page inside a page of the main site, which hands it the member's token."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Complaints, OpenContext
from tests.browser.main_site import Site
from tests.e2e.people import Person
from tests.e2e.processes import Process

PAGE = """<!doctype html><title>site</title><link rel="icon" href="data:,"><script>
addEventListener("message", ({data, source, origin}) => {
    if (data.type === "chat:token") source.postMessage({type: "chat:token", access: "TOKEN"}, origin);
});
</script><iframe src="CHAT" style="width: 1000px; height: 700px"></iframe>"""


def embedding(chat: str, token: str) -> str:
    """A page with a frame for the chat, and the token for it."""
    return PAGE.replace("TOKEN", token).replace("CHAT", chat)


async def visit(open_context: OpenContext, address: str) -> Page:
    page = await (await open_context()).new_page()
    await page.goto(address)
    return page


async def test_the_embedding_page_hands_over_the_token(
    open_context: OpenContext, site: Site, chat_of_site: Process, alice: Person, room: int, room_name: str
) -> None:
    site.page["html"] = embedding(f"{chat_of_site.address}/", alice.token)
    chat = (await visit(open_context, site.origin)).frame_locator("iframe")
    await chat.get_by_role("link").filter(has_text=room_name).click()
    await chat.get_by_role("textbox", name="메시지", exact=True).fill("틀 안에서 인사해요")
    await chat.get_by_role("button", name="보내기", exact=True).click()

    await expect(chat.locator(".message.sent")).to_contain_text("틀 안에서 인사해요")


async def test_no_other_page_may_embed_it(
    open_context: OpenContext, complaints: Complaints, site: Site, chat_of_site: Process, alice: Person
) -> None:
    site.page["html"] = embedding(f"{chat_of_site.address}/", alice.token)
    page = await visit(open_context, site.stranger)

    await complaints.wait_for("frame-ancestors")
    await expect(page.frame_locator("iframe").locator("#chat")).to_have_count(0)
