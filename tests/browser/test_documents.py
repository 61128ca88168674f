"""The contracts as pages in a browser: their Content-Security-Policy stops nothing that they need."""

from playwright.async_api import expect

from tests.browser.conftest import Complaints, OpenContext
from tests.e2e.pair import Pair


async def test_swagger_ui_draws_itself_and_asks_this_server(
    open_context: OpenContext, complaints: Complaints, pair: Pair
) -> None:
    complaints.expect("401")  # who asks without a token
    page = await (await open_context()).new_page()
    await page.goto(f"{pair.first.address}/v1/docs")
    await page.get_by_role("button", name="/v1/chat/my/rooms").first.click()
    await page.get_by_role("button", name="Try it out").click()
    await page.get_by_role("button", name="Execute").click()

    await expect(page.locator(".live-responses-table tbody .response-col_status")).to_contain_text("401")


async def test_the_protocols_page_is_drawn(open_context: OpenContext, pair: Pair) -> None:
    page = await (await open_context()).new_page()
    await page.goto(f"{pair.first.address}/v2/docs")

    await expect(page.get_by_role("heading", name="subscribed", exact=True)).to_be_visible()
