"""Notifications as members choose them: a sound, the browser's own, and those while the page is closed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from playwright.async_api import BrowserContext, Error, Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import OpenContext
from tests.e2e.pair import Pair
from tests.e2e.people import Person
from tests.e2e.processes import WAIT_S, running, serve
from tests.messaging.push.browsers import PUSH

# no push service of a browser's maker can be reached from here: this one is the browser's side of it
SUBSCRIBE = """() => {
    let kept = null;
    const written = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
        .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    PushManager.prototype.getSubscription = async () => kept;
    PushManager.prototype.subscribe = async (options) => {
        const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
        const p256dh = written(await crypto.subtle.exportKey("raw", pair.publicKey));
        const keys = { p256dh, auth: written(crypto.getRandomValues(new Uint8Array(16))) };
        window.subscribedWith = written(options.applicationServerKey);
        kept = {
            options,
            unsubscribe: async () => { kept = null; },
            toJSON: () => ({ endpoint: "https://updates.example/wpush/bob", expirationTime: null, keys }),
        };
        return kept;
    };
    window.Notification = class {
        static permission = "granted";
        static requestPermission = async () => "granted";
    };
    window.tones = 0;
    const make = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () {
        window.tones += 1;
        return make.call(this);
    };
}"""
# this browser allows no notification, and without a desktop ends a worker that sets the number at the icon
KEEP = """() => {
    let badge = null;
    Object.defineProperty(self.navigator, "setAppBadge", { value: async (count) => { badge = count; } });
    self.isShown = new Promise((resolve) => {
        self.registration.showNotification = async (title, { body, tag, data }) => {
            resolve({ title, body, tag, badge, ...data });
        };
    });
}"""
PRESS = """(data) => self.dispatchEvent(Object.assign(
    new Event("notificationclick"), { notification: { data, close() {} }, waitUntil() {} }
))"""


async def in_worker(context: BrowserContext, script: str, argument: Any = None) -> Any:
    """The service worker may be put to sleep, and be another one when it wakes."""
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                return await context.service_workers[-1].evaluate(script, argument)
            except Error:
                await asyncio.sleep(0.05)


@pytest_asyncio.fixture(loop_scope="session")
async def home(pair: Pair) -> AsyncIterator[str]:
    """A server whose operator set the keys."""
    keys = {"VAPID_PRIVATE_KEY": PUSH.private_key, "VAPID_SUBJECT": PUSH.subject}
    server = serve(pair.directory, pair.env | keys)
    with running(server):
        yield server.address


async def deliver(page: Page, home: str, said: dict[str, Any]) -> dict[str, Any]:
    """As the browser does when its push service has something for the page at `home`. Returns what is shown."""
    session = await page.context.new_cdp_session(page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if not found.done():
                found.set_result(one["registrationId"])

    session.on("ServiceWorker.workerRegistrationUpdated", hear)
    await session.send("ServiceWorker.enable")
    number = await asyncio.wait_for(found, WAIT_S)
    await session.send("ServiceWorker.startWorker", {"scopeURL": f"{home}/"})
    await in_worker(page.context, KEEP)
    message = {"origin": home, "registrationId": number, "data": json.dumps(said)}
    await session.send("ServiceWorker.deliverPushMessage", message)
    shown: dict[str, Any] = await in_worker(page.context, "() => self.isShown")
    return shown


async def test_bob_wants_a_sound_and_to_be_told_while_the_page_is_closed(
    home: str, open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    context = await open_context(bob, service_workers="allow")
    await context.add_init_script(f"({SUBSCRIBE})()")
    page = await context.new_page()
    await page.goto(home)
    await page.evaluate("(access) => localStorage.setItem('accessToken', access)", bob.token)
    await page.reload()
    chat = ChatPage(page, home)
    await expect(chat.room_link(room_name)).to_be_visible()
    await page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")

    await page.get_by_role("button", name="내 설정").click()
    await page.get_by_role("button", name="알림과 키워드").click()
    await page.get_by_role("switch", name="짧은 소리").check()
    await page.wait_for_function("() => window.tones === 2")
    await page.get_by_role("switch", name="페이지를 닫아도 알림 받기").check()
    await page.wait_for_function("(key) => window.subscribedWith === key", arg=PUSH.public_key)
    await page.wait_for_function("() => localStorage.getItem('chatPush') !== null")
    await page.keyboard.press("Escape")

    await (await alice.connect()).say(room, "들리나요?")  # rings; it is told on the page
    await page.wait_for_function("() => window.tones === 4")
    await expect(page.locator(".toast")).to_contain_text("들리나요?")

    told = {"memberId": bob.member_id, "roomId": room, "seq": 1}
    said = told | {"title": room_name, "body": "새 메시지", "unread": 1, "language": "ko"}
    away = await context.new_page()
    await away.goto(f"{home}/v1/healthz")
    await page.goto("about:blank")
    tag = f"chat {bob.member_id} {room}"
    shown = told | {"title": room_name, "body": "새 메시지", "tag": tag, "badge": 1}
    assert await deliver(away, home, said) == shown

    await page.goto(home)
    await expect(chat.room_link(room_name)).to_be_visible()
    await in_worker(context, PRESS, told)
    await expect(page.get_by_role("heading", name=room_name)).to_be_visible()

    await page.get_by_role("button", name="이 방에 대해").click()
    await page.get_by_role("radio", name="아무것도 안 받음").check()
    await expect(page.locator("#room-state")).to_contain_text("조용한 채팅방")
