"""A picture on its way through real servers: sent at one, got at the other, by members and not for long."""

import asyncio
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person
from tests.e2e.processes import POLL_S, WAIT_S, Process, migrate, running, serve
from tests.factories import ALICE, BOB, CHARLIE
from tests.servers import BucketServer

pytestmark = pytest.mark.e2e


def photograph() -> bytes:
    """With the place where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    taken = BytesIO()
    Image.effect_noise((640, 480), 50).convert("RGB").save(taken, "JPEG", exif=exif)
    return taken.getvalue()


async def send_picture(who: Person, http: httpx.AsyncClient, room_id: int) -> int:
    """The file's number; once it was checked."""
    picture = photograph()
    file = {"name": "노을.jpg", "size": len(picture), "type": "image/jpeg"}
    told = await who.submit(f"/room/{room_id}/file", file)
    upload, path = told["upload"], f"/room/{room_id}/file/{told['fileId']}"
    if upload["method"] == "PUT":
        sent = await http.put(who.home + upload["url"], content=picture)
    else:
        sent = await http.post(upload["url"], data=upload["fields"], files={"file": ("x", picture)})
    assert sent.is_success, sent.text
    await who.post(f"{path}/done")
    socket = await who.listen(room_id)
    await socket.say(room_id, "", attachments=[told["fileId"]])
    async with asyncio.timeout(WAIT_S):
        while (await who.get(path))["state"] != "ready":  # noqa: ASYNC110 - others may have told it before
            await asyncio.sleep(POLL_S)
    return int(told["fileId"])


@pytest.fixture(params=["folder", "bucket"])
def servers(request: pytest.FixtureRequest, pair: Pair, bucket_server: BucketServer) -> Any:
    """Where Alice is at home, and where Bob is."""
    if request.param == "folder":
        yield pair.first, pair.second
        return
    # and a database of its own: whoever finds a file there looks for it in their own store
    url = pair.database.create_database()
    env = pair.env | {"DATABASE_URL": url, "FILES_URL": bucket_server.make_bucket()}
    migrate(env)
    server = serve(pair.directory, env)
    with running(server):
        yield server, server
    pair.database.drop_database(url)


async def test_members_get_a_picture_until_it_is_deleted_and_strangers_never(
    servers: tuple[Process, Process], meet: Meet, http: httpx.AsyncClient, room_name: str
) -> None:
    alice, bob = meet(servers[0], ALICE, "Alice"), meet(servers[1], BOB, "Bob")
    charlie = meet(servers[0], CHARLIE, "Charlie")
    room_id = await alice.create_room(room_name)
    await bob.join(room_id)
    path = f"/room/{room_id}/file/{await send_picture(alice, http, room_id)}"

    file = await bob.get(path)
    picture = await http.get(httpx.URL(bob.home).join(file["url"]))
    small = await http.get(httpx.URL(bob.home).join(file["previews"]["320"]))
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.headers["content-disposition"] == "inline; filename*=utf-8''%EB%85%B8%EC%9D%84.jpg"
    assert not Image.open(BytesIO(picture.content)).getexif()
    assert (small.headers["content-type"], Image.open(BytesIO(small.content)).width) == ("image/webp", 320)
    assert await charlie.code("GET", path) == "E-AU002"
    assert (await bob.get(f"/room/{room_id}/files", kind="picture"))["files"] == [file]

    await alice.delete(f"/room/{room_id}/message/{file['seq']}")
    assert await bob.code("GET", path) == "E-FI001"
    if servers[0] is not servers[1]:  # a bucket knows nothing of messages: there the address ends by itself
        await until_nobody_gives(http, httpx.URL(bob.home).join(file["url"]))
    await bob.delete(f"/room/group/{room_id}/leave")
    assert await bob.code("GET", f"/room/{room_id}/files") == "E-AU002"


async def until_nobody_gives(http: httpx.AsyncClient, address: httpx.URL) -> None:
    async with asyncio.timeout(WAIT_S):
        while (await http.get(address)).status_code != 404:  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)
