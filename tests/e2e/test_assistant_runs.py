"""An answer's life over real processes: called, watched, stopped, and what is left when its process dies."""

import asyncio
from typing import Any

import pytest

from assistant.room.leases import HEARTBEAT_INTERVAL_S
from assistant.room.runs import LEASE
from tests.e2e.client import Socket
from tests.e2e.conftest import Meet, Pair, Play, UntilModel
from tests.e2e.people import Person
from tests.e2e.processes import running, serve
from tests.e2e.secrecy import make_token
from tests.factories import ALICE, BOB, CHARLIE

pytestmark = pytest.mark.e2e

CUT_SHORT = "…"


def read_aloud(socket: Socket) -> str:
    """What a client shows of the newest answer."""
    text = ""
    for frame in socket.all_heard("assistant"):
        if frame["state"] == "thinking":
            text = ""
        elif frame["state"] == "writing":
            assert frame["offset"] <= len(text), "a hole"
            text = text[: frame["offset"]] + frame["text"]
    return text


async def ask(socket: Socket, room: int, question: str = "긴장돼요, 어떻게 하죠?") -> dict[str, Any]:
    """Have it answered; the first thing that is shown of that."""
    assert (await socket.ask("ask", roomId=room, message=question))["type"] == "ack"
    return await socket.hear("assistant", state="thinking")


# --- called


@pytest.mark.parametrize("protocol", ["v1", "v2"])
async def test_a_mention_and_a_reply_call_it_over_both_protocols(
    alice: Person, bob: Person, room: int, protocol: str
) -> None:
    his = await bob.listen(room)
    hers = await (alice.connect_v1(room) if protocol == "v1" else alice.connect())

    async def say(message: str) -> None:
        await hers.send({"type": "chat", "roomId": room, "senderId": BOB, "message": message})

    await say("그냥 하는 말이에요")
    await say("@도우미야, 처음 출근하는데 긴장돼요")
    answer = await his.hear("chat", kind="assistant")
    await his.hear("assistant", state="done")
    assert (answer["replyTo"], answer["seq"]) == (2, 3)
    await say("mail@도우미.kr 은 주소예요")
    await his.hear("chat", seq=4)  # or his own message might come before it
    await his.say(room, "고마워요, 하나만 더요", replyTo=answer["seq"])
    assert (await his.hear("chat", kind="assistant"))["replyTo"] == 5


async def test_whoever_calls_while_it_answers_is_told_after_the_ack_and_nobody_else_is(
    play: Play, alice: Person, bob: Person, room: int
) -> None:
    await play("hang-midway")
    hers, his = await alice.listen(room), await bob.listen(room)
    run_id = (await ask(hers, room))["runId"]
    frame_id = await his.post("chat", roomId=room, message="@도우미 저도 궁금해요")
    ack, refusal = await his.reply(frame_id), await his.reply(frame_id)

    assert (ack["type"], refusal["type"]) == ("ack", "error")
    assert (refusal["code"], refusal["roomId"]) == ("E-C004", room)
    await hers.ask("stop", roomId=room, runId=run_id)
    await hers.hear("assistant", state="stopped")
    assert [answer["type"] for answer in hers.answers if answer["type"] == "error"] == []


# --- watched


async def test_who_comes_in_the_middle_sees_the_whole_on_both_servers(
    play: Play, alice: Person, bob: Person, room: int
) -> None:
    await play("hang-midway")
    hers, his = await alice.listen(room), await bob.listen(room)
    run_id = (await ask(hers, room))["runId"]
    for early in (hers, his):
        await early.hear("assistant", state="writing")
    for person in (alice, bob):
        late = await person.listen(room)
        shown = await late.hear("assistant")
        await hers.catch_up()
        assert (shown["state"], shown["offset"], shown["runId"]) == ("writing", 0, run_id)
        assert shown["askedBy"] == ALICE
        assert read_aloud(hers).startswith(shown["text"])
    assert (await hers.ask("stop", roomId=room, runId=run_id))["type"] == "ok"
    await hers.hear("assistant", state="stopped")


async def test_a_stranger_sees_nothing_of_an_answer(play: Play, alice: Person, charlie: Person, room: int) -> None:
    await play("hang-midway")
    hers, his = await alice.listen(room), await charlie.connect()
    run_id = (await ask(hers, room))["runId"]
    for _ in range(10):
        assert await his.refusal("subscribe", roomId=room) == "E-AU002"
        assert await his.refusal("stop", roomId=room, runId=run_id) == "E-AU002"
    assert his.all_heard("assistant") == []
    await hers.ask("stop", roomId=room, runId=run_id)
    await hers.hear("assistant", state="stopped")


# --- stopped


