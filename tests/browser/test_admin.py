"""The admin in a real browser: staff sign in at a production server. And no page may complain unheard."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Complaints, OpenContext
from tests.e2e.pair import Pair
from tests.e2e.processes import manage
from tests.e2e.secrecy import keep_secret


async def test_staff_sign_in_and_see_the_rooms(
    pair: Pair, open_context: OpenContext, complaints: Complaints
) -> None:
    complaints.expect(r"/favicon\.ico")  # which the admin lacks
    password = "staff-knows-this-password"
    keep_secret(password)
    manage(
        pair.env | {"DJANGO_SUPERUSER_PASSWORD": password},
        *("createsuperuser", "--no-input", "--username=staff", "--email=staff@example.com"),
    )
    page = await (await open_context(locale="en-US")).new_page()

    await page.goto(f"{pair.first.address}/admin/")
    await page.get_by_label("Username").fill("staff")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Log in").click()

    await expect(page.get_by_role("link", name="Rooms", exact=True).first).to_be_visible()


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
    complaints.expect(r"/favicon\.ico|/pixel")  # of the admin, and of what we ask for below
    page = await (await open_context()).new_page()
    await page.goto(f"{pair.first.address}/admin/")

    await page.evaluate(f"async () => {{ {script} }}")

    await complaints.wait_for(words)
