"""The assistant in the room and at one's elbow, over two servers and the stand-in for the model."""

import asyncio
from typing import Any

import httpx
import pytest

from assistant.room.runs import MODEL_DEADLINE_S
from tests.e2e.client import Socket
from tests.e2e.conftest import Pair, Play, UntilModel
from tests.e2e.people import Person

pytestmark = pytest.mark.e2e

CLIENT_ID = "d1b6c0de-6f0e-4a55-9a1c-5d1f6f6f0a01"


async def hear_answer(socket: Socket) -> list[dict[str, Any]]:
    """The message and the end of the first answer. A sweep may bring the message before what shows it coming."""
    await socket.find("assistant", state="thinking")
    return [await socket.find("chat", kind="assistant"), await socket.find("assistant", state="done")]


async def test_alice_gets_a_draft_that_nobody_else_sees(alice: Person, bob: Person, room: int) -> None:
    his = await bob.listen(room)
    await (await alice.connect()).say(room, "주말에 뭐 하세요?")
    await his.hear("chat")

    draft = await alice.post("/llm", roomId=room)

    assert draft["answers"] == [draft["answer"]]
    assert "연습용" in draft["answer"]
    await his.catch_up()
    assert [frame["type"] for frame in his.heard] == ["welcome", "chat"]
    assert len(await bob.get(f"/history/{room}")) == 1


async def test_when_alice_hangs_up_her_draft_ends_at_the_model_too(
    play: Play, until_model: UntilModel, alice: Person, room: int
) -> None:
    await play("hang")
    drafting = asyncio.create_task(alice.post("/llm", roomId=room))
    await until_model(lambda report: report["received"])
    drafting.cancel()

    async with asyncio.timeout(MODEL_DEADLINE_S / 2):  # or it would be the deadline that ends it
        assert (await until_model(lambda report: report["hungUp"]))["hungUp"] == 1


async def test_the_assistant_answers_in_the_room_on_both_servers_once(
    pair: Pair, alice: Person, bob: Person, room: int
) -> None:
    hers, his = await alice.listen(room), await bob.listen(room)

    ack = await hers.ask("ask", roomId=room, message="처음 출근하는데 긴장돼요", clientId=CLIENT_ID)
    ((answer, done), (answer_there, done_there)) = await asyncio.gather(hear_answer(hers), hear_answer(his))

    assert (ack["type"], ack["seq"], ack["duplicate"]) == ("ack", 1, False)
    assert (answer, done) == (answer_there, done_there)
    assert done["askedBy"] == alice.member_id
    assert (answer["seq"], answer["senderId"], answer["replyTo"]) == (2, None, 1)
    assert "연습용" in answer["message"]
    stored = await bob.get(f"/history/{room}")
    assert [(message["kind"], message["seq"]) for message in stored] == [("member", 1), ("assistant", 2)]
    assert {"type": "chat", **stored[1]} == answer


async def test_the_same_ask_over_both_servers_is_answered_once(
    pair: Pair, http: httpx.AsyncClient, play: Play, alice: Person, bob: Person, room: int
) -> None:
    await play("slow")
    sockets = [await alice.connect(at=server.address) for server in (pair.first, pair.second)]
    his = await bob.listen(room)

    question = {"roomId": room, "message": "두 번 물어도 될까요?", "clientId": CLIENT_ID}
    acks = await asyncio.gather(*(socket.ask("ask", **question) for socket in sockets))
    await hear_answer(his)
    again = await sockets[1].ask("ask", **question)

    assert [ack["seq"] for ack in (*acks, again)] == [1, 1, 1]
    assert sorted(ack["duplicate"] for ack in acks) == [False, True]
    assert pair.count("chat_messages", f"chat_room_id = {room}") == 2
    assert pair.count("chat_messages", f"chat_room_id = {room} AND kind = 'assistant'") == 1
    report = (await http.get(f"{pair.model.address}/standin/report")).json()
    assert len(report["received"]) == 1


async def test_an_ask_without_words_is_about_the_latest_message(alice: Person, bob: Person, room: int) -> None:
    his = await bob.listen(room)
    said = await (await alice.connect()).say(room, "누가 좀 도와주세요")

    ack = await his.ask("ask", roomId=room)
    answer, _done = await hear_answer(his)

    assert (ack["seq"], ack["duplicate"]) == (said["seq"], True)
    assert answer["replyTo"] == said["seq"]


async def test_a_second_question_is_not_answered_before_the_first(
    play: Play, alice: Person, bob: Person, room: int
) -> None:
    await play("hang-midway")
    hers, his = await alice.listen(room), await bob.listen(room)
    await hers.ask("ask", roomId=room, message="첫 번째 질문이에요")
    run_id = (await his.hear("assistant", state="writing"))["runId"]

    frame_id = await his.post("ask", roomId=room, message="두 번째 질문이에요")
    ack, refusal = await his.reply(frame_id), await his.reply(frame_id)

    assert (ack["type"], ack["seq"]) == ("ack", 2)  # stored and told, though not answered
    assert (refusal["type"], refusal["code"], refusal["roomId"]) == ("error", "E-C004", room)
    assert refusal["retryAfter"] > 0
    await hers.ask("stop", roomId=room, runId=run_id)
    assert (await his.hear("chat", kind="assistant"))["replyTo"] == 1


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("400", "E-A002"),
        ("blocked-prompt", "E-A003"),
        ("finish-safety", "E-A003"),
        ("429-per-day", "E-A004"),
    ],
)
async def test_what_goes_wrong_at_the_model_has_a_code(
    play: Play, alice: Person, room: int, scenario: str, code: str
) -> None:
    await (await alice.connect()).say(room, "초안을 부탁해요")
    await play(*[scenario] * 4)  # whoever tries again meets the same

    assert await alice.code("POST", "/llm", roomId=room) == code


@pytest.mark.parametrize(("scenario", "state"), [("400", "failed"), ("finish-safety", "blocked")])
async def test_the_room_sees_that_no_answer_comes(
    play: Play, alice: Person, bob: Person, room: int, scenario: str, state: str
) -> None:
    his = await bob.listen(room)
    await play(*[scenario] * 4)

    await (await alice.connect()).ask("ask", roomId=room, message="대답이 올까요?")

    await his.hear("assistant", state="thinking")
    await his.hear("assistant", state=state)
    assert [message["kind"] for message in await bob.get(f"/history/{room}")] == ["member"]
