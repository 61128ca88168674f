"""The chat page as one person uses it: what is on it, by role and name, in Korean."""

import re
from typing import Any

from playwright.async_api import Locator, Page

from tests.browser.conftest import OpenContext
from tests.e2e.people import Person
from tests.e2e.secrecy import keep_secret


class ChatPage:
    """A window of somebody's browser on the page that their server serves."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.rooms = page.get_by_role("navigation", name="내 채팅방")
        self.field = page.get_by_role("textbox", name="메시지", exact=True)
        self.send = page.get_by_role("button", name="보내기", exact=True)
        self.scroller = page.get_by_role("log", name=re.compile("메시지 목록"))
        self.connection = page.locator("#connection")

    @classmethod
    async def open(cls, open_context: OpenContext, person: Person, **options: Any) -> "ChatPage":
        """Somebody opens the page, signed in on the main site."""
        context = await open_context(person, is_plain=True, **options)
        chat = cls(await context.new_page(), person.home)
        await chat.page.goto(person.home)
        return chat

    def room_link(self, name: str) -> Locator:
        called = re.compile(f"^{re.escape(name)}$")  # whole: the time that follows may begin with a digit
        return self.rooms.get_by_role("link").filter(has=self.page.locator("strong", has_text=called))

    async def enter(self, name: str) -> None:
        await self.room_link(name).click()
        await self.page.get_by_role("heading", name=name).wait_for()

    async def say(self, text: str) -> None:
        keep_secret(text)
        await self.field.fill(text)
        await self.field.press("Enter")

    def message(self, text: str) -> Locator:
        """The messages that say exactly this, sent or not."""
        return self.page.locator(".message").filter(
            has=self.page.locator(".text").get_by_text(text, exact=True),
        )

    def sent(self, text: str) -> Locator:
        """Those of them that are stored."""
        return self.page.locator(".message.sent").filter(has=self.page.get_by_text(text, exact=True))

    async def texts(self) -> list[str]:
        return await self.page.locator(".message .text").all_inner_texts()
