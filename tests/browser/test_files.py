"""Pictures and files on the page: from a device into the room, and there for everybody who may see them."""

import re
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import Complaints, OpenContext
from tests.browser.looking import faults
from tests.e2e.people import Person
from tests.e2e.processes import Process

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def picture(name: str, width: int = 800, height: int = 600) -> Any:
    into = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(into, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": into.getvalue()}


def text_file(name: str, text: str) -> Any:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


async def attach(page: Page, *files: Any) -> Locator:
    """Pick them; returns the rows of the tray."""
    await page.locator("#attach-input").set_input_files(list(files))
    return page.get_by_role("list", name="보낼 파일").get_by_role("listitem")


async def fingers(page: Page, *places: list[tuple[int, int]]) -> None:
    """Put them down at the first places, move them over the others, lift them."""
    session = await page.context.new_cdp_session(page)
    for step, place in enumerate([*places, []]):
        kind = "touchEnd" if not place else "touchMove" if step else "touchStart"
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(place)]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def show(pictures: Locator, count: int) -> None:
    """Wait until that many have been loaded."""
    await expect(pictures).to_have_count(count)
    for one in await pictures.all():
        await one.scroll_into_view_if_needed()
        await one.evaluate("(image) => image.decode()")


async def test_pictures_are_described_sent_and_looked_at_one_by_one(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice)
    bobs = await ChatPage.open(open_context, bob, bypass_csp=True, **PHONE)  # for axe-core
    for page in (alices, bobs):
        await page.enter(room_name)
    rows = await attach(alices.page, picture("바다.jpg"), picture("산.jpg", 300, 900), text_file("기록.log", "끝"))
    await expect(rows).to_have_count(3)
    await alices.page.get_by_label("바다.jpg 사진 설명").fill("노을 진 바다")
    await alices.say("주말 사진이에요")
    await expect(rows).to_have_count(0)
    await show(alices.sent("주말 사진이에요").locator(".picture:not(.checking) img"), 2)

    said = bobs.sent("주말 사진이에요")
    await show(said.locator(".picture:not(.checking) img"), 2)
    sea = said.get_by_role("button", name="노을 진 바다")
    assert await faults(bobs.page) == []
    await sea.click()
    viewer = bobs.page.get_by_role("dialog", name="Alice")
    await expect(viewer.get_by_role("img", name="노을 진 바다")).to_be_visible()
    assert await faults(bobs.page) == []
    shown = viewer.get_by_role("img")
    await bobs.page.keyboard.press("+")
    await expect(shown).to_have_attribute("style", "transform: translate(0px, 0px) scale(1.5);")
    await bobs.page.keyboard.press("ArrowRight")  # moves what is larger
    await expect(viewer.get_by_role("status")).to_have_text("2장 중 1번째")
    await bobs.page.keyboard.press("0")
    await fingers(bobs.page, [(170, 370), (190, 370)], [(150, 370), (210, 370)])
    await expect(shown).to_have_attribute("style", re.compile(r"scale\(3\)"))
    await bobs.page.keyboard.press("0")
    await fingers(bobs.page, [(300, 370)], [(150, 375)])  # to the next
    await expect(viewer.get_by_role("img", name="사진: 산.jpg")).to_be_visible()
    await bobs.page.keyboard.press("Escape")
    await expect(sea).to_be_focused()

    async with bobs.page.expect_download() as download:
        await said.get_by_role("button", name="기록.log 내려받기").click()
    assert (await (await download.value).path()).read_text() == "끝"
    await bobs.page.get_by_role("link", name="내 채팅방으로").click()
    await expect(bobs.room_link(room_name)).to_contain_text("Alice: 주말 사진이에요 · 사진·파일 3개")
    await bobs.enter(room_name)

    await alices.sent("주말 사진이에요").locator(".text").click(button="right")
    await alices.page.get_by_role("menuitem", name="사진 설명 쓰기").click()
    await alices.page.get_by_role("dialog").get_by_label("산.jpg").fill("눈 덮인 산")
    await alices.page.get_by_role("dialog").get_by_role("button", name="저장").click()
    await expect(said.get_by_role("button", name="눈 덮인 산")).to_be_visible()
    await sea.click()
    await (await alice.connect()).delete(room, 1)
    await expect(viewer).to_be_hidden()
    await expect(bobs.page.locator("#timeline .picture")).to_have_count(0)


