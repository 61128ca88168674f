"""The admin in a real browser: staff sign in at a production server. And no page may complain unheard."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Complaints, OpenContext
from tests.e2e.pair import Pair
from tests.e2e.processes import manage
from tests.e2e.secrecy import keep_secret


async def signed_in(pair: Pair, open_context: OpenContext, username: str) -> Page:
    """The admin's first page, as a new member of staff sees it."""
    password = "staff-knows-this-password"
    keep_secret(password)
    manage(
        pair.env | {"DJANGO_SUPERUSER_PASSWORD": password},
        *("createsuperuser", "--no-input", f"--username={username}", "--email=staff@example.com"),
    )
    page = await (await open_context(locale="en-US")).new_page()

    await page.goto(f"{pair.first.address}/admin/")
    await page.get_by_label("Username").fill(username)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Log in").click()

    await expect(page.get_by_role("link", name="Rooms", exact=True).first).to_be_visible()
    return page


async def test_staff_sign_in_and_see_the_rooms(
    pair: Pair, open_context: OpenContext, complaints: Complaints
) -> None:
    complaints.expect(r"/favicon\.ico")  # which the admin lacks
    await signed_in(pair, open_context, "staff")


async def test_the_rules_of_the_admins_pages_stop_nothing_that_they_need(
    pair: Pair, open_context: OpenContext, complaints: Complaints, room: int, room_name: str
) -> None:
    complaints.expect(r"/favicon\.ico")
    page = await signed_in(pair, open_context, "designer")
    admin = f"{pair.first.address}/admin"

    await page.goto(f"{admin}/assistant/assistantrun/")
    await expect(page.locator("svg rect").first).to_be_visible()

    await page.goto(f"{admin}/assistant/roomsettings/add/")  # a list that asks the server as one types
    await page.locator(".select2-selection").click()
    await page.locator(".select2-search__field").fill(room_name)
    await page.get_by_role("option", name=room_name).click()
    await expect(page.locator(".select2-selection__rendered")).to_contain_text(room_name)

    await page.goto(f"{admin}/rooms/room/{room}/change/")
    await page.locator(".add-row a").click()
    await expect(page.locator(".select2-selection").first).to_be_visible()

    await page.goto(f"{admin}/auth/user/")
    await page.get_by_role("link", name="designer", exact=True).first.click()
    await page.locator("#calendarlink0").click()
    await page.locator("#calendarin0 td a", has_text="15").first.click()
    await expect(page.locator("#id_last_login_0")).to_have_value(re.compile("15"))
    await page.locator("#clocklink0").click()
    await page.locator("#clockbox0").get_by_text("Midnight").click()
    await expect(page.locator("#id_user_permissions_from")).to_be_visible()
    async with page.expect_popup() as opened:
        await page.locator("#add_id_groups").click()
    popup = await opened.value
    await popup.get_by_label("Name:").fill(f"friends of {room_name}")
    await popup.get_by_role("button", name="Save").click()
    await expect(page.locator("#id_groups_to")).to_contain_text(f"friends of {room_name}")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator(".messagelist .success")).to_be_visible()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("console.error('out of order')", "out of order"),
        ("setTimeout(() => { throw new Error('nobody caught it') })", "nobody caught it"),
        ("fetch('https://elsewhere.invalid/pixel').catch(() => null)", "asks another machine"),
        (
            """
            const policy = document.createElement("meta");
            policy.httpEquiv = "Content-Security-Policy";
            policy.content = "script-src 'self'";
            document.head.append(policy);
            const script = document.createElement("script");
            script.text = "1";
            document.head.append(script);
            """,
            "Content Security Policy",
        ),
    ],
    ids=["an error", "an exception", "a third party", "inline code"],
)
async def test_no_complaint_of_a_page_goes_unheard(
    pair: Pair, open_context: OpenContext, complaints: Complaints, script: str, words: str
) -> None:
    complaints.expect(r"/favicon\.ico|/pixel")  # which is not there, and what we ask for below
    page = await (await open_context()).new_page()
    await page.goto(f"{pair.first.address}/v1/healthz")  # no rules of its own forbid it

    await page.evaluate(f"async () => {{ {script} }}")

    await complaints.wait_for(words)