@pytest.mark.parametrize("case", [("hang", False), ("hang-midway", True)], ids=lambda case: case[0])
async def test_stop_works_from_the_other_server_and_hangs_up(
    pair: Pair, until_model: UntilModel, play: Play, alice: Person, bob: Person, room: int, case: tuple[str, bool]
) -> None:
    scenario, shown = case
    await play(scenario)
    hers, his = await alice.listen(room), await bob.listen(room)
    thinking = await ask(hers, room)
    await until_model(lambda report: report["received"])
    if shown:
        await his.hear("assistant", state="writing")
    elsewhere = await alice.connect(at=pair.second.address)
    assert await his.refusal("stop", roomId=room, runId=thinking["runId"]) == "E-AU002"
    assert (await elsewhere.ask("stop", roomId=room, runId=thinking["runId"]))["type"] == "ok"
    await hers.hear("assistant", state="stopped")
    await his.hear("assistant", state="stopped")

    messages = await bob.get(f"/history/{room}")
    assert [message["kind"] for message in messages] == ["member", *(["assistant"] if shown else [])]
    if shown:
        assert messages[1]["message"] == read_aloud(his).rstrip() + CUT_SHORT
        assert messages[1]["clientId"] == thinking["runId"]
    assert (await until_model(lambda report: report["hungUp"]))["hungUp"] == 1


async def test_a_moderator_stops_an_answer(play: Play, pair: Pair, alice: Person, meet: Meet, room: int) -> None:
    await play("hang")
    hers = await alice.listen(room)
    run_id = (await ask(hers, room))["runId"]
    moderator = meet(pair.second, CHARLIE, "Charlie")
    theirs = await moderator.connect(token=make_token(CHARLIE, nickname="Charlie", role="ADMIN"))
    assert (await theirs.ask("stop", roomId=room, runId=run_id))["type"] == "ok"
    await hers.hear("assistant", state="stopped")


# --- when its process goes


async def test_an_answer_whose_server_was_killed_is_ended_by_the_other_one(
    pair: Pair, play: Play, meet: Meet, room_name: str
) -> None:
    await play("hang-midway")
    server = serve(pair.directory, pair.env)
    with running(server):
        alice, bob = meet(server, ALICE, "Alice"), meet(pair.second, BOB, "Bob")
        room = await alice.create_room(room_name)
        await bob.join(room)
        hers, his = await alice.listen(room), await bob.listen(room)
        run_id = (await ask(hers, room))["runId"]
        await his.hear("assistant", state="writing")
        server.kill()
        killed_at = asyncio.get_running_loop().time()
        failed = await his.hear("assistant", state="failed")
        took_s = asyncio.get_running_loop().time() - killed_at

    assert (failed["runId"], failed["askedBy"]) == (run_id, ALICE)
    # the last heartbeat may have come just before the kill, and a busy machine is late
    assert took_s < LEASE.total_seconds() + HEARTBEAT_INTERVAL_S + 10
    assert pair.count("chat_messages", f"chat_room_id = {room} AND kind = 'assistant'") == 0
    await his.ask("ask", roomId=room)  # the room is free again
    await his.hear("assistant", state="done")
    assert pair.count("chat_messages", f"chat_room_id = {room} AND kind = 'assistant'") == 1


async def test_a_server_that_is_asked_to_stop_keeps_what_was_shown_and_ends_in_time(
    pair: Pair, play: Play, meet: Meet, room_name: str
) -> None:
    await play("hang-midway")
    server = serve(pair.directory, pair.env)
    with running(server):
        alice, bob = meet(server, ALICE, "Alice"), meet(pair.second, BOB, "Bob")
        room = await alice.create_room(room_name)
        await bob.join(room)
        hers, his = await alice.listen(room), await bob.listen(room)
        await ask(hers, room)
        await his.hear("assistant", state="writing")
        server.ask_to_stop()
        await his.hear("assistant", state="failed")
        await hers.hear("assistant", state="failed")
        await hers.hear("bye")
        assert await asyncio.to_thread(server.wait) == 0

    [_question, answer] = await bob.get(f"/history/{room}")
    assert answer["message"] == read_aloud(his).rstrip() + CUT_SHORT


async def test_two_servers_that_hear_the_same_mention_answer_it_once(
    pair: Pair, alice: Person, bob: Person, room: int
) -> None:
    his = await bob.listen(room)
    sockets = [await alice.connect(at=server.address) for server in (pair.first, pair.second)]
    client_id = "0190a3c4-7b1e-7cc2-9f00-0123456789ab"
    call = {"roomId": room, "message": "@도우미 두 번 불러도 되나요?", "clientId": client_id}
    acks = await asyncio.gather(*(socket.ask("chat", **call) for socket in sockets for _ in range(3)))
    await his.hear("assistant", state="done")

    assert {(ack["type"], ack["seq"]) for ack in acks} == {("ack", 1)}
    assert pair.count("assistant_runs", f"room_id = {room}") == 1
    assert pair.count("chat_messages", f"chat_room_id = {room} AND kind = 'assistant'") == 1
    for socket in sockets:
        await socket.catch_up()
        assert [answer for answer in socket.answers if answer["type"] == "error"] == []