async def test_what_is_pasted_dropped_or_picked_is_sent_when_there_is_a_connection(
    open_context: OpenContext, complaints: Complaints, alice: Person, room: int, room_name: str
) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    alices = await ChatPage.open(open_context, alice)
    await alices.enter(room_name)
    page = alices.page
    rows = await attach(page, text_file("그림.svg", "<svg/>"), text_file("빈.txt", ""))
    await expect(rows.nth(0)).to_contain_text("이 종류의 파일은 보낼 수 없어요.")
    await expect(rows.nth(1)).to_contain_text("빈 파일이에요.")
    for _refused in range(2):
        await rows.first.get_by_role("button", name="빼기").click()

    await page.context.set_offline(True)
    for come in ("paste", "dragenter", "drop"):
        await page.evaluate(COME, come)
        if come == "dragenter":
            await expect(page.get_by_text("여기에 놓으면 보낼 수 있어요")).to_be_visible()
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("연결되면 이어서 올려요…")
    await rows.last.get_by_role("button", name="빼기").click()
    await alices.say("늦게라도 보낼게요")
    await expect(page.get_by_text("다 올라가면 보내요.")).to_be_visible()
    await expect(alices.message("늦게라도 보낼게요")).to_have_count(0)
    await page.context.set_offline(False)

    said = alices.sent("늦게라도 보낼게요")
    await expect(said.locator(".file-row")).to_contain_text("paste.txt")
    await expect(said.get_by_role("button", name="paste.txt 내려받기")).to_have_count(1)
    await expect(page.locator(".message.sent")).to_have_count(1)


COME = """(type) => {
  const data = new DataTransfer();
  data.items.add(new File(["끝"], `${type}.txt`, { type: "text/plain" }));
  const options = { bubbles: true, cancelable: true };
  const paste = () => new ClipboardEvent(type, { ...options, clipboardData: data });
  const event = type === "paste" ? paste() : new DragEvent(type, { ...options, dataTransfer: data });
  document.querySelector("#composer-text").dispatchEvent(event);
}"""


# what becomes of the preview of a page with these addresses, whose title looks like markup
CARD = """async (addresses) => {
  const { linkCard } = await import("/static/chat/page/attachments.js");
  const cards = addresses.map((url) => linkCard({ preview: { url, title: "<b>제목</b>" } }));
  return cards.map((card) => card && [card.href, card.rel, card.textContent, card.querySelectorAll("b").length]);
}"""


# what is said of files that are being checked, in a message that stands so
CHECKED = """async (state) => {
  const { attachmentsOf } = await import("/static/chat/page/attachments.js");
  const file = { fileId: 1, state: "checking", size: 5, alt: "", reason: "", width: null, height: null };
  const [name, type] = ["바다.jpg", "image/jpeg"];
  const attachments = [{ ...file, name, type }, { ...file, name: "기록.log", type: "text/plain" }];
  return attachmentsOf({ attachments, state }).map(({ textContent }) => textContent);
}"""


async def test_what_is_being_checked_says_so_and_a_preview_leads_to_web_addresses_only(
    open_context: OpenContext, alice: Person, from_sources: Process
) -> None:
    alice.home = from_sources.address
    page = (await ChatPage.open(open_context, alice)).page
    odd = ["javascript:alert(1)", "data:text/html,x", "https://[", "no address"]
    assert await page.evaluate(CARD, odd) == [None] * 4
    assert await page.evaluate(CARD, ["https://a.example/b"]) == [
        ["https://a.example/b", "noopener noreferrer nofollow", "a.example<b>제목</b>", 0]
    ]
    assert await page.evaluate(CHECKED, "sent") == ["확인 중… 바다.jpg", "기록.log5 B · 확인 중…"]
    assert await page.evaluate(CHECKED, "failed") == ["바다.jpg", "기록.log5 B"]


async def test_what_is_refused_says_why_and_what_is_hidden_is_in_no_list(
    open_context: OpenContext, alice: Person, bob: Person, room: int, room_name: str
) -> None:
    alices = await ChatPage.open(open_context, alice, bypass_csp=True)  # for axe-core
    bobs = await ChatPage.open(open_context, bob)
    for page in (alices, bobs):
        await page.enter(room_name)
    lie = {**picture("거짓.jpg"), "buffer": b"<html><script>alert(1)</script>"}
    await attach(bobs.page, picture("참.jpg"), lie)
    await bobs.say("보세요")
    said = alices.sent("보세요")
    await expect(said.locator(".file-row.refused")).to_contain_text("볼 수 없어요: 이름과 내용이 달라요.")
    await show(said.locator(".picture:not(.checking) img"), 1)
    await expect(said.get_by_role("button", name="거짓.jpg")).to_have_count(0)

    await alices.page.locator("#room-more").click()
    await alices.page.get_by_role("button", name="사진과 파일").click()
    listed = alices.page.get_by_role("dialog", name="이 방의 사진과 파일")
    await show(listed.get_by_role("button", name="사진: 참.jpg").locator("img"), 1)
    assert await faults(alices.page) == []
    socket = await alice.connect()
    await socket.send({"type": "hide", "roomId": room, "seq": 1, "on": True, "reason": "광고예요."})
    await expect(listed.get_by_text("아직 보낸 것이 없어요.")).to_be_visible()
    await alices.page.keyboard.press("Escape")
    await expect(bobs.page.locator("#timeline .picture")).to_have_count(0)

    await alices.page.get_by_role("button", name="보기", exact=True).click()
    await show(alices.page.locator(".message .picture img"), 1)
