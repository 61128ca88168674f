"""Members use what runs, through nginx: the page, a room, messages over both servers, a picture, the search."""

import asyncio
import io
import re
import time

import httpx
import jwt
from PIL import Image as Picture

from docs.examples.chat_client import ChatClient

ALICE, BOB = 7, 3


def token_of(member_id: int, nickname: str, *, secret: str) -> str:
    claims = {
        "category": "access",
        "userId": member_id,
        "role": "USER",
        "nickname": nickname,
        "exp": time.time() + 600,
    }
    return jwt.encode(claims, secret, algorithm="HS256")


def look_at_the_page(address: str) -> None:
    page = httpx.get(address)
    assert page.status_code == 200, page.text
    scripts = re.findall(r'src="(/static/[^"]+\.js)"', page.text)
    assert scripts, page.text
    script = httpx.get(address + scripts[0])
    assert "immutable" in script.headers["cache-control"]
    assert httpx.get(f"{address}/admin/login/").status_code == 404  # nginx keeps it shut


async def talk(address: str, *, secret: str) -> None:
    """Alice makes a room, Bob comes in, each by a client of their own; nginx spreads them over both servers."""
    said = "첫 배포 고민이 끝났어요"
    async with (
        ChatClient(address, token=lambda _fresh: token_of(ALICE, "하늘", secret=secret)) as alice,
        ChatClient(address, token=lambda _fresh: token_of(BOB, "바다", secret=secret)) as bob,
    ):
        made = await alice.call(
            "POST", "/room/group/create", query={"roomName": f"배포 {time.time_ns() % 1_000_000}"}
        )
        room_id = made["roomId"]
        await bob.call("POST", f"/room/group/{room_id}/join")
        await alice.room(room_id).subscribe().ready()
        heard = bob.events()
        await bob.room(room_id).subscribe().ready()
        file_id = await _send_a_picture(alice, room_id)
        await alice.room(room_id).send(said, attachments=[file_id])
        async for event in heard:
            if event.type == "message" and event.data["message"] == said:
                break
        await _wait_for_the_picture(bob, room_id, file_id)
        found = await bob.call("GET", "/search", query={"q": "배포", "roomId": room_id})
        assert [message["message"] for message in found["messages"]] == [said]


async def _send_a_picture(client: ChatClient, room_id: int) -> int:
    picture = io.BytesIO()
    Picture.new("RGB", (64, 48), "orange").save(picture, "JPEG")
    announced = {"name": "노을.jpg", "type": "image/jpeg", "size": len(picture.getvalue())}
    told = await client.call("POST", f"/room/{room_id}/file", body=announced)
    async with httpx.AsyncClient() as browser:
        put = await browser.put(str(httpx.URL(client.url).join(told["upload"]["url"])), content=picture.getvalue())
    assert put.status_code == 200, put.text
    return int(told["fileId"])


async def _wait_for_the_picture(client: ChatClient, room_id: int, file_id: int) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient() as browser:
        path = f"/room/{room_id}/file/{file_id}"
        while (file := await client.call("GET", path))["state"] == "checking":  # noqa: ASYNC110 - as who has no socket
            await asyncio.sleep(0.1)
        assert file["state"] == "ready", file
        got = await browser.get(str(httpx.URL(client.url).join(file["url"])))
    assert got.headers["content-type"] == "image/jpeg"
