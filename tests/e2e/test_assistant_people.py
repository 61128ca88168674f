"""Who may have what of the assistant, over two servers: settings, consent, receipts, summaries, budgets."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Pair, Play
from tests.e2e.people import Person

pytestmark = pytest.mark.e2e

SECRET = "아무도 몰랐으면 하는 말"


@pytest.fixture
async def bob_withholds(bob: Person) -> Any:
    """Bob keeps his words out of prompts, until the test ends."""
    await bob.put("/me/assistant", {"readable": False})
    yield
    await bob.put("/me/assistant", {"readable": True})


@pytest.fixture
def three_calls_a_room(pair: Pair) -> Iterator[None]:
    """Each room has three calls a day, until the test ends."""
    budgets = f"{pair.database_url.rpartition('/')[2]}.assistant_budgets"
    pair.database.execute(f"UPDATE {budgets} SET calls_per_day = 3 WHERE scope = 'room'")
    yield
    pair.database.lift_budgets(pair.database_url)


async def sent_upstream(pair: Pair, http: httpx.AsyncClient) -> list[str]:
    report = (await http.get(f"{pair.model.address}/standin/report")).json()
    return [call["body"]["contents"][0]["parts"][0]["text"] for call in report["received"]]


async def test_what_bob_withholds_reaches_the_model_by_no_road(
    pair: Pair, http: httpx.AsyncClient, play: Play, alice: Person, bob: Person, room: int, bob_withholds: None
) -> None:
    await play()
    hers = await alice.listen(room)
    await (await bob.connect()).say(room, SECRET)
    await hers.hear("chat", message=SECRET)

    await hers.ask("ask", roomId=room, message="다들 어떻게 지내세요?")
    answer = await hers.hear("chat", kind="assistant")
    await hers.hear("assistant", state="done")
    await alice.post("/llm", roomId=room)
    await bob.post("/llm", roomId=room)
    receipt = await bob.get(f"/room/{room}/assistant/{answer['clientId']}")

    prompts = await sent_upstream(pair, http)
    assert len(prompts) == 3
    assert not any(SECRET in prompt for prompt in prompts)
    assert (receipt["readSeqs"], receipt["withheld"], receipt["askedBy"]) == ([[2, 2]], 1, alice.member_id)
    assert (receipt["state"], receipt["answerSeq"]) == ("done", answer["seq"])


async def test_alice_names_the_assistant_and_bob_hears_it_by_that_name_on_the_other_server(
    alice: Person, bob: Person, room: int
) -> None:
    chosen = {"mode": "on_call", "name": "코코", "persona": "고민을 천천히 들어요."}
    await alice.put(f"/room/{room}/assistant", chosen)
    his = await bob.listen(room)
    await his.say(room, "@코코 안녕?")
    answer = await his.hear("chat", kind="assistant")

    assert answer["nickName"] == "코코"
    assert (await bob.get(f"/history/{room}"))[-1]["nickName"] == "코코"
    shown = await bob.get(f"/room/{room}/assistant")
    assert shown == {**shown, **chosen, "isStopped": False, "maySet": False, "mayAsk": True, "told": False}
    assert "코코" in shown["notice"]["text"]


async def test_where_the_room_switched_it_off_everything_else_works(alice: Person, bob: Person, room: int) -> None:
    await alice.put(f"/room/{room}/assistant", {"mode": "off", "name": "", "persona": ""})
    his = await bob.listen(room)
    assert (await his.say(room, "@도우미 안녕?"))["seq"] == 1
    frame_id = await his.post("ask", roomId=room)

    assert [(await his.reply(frame_id))["type"], (await his.reply(frame_id))["code"]] == ["ack", "E-A001"]
    assert await bob.code("POST", "/llm", roomId=room) == "E-A001"
    assert await bob.code("POST", "/llm/summary", roomId=room) == "E-A001"


async def test_bob_catches_up_and_his_read_mark_stays(play: Play, alice: Person, bob: Person, room: int) -> None:
    await play()
    hers = await alice.connect()
    for text in ("내일 7시에 볼까요?", "장소는 늘 가던 곳이요"):
        await hers.say(room, text)
    summary = await bob.post("/llm/summary", roomId=room)

    assert [point["seq"] for point in summary["points"]] == [1, 2]
    assert (summary["fromSeq"], summary["toSeq"], summary["truncated"]) == (1, 2, False)
    [mine] = [found for found in await bob.get("/my/rooms") if found["roomId"] == room]
    assert (mine["readSeq"], mine["unReadCount"]) == (0, 2)


async def test_a_budget_holds_over_both_servers(
    pair: Pair, play: Play, three_calls_a_room: None, alice: Person, room: int
) -> None:
    await play()
    servers = [pair.first.address, pair.second.address] * 3
    answers = await asyncio.gather(*(alice.call("POST", "/llm", at=address, roomId=room) for address in servers))

    codes = sorted(answer.json()["code"] for answer in answers)
    # two drafts at a time for each server and member: the rest of those is told to wait
    assert codes.count("S-001") <= 3
    assert set(codes) <= {"S-001", "E-A004", "E-C004"}
    for _call in range(3 - codes.count("S-001")):
        await alice.post("/llm", roomId=room)
    refusal = await alice.call("POST", "/llm", at=pair.second.address, roomId=room)
    assert (refusal.status_code, refusal.json()["code"]) == (429, "E-A004")
    assert refusal.json()["retryAfter"] > 0
