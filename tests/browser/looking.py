"""What is wrong with the page for who sees little, by axe-core, or points with a finger, by the size of things."""

from collections.abc import Iterable

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

# what stands over what, by the ids of what one presses: every dialog of the page
ON_THE_LIST = (
    ["find-open"],
    ["mentions-open"],
    ["search-all"],
    ["me-open"],
    *(
        ["me-open", opener]
        for opener in (
            "notifications-open",
            "my-sanctions-open",
            "my-reports-open",
            "blocked-open",
            "my-data-open",
        )
    ),
)
IN_THE_ROOM = (
    ["search-here"],
    ["room-members"],
    ["room-members", "members-list li:nth-child(2) .member"],
    ["room-members", "members-list li:nth-child(2) .member", "member-report"],
    ["room-members", "members-list li:nth-child(2) .member", "member-mute"],
    ["room-more"],
    *(
        ["room-more", f"about-{way}"]
        for way in (
            "invite",
            "files",
            "notices",
            "assistant",
            "rules",
            "held",
            "filter",
            "cases",
            "sanctions",
            "report",
        )
    ),
    ["room-more", "leave"],
)
BEYOND_SERIOUS = {"label-content-name-mismatch": {"enabled": True}}  # names are what is read on the screen
SHOWN_ON_ITS_OWN = {"region": {"enabled": False}}  # axe counts a modal dialog as outside of all landmarks
TOO_SMALL = """() => [...document.querySelectorAll("button, a[href], input, select, summary, [role=option]")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .filter((one) => !one.closest(".visually-hidden, .skip, .message"))
  .filter((one) => !document.querySelector("dialog[open]") || one.closest("dialog[open]"))
  .filter((one) => getComputedStyle(one, "::after").content === "none")  // it reaches beyond what is seen
  .map((one) => [one, one.matches("[type=checkbox], [type=radio]") && one.closest("label") || one])
  .map(([one, pressed]) => [one, pressed.getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < 43.5)
  .map(([one, { width, height }]) => `${one.id || one.className || one.textContent}: ${width} x ${height}`)"""


async def faults(page: Page, *, is_dialog: bool = False) -> list[str]:
    """What axe-core finds on the page as it is; in the dark only what colours are about."""
    rules = BEYOND_SERIOUS | (SHOWN_ON_ITS_OWN if is_dialog else {})
    found = await Axe().run(page, options={"resultTypes": ["violations"], "rules": rules, "preload": False})
    await page.emulate_media(color_scheme="dark")
    dark = {"resultTypes": ["violations"], "runOnly": ["color-contrast"], "preload": False}
    in_the_dark = await page.evaluate("(options) => axe.run(document, options)", dark)
    await page.emulate_media(color_scheme="light")
    return [
        f"{violation['id']}: {[node['html'][:120] for node in violation['nodes']]}"
        for violation in [*found.response["violations"], *in_the_dark["violations"]]
    ]


async def walk(page: Page, ways: Iterable[list[str]], *, small: bool = False) -> list[str]:
    """The faults of each dialog, and, where `small` is asked for, what is smaller than a finger."""
    heard = []
    for way in ways:
        for opener in way:
            await page.locator(f"#{opener}").click()
        await expect(page.locator("dialog[open]").last).to_be_visible()
        await expect(page.locator("dialog[open] button").first).to_be_visible()
        found = await page.evaluate(TOO_SMALL) if small else await faults(page, is_dialog=True)
        heard += [f"{way}: {fault}" for fault in found]
        for _ in range(await page.locator("dialog[open]").count()):
            await page.keyboard.press("Escape")
        await expect(page.locator("dialog[open]")).to_have_count(0)
    return heard
