"""What the servers write down. (Every server of these tests is looked at in the same way when it ends.)"""

import httpx
import pytest

from tests.e2e.conftest import Meet, Pair
from tests.e2e.processes import running, serve
from tests.e2e.secrecy import MODEL_KEY, assert_keeps_secrets, faults_in, keep_secret, make_token
from tests.factories import ALICE, CHARLIE

pytestmark = pytest.mark.e2e

NULL_BYTE_PATH = "/v1/chat/history/%00"


async def test_a_log_tells_what_happened_and_keeps_every_secret(
    pair: Pair, meet: Meet, http: httpx.AsyncClient, room_name: str
) -> None:
    server = serve(pair.directory, pair.env)
    with running(server):
        alice, charlie = meet(server, ALICE, "Alice"), meet(server, CHARLIE, "Charlie")
        room = await alice.create_room(room_name)
        hers, old = await alice.listen(room), await alice.connect_v1(room)
        await hers.say(room, "this stays between us")
        await old.send({"type": "chat", "roomId": room, "message": "this too, old app"})
        await hers.hear("chat", message="this too, old app")
        for text in ('{"type":"chat","message":"a broken frame"', '{"type":"a most secret type"}'):
            keep_secret("a broken frame")
            keep_secret("a most secret type")
            await hers.send(text)
            await old.send(text)
        await alice.post("/llm", roomId=room)
        await alice.knock(token=make_token(ALICE, category="refresh"))
        for url in (f"/v1/chat/my/rooms?access={alice.token}", f"/{alice.token}", NULL_BYTE_PATH):
            await http.get(server.address + url, headers={"access": charlie.token})
        await hers.catch_up()

    log = server.read_log()
    assert_keeps_secrets(log)
    assert "POST /v1/chat/room/group/create 200" in log
    assert "a v1 frame was dropped: E-C001" in log


def test_looking_at_a_log_finds_what_must_not_be_there() -> None:
    token = make_token(ALICE)
    for line in (f"?access={token}", MODEL_KEY, "eyJhbGciOiJub25lIn0"):
        with pytest.raises(AssertionError):
            assert_keeps_secrets(f"INFO {line}")
    assert faults_in('{"event": "a view failed", "logger": "x", "level": "error"}')
    assert not faults_in('{"event": "Bad Gateway: /", "logger": "django.request", "level": "error"}')
