"""A front-end of another origin that sends each call with `credentials: "include"`: the replaced server's does."""

from typing import Any

import pytest
from playwright.async_api import Error, Page

from chatproject.http.body_limit import BODY_MAX_BYTES
from tests.browser.conftest import Complaints, OpenContext
from tests.browser.main_site import Site
from tests.e2e.people import Person
from tests.e2e.processes import Process

CALL = """async ([url, method, headers, size]) => {
    const body = size ? "x".repeat(size) : undefined;
    const answer = await fetch(url, {method, headers, body, credentials: "include"});
    const said = answer.headers.get("content-type").includes("json") ? await answer.json() : await answer.text();
    return {status: answer.status, said, request: answer.headers.get("x-request-id")};
}"""


class FrontEnd:
    """A page that calls the chat server and sees what a browser lets it see."""

    def __init__(self, page: Page, server: Process) -> None:
        self.page, self.server = page, server

    async def call(self, method: str, path: str, headers: dict[str, str], *, size: int = 0) -> dict[str, Any]:
        """The answer; raises playwright's Error where the browser hides it."""
        url = f"{self.server.address}{path}"
        answer: dict[str, Any] = await self.page.evaluate(CALL, [url, method, headers, size])
        return answer


async def opened(open_context: OpenContext, server: Process, origin: str) -> FrontEnd:
    page = await (await open_context()).new_page()
    await page.goto(origin)
    return FrontEnd(page, server)


async def test_a_front_end_that_includes_credentials_reads_every_answer(
    open_context: OpenContext, site: Site, chat_of_site: Process, alice: Person, room: int
) -> None:
    front = await opened(open_context, chat_of_site, site.origin)

    mine = await front.call("GET", "/v1/chat/my/rooms", {"access": alice.token})
    bearer = {"authorization": f"Bearer {alice.token}", "content-type": "application/json"}
    marked = await front.call("POST", f"/v1/chat/room/{room}/read", bearer)

    assert mine["status"] == 200
    assert room in [found["roomId"] for found in mine["said"]["data"]]
    assert mine["request"]
    assert (marked["status"], marked["said"]["code"]) == (200, "S-001")
    assert (await front.call("GET", "/v1/healthz", {}))["said"] == "ok"


async def test_it_reads_refusals_too_whoever_makes_them(
    open_context: OpenContext,
    complaints: Complaints,
    site: Site,
    chat_of_site: Process,
    charlie: Person,
    room: int,
) -> None:
    complaints.expect("the server responded with a status of 4")
    front, token = await opened(open_context, chat_of_site, site.origin), {"access": charlie.token}
    leave = f"/v1/chat/room/group/{room}/leave"

    refusals = [
        await front.call("GET", "/v1/chat/my/rooms", {"access": "nonsense"}),
        await front.call("DELETE", leave, token),  # where one is not: the replaced server's answer to it
        await front.call("PUT", leave, token),
        await front.call("GET", "/v1/chat/nowhere", token),
        await front.call("POST", "/v1/chat/llm?roomId=1", token, size=BODY_MAX_BYTES + 1),
    ]

    assert [(refusal["status"], refusal["said"]["code"]) for refusal in refusals] == [
        (401, "E-AU001"),
        (404, "E-M001"),
        (405, "E-C005"),
        (404, "E-C006"),
        (413, "E-C002"),
    ]


REASON = """async ([url, token]) => {
    const { ChatClient } = await import(`${url}/static/chat/chat-client.js`);
    const client = new ChatClient({ url, token: () => token });
    const ended = new Promise((resolve) => client.on("state", (told) => told.state === "closed" && resolve(told)));
    client.connect();
    const { reason } = await ended;
    return [reason.kind, reason.error.code];
}"""


async def test_a_page_from_elsewhere_reads_nothing_but_that_it_may_not(
    open_context: OpenContext, complaints: Complaints, site: Site, chat_of_site: Process, alice: Person
) -> None:
    stranger = await opened(open_context, chat_of_site, site.stranger)

    with pytest.raises(Error, match="Failed to fetch"):
        await stranger.call("GET", "/v1/chat/my/rooms", {"access": alice.token})

    await complaints.wait_for("blocked by CORS policy")
    complaints.expect("net::ERR_FAILED")

    complaints.expect("the server responded with a status of 403")
    assert await stranger.page.evaluate(REASON, [chat_of_site.address, alice.token]) == ["origin", "E-AU003"]


SEND = """async ([url, token, roomId]) => {
    const { ChatClient } = await import(`${url}/static/chat/chat-client.js`);
    const client = new ChatClient({ url, token: () => token });
    const steps = [];
    client.connect();
    const room = client.room(roomId).subscribe();
    const file = new File(["끝"], "기록.txt", { type: "text/plain" });
    const sent = await room.sendFile(file, { onProgress: ({ state }) => steps.push(state) });
    const isReady = () => sent.attachments[0].state === "ready";
    await new Promise((resolve) => room.on("change", () => isReady() && resolve()));
    const [{ fileId }] = sent.attachments;
    const { url: address } = (await room.fileAddresses([fileId])).get(fileId);
    const said = await (await fetch(address)).text();
    client.close();
    return { said, last: steps.at(-1) };
}"""


async def test_the_javascript_client_sends_and_reads_files_there(
    open_context: OpenContext, site: Site, chat_of_site: Process, alice: Person, room: int
) -> None:
    front = await opened(open_context, chat_of_site, site.origin)

    sent = await front.page.evaluate(SEND, [chat_of_site.address, alice.token, room])

    assert sent == {"said": "끝", "last": "done"}
