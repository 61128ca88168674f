"""The whole page of the guide, on a site of another origin than the chat server: allowed there, and not."""

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Complaints, OpenContext
from tests.browser.main_site import Site
from tests.e2e.conftest import Meet
from tests.e2e.people import Person
from tests.e2e.processes import PROJECT, Process

EXAMPLE = PROJECT / "docs/examples/chat.html"
NOVA = 83  # in no room
SERVER = "https://chat.example.com"


async def opened(open_context: OpenContext, address: str, person: Person) -> Page:
    """The page, where the person is signed in to the main site."""
    page = await (await open_context()).new_page()

    async def give_token(route: Route) -> None:
        await route.fulfill(json={"access": person.token})

    await page.route("**/api/chat-token", give_token)
    await page.goto(address)
    return page


async def test_the_page_of_the_guide_is_a_chat_and_says_where_it_may_not_be(
    open_context: OpenContext,
    complaints: Complaints,
    site: Site,
    chat_of_site: Process,
    meet: Meet,
    bob: Person,
    room: int,
    room_name: str,
) -> None:
    site.page["html"] = EXAMPLE.read_text().replace(SERVER, chat_of_site.address)
    listener, nova = await bob.listen(room), meet(chat_of_site, NOVA, "Nova")

    page = await opened(open_context, site.origin, nova)
    rooms, lines = page.locator("#rooms"), page.locator("#messages li")
    await expect(rooms).to_have_text("아직 참여한 채팅방이 없어요.")
    await nova.join(room)
    await page.get_by_role("button", name=room_name).click()
    await listener.say(room, "<b>안녕</b>")
    await expect(lines).to_have_text(["Bob: <b>안녕</b>"])
    await page.get_by_label("메시지").fill("반가워요")
    await page.get_by_label("메시지").press("Enter")
    await expect(lines.nth(1)).to_have_attribute("data-state", "sent")
    assert (await listener.hear("chat", message="반가워요"))["senderId"] == nova.member_id

    complaints.expect("the server responded with a status of 403")
    stranger = await opened(open_context, site.stranger, nova)
    await expect(stranger.get_by_role("status")).to_contain_text("ROUTE_FRONT")
