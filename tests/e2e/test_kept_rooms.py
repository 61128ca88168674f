"""Rooms that are kept, over two servers: what a manager does on one is felt on the other, Redis or none."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from tests.e2e.client import Socket
from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person
from tests.e2e.processes import Process, running, serve
from tests.factories import ALICE, BOB, CHARLIE
from tests.servers import private_redis

pytestmark = pytest.mark.e2e

SAY_AGAIN_S = 1.0
REASON = "욕설을 반복했어요."
SILENT, SLOW, READ_ONLY, HIDDEN = "E-MO002", "E-MO003", "E-MO004", "E-MO005"
HELD, DECIDED, TOO_LOW, MANAGERS_ONLY, KEPT_OUT = "E-MO006", "E-MO008", "E-MO001", "E-MS007", "E-AU002"


@pytest.fixture(scope="module", params=["with Redis", "Redis is away"])
def servers(request: pytest.FixtureRequest, pair: Pair) -> Iterator[tuple[Process, Process]]:
    if request.param == "with Redis":
        yield pair.first, pair.second
        return
    with private_redis() as redis:
        redis.kill()
        env = pair.env | {"REDIS_URL": redis.url}
        first, second = serve(pair.directory, env), serve(pair.directory, env)
        with running(first, second):
            yield first, second


class Room(NamedTuple):
    """Alice owns it, on the first server; Bob is its manager, on the second; Charlie a member, on the first."""

    room_id: int
    alice: Person
    bob: Person
    charlie: Person
    hers: Socket
    bobs: Socket
    charlies: Socket
    have_redis: bool


@pytest.fixture
async def kept(pair: Pair, servers: tuple[Process, Process], meet: Meet, room_name: str) -> Room:
    first, second = servers
    alice, bob, charlie = meet(first, ALICE, "Alice"), meet(second, BOB, "Bob"), meet(first, CHARLIE, "Charlie")
    room_id = await alice.create_room(room_name)
    await bob.join(room_id)
    await charlie.join(room_id)
    hers, bobs, charlies = await alice.listen(room_id), await bob.listen(room_id), await charlie.listen(room_id)
    await do(hers, "role", roomId=room_id, memberId=BOB, role="manager")
    await bobs.hear("room", roomId=room_id, role="manager", managerIds=[BOB])
    return Room(room_id, alice, bob, charlie, hers, bobs, charlies, have_redis=first is pair.first)


async def do(socket: Socket, kind: str, **fields: object) -> None:
    reply = await socket.ask(kind, **fields)
    assert reply["type"] == "ok", reply


def in_minutes(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


async def test_nobody_acts_on_who_is_not_below_them(kept: Room) -> None:
    room_id = kept.room_id
    mute = {"roomId": room_id, "until": in_minutes(20), "reason": REASON}
    assert await kept.bobs.refusal("mute", memberId=ALICE, **mute) == TOO_LOW
    assert await kept.charlies.refusal("mute", memberId=BOB, **mute) == MANAGERS_ONLY
    assert await kept.bobs.refusal("role", roomId=room_id, memberId=CHARLIE, role="manager") == TOO_LOW
    await do(kept.hers, "role", roomId=room_id, memberId=BOB, role="member")
    await kept.bobs.hear("room", roomId=room_id, managerIds=[])
    assert await kept.bobs.refusal("mute", memberId=CHARLIE, **mute) == MANAGERS_ONLY


async def test_who_is_muted_on_one_server_is_silent_on_both_and_reads_on(kept: Room) -> None:
    room_id = kept.room_id
    old = await kept.charlie.listen_v1(room_id, "하나", at=kept.bob.home)
    await do(kept.bobs, "mute", roomId=room_id, memberId=CHARLIE, until=in_minutes(20), reason=REASON)
    while "mutedUntil" not in await kept.charlies.hear("room", roomId=room_id):
        pass  # it says that Bob is a manager now

    refused = await kept.charlies.ask("chat", roomId=room_id, message="둘")
    assert (refused["code"], refused["retryAfter"] > 0) == (SILENT, True)
    assert await kept.charlies.refusal("edit", roomId=room_id, seq=1, message="고침") == SILENT
    elsewhere = await kept.charlie.listen(room_id, at=kept.bob.home)
    assert await elsewhere.refusal("chat", roomId=room_id, message="셋") == SILENT
    await old.send({"type": "chat", "roomId": room_id, "message": "넷"})
    await kept.hers.say(room_id, "다섯")
    assert (await kept.charlies.hear("chat", senderId=ALICE))["message"] == "다섯"
    assert (await old.hear("chat", senderId=ALICE))["message"] == "다섯"
    entry, *_earlier = (await kept.charlie.get("/me/sanctions"))["sanctions"]
    assert (entry["roomId"], entry["act"], entry["reason"], entry["by"]) == (room_id, "mute", REASON, "manager")

    await do(kept.hers, "lift", roomId=room_id, memberId=CHARLIE, act="mute")
    await kept.charlies.say(room_id, "여섯")
    heard = [frame["message"] for frame in await kept.bobs.hear_until("chat", 3)]
    assert heard == ["하나", "다섯", "여섯"]


async def test_who_is_removed_hears_nothing_after_it_and_stays_out_until_it_is_lifted(kept: Room) -> None:
    room_id, charlie = kept.room_id, kept.charlie
    await kept.charlies.say(room_id, "광고")
    await kept.bobs.hear("chat", message="광고")
    await do(kept.bobs, "remove", roomId=room_id, memberId=CHARLIE, reason=REASON, hideHours=1)
    assert (await kept.hers.hear("changed", seq=1))["message"] == ""
    await kept.charlies.hear("removed", roomId=room_id)
    await kept.hers.say(room_id, "이제 조용하네요.")
    await kept.bobs.hear("chat", message="이제 조용하네요.")
    await kept.charlies.catch_up()
    assert not [frame for frame in kept.charlies.all_heard("chat") if frame["senderId"] == ALICE]
    assert await charlie.code("POST", f"/room/group/{room_id}/join") == KEPT_OUT
    assert await charlie.code("POST", f"/room/group/{room_id}/join", at=kept.bob.home) == KEPT_OUT

    await do(kept.hers, "lift", roomId=room_id, memberId=CHARLIE, act="remove")
    await charlie.join(room_id)
    await kept.charlies.subscribe(room_id)
    await kept.charlies.say(room_id, "다시 왔어요.")


async def test_a_room_is_slowed_down_and_closed_for_writing(kept: Room) -> None:
    room_id = kept.room_id
    await do(kept.bobs, "rules", roomId=room_id, slowSeconds=600)
    await kept.charlies.hear("room", slowSeconds=600)
    await kept.charlies.say(room_id, "하나")
    refused = await kept.charlies.ask("chat", roomId=room_id, message="둘")
    assert (refused["code"], 0 < refused["retryAfter"] <= 600) == (SLOW, True)
    await kept.bobs.say(room_id, "저는 부방장이라")
    await kept.bobs.say(room_id, "기다리지 않아요.")

    await do(kept.hers, "rules", roomId=room_id, slowSeconds=0, readOnly=True)
    await kept.charlies.hear("room", readOnly=True)
    assert await kept.charlies.refusal("chat", roomId=room_id, message="셋") == READ_ONLY
    await kept.bobs.say(room_id, "공지예요.")
    await do(kept.hers, "rules", roomId=room_id, readOnly=False)
    await kept.charlies.say(room_id, "넷")


async def test_a_message_is_hidden_from_all_and_brought_back(kept: Room) -> None:
    room_id = kept.room_id
    await kept.charlies.say(room_id, "유일한문장입니다")
    await kept.bobs.hear("chat", seq=1)
    await do(kept.bobs, "hide", roomId=room_id, seq=1, on=True, reason=REASON)
    for socket in (kept.hers, kept.charlies, kept.bobs):
        hidden = await socket.hear("changed", seq=1)
        assert (hidden["message"], bool(hidden["hiddenAt"]), hidden["senderId"]) == ("", True, CHARLIE)
    assert (await kept.alice.get("/search", q="유일한문장입니다", roomId=room_id))["messages"] == []
    assert await kept.charlies.refusal("edit", roomId=room_id, seq=1, message="고침") == HIDDEN
    assert (await kept.bob.get(f"/room/{room_id}/message/1"))["message"]["message"] == "유일한문장입니다"
    assert await kept.charlie.code("GET", f"/room/{room_id}/message/1") == MANAGERS_ONLY

    await do(kept.hers, "hide", roomId=room_id, seq=1, on=False)
    assert (await kept.charlies.hear("changed", seq=1))["message"] == "유일한문장입니다"


async def test_what_is_held_is_released_once_on_the_other_server_and_takes_its_place_then(kept: Room) -> None:
    room_id = kept.room_id
    rule = await kept.bob.answer(
        "POST", f"/room/{room_id}/filter-rules", {"pattern": "공동구매", "action": "hold"}
    )
    assert rule["code"] == "S-001", rule
    await kept.charlies.say(room_id, "안녕하세요")
    held_id, text = await until_held(kept.charlies, room_id)
    assert (await kept.hers.hear("moderation", roomId=room_id))["held"] == 1
    await kept.hers.say(room_id, "기다려 주세요.")
    [waiting] = (await kept.bob.get(f"/room/{room_id}/held"))["held"]
    assert (waiting["heldId"], waiting["message"], waiting["why"]) == (held_id, text, "filter")

    await kept.bob.put(f"/room/{room_id}/held/{held_id}", {"release": True, "reason": ""})
    told = await kept.charlies.hear("chat", message=text)
    assert (await kept.hers.hear("chat", senderId=CHARLIE, seq=told["seq"]))["message"] == told["message"]
    if kept.have_redis:
        await kept.charlies.find("held", heldId=held_id, state="released", seq=told["seq"])
    again = await kept.alice.answer("PUT", f"/room/{room_id}/held/{held_id}", {"release": False, "reason": "늦음"})
    assert again["code"] == DECIDED


async def until_held(socket: Socket, room_id: int) -> tuple[int, str]:
    """Say what a rule holds until it is held; a rule takes seconds to the other server. Number and text."""
    text = "공 동 구 매 하실 분"
    while (reply := await socket.ask("chat", roomId=room_id, message=text))["type"] == "ack":
        await asyncio.sleep(SAY_AGAIN_S)
        text += "!"
    assert reply["code"] == HELD, reply
    return reply["heldId"], text


async def test_a_report_is_decided_by_a_manager_on_the_other_server_and_told_to_both(kept: Room) -> None:
    room_id = kept.room_id
    await kept.charlies.say(room_id, "나쁜 말")
    complaint = {"roomId": room_id, "seq": 1, "reason": "abuse", "words": "저를 놀려요."}
    receipt = (await kept.alice.answer("POST", "/reports", complaint))["data"]
    [case] = (await kept.bob.get(f"/room/{room_id}/cases"))["cases"]
    decision = {"outcome": "hidden", "reason": "놀리는 말이라 가렸어요."}
    await kept.bob.put(f"/room/{room_id}/cases/{case['caseId']}/decision", decision)

    hidden = await kept.charlies.hear("changed", seq=1)
    assert (hidden["message"], bool(hidden["hiddenAt"])) == ("", True)
    again = await kept.bob.answer("PUT", f"/room/{room_id}/cases/{case['caseId']}/decision", decision)
    assert again["code"] == DECIDED
    mine, *_earlier = (await kept.alice.get("/me/reports"))["reports"]
    assert (mine["reportId"], mine["outcome"], mine["decision"]) == (
        receipt["reportId"],
        "hidden",
        decision["reason"],
    )
    entry, *_earlier = (await kept.charlie.get("/me/sanctions"))["sanctions"]
    assert (entry["roomId"], entry["act"], entry["seq"]) == (room_id, "hide", 1)


async def test_who_may_hurt_themselves_is_heard_at_once_and_sees_who_helps(kept: Room, pair: Pair) -> None:
    room_id, name = kept.room_id, pair.database_url.rpartition("/")[2]
    mark = "is_counselling = 1, roster_version = roster_version + 1"  # as staff do in the admin
    pair.database.execute(f"UPDATE {name}.chat_rooms SET {mark} WHERE chat_room_id = {room_id}")
    await kept.charlies.hear("room", roomId=room_id, counselling=True)
    said = 0
    while not kept.charlies.all_heard("care"):  # a server knows such rooms within 3 seconds
        await asyncio.sleep(SAY_AGAIN_S)
        said += 1
        await kept.charlies.say(room_id, "이제 그만 살고 싶어요" + " ㅠㅠ" * said)
    card = await kept.charlies.find("care", roomId=room_id)
    alert = await kept.bobs.find("concern", concernId=card["concernId"])
    assert (alert["source"], alert["memberId"]) == ("words", CHARLIE)
    assert "109" in {line["number"] for line in card["lines"]}
    assert (await kept.bobs.find("chat", seq=alert["seq"]))["message"].startswith("이제 그만 살고 싶어요")
    await kept.hers.catch_up()
    assert not kept.hers.all_heard("care")
    await kept.bob.put(f"/room/{room_id}/concerns/{card['concernId']}", {"state": "closed", "note": "통화했어요."})
