"""Messages are edited, deleted, reacted to and pinned on one server, and everybody on the other sees it."""

import httpx
import pytest

from tests.e2e.living import live_through_a_life, state_of
from tests.e2e.people import Person

pytestmark = pytest.mark.e2e


async def test_bob_on_the_other_server_sees_each_change_once_and_after_an_absence_what_is_now(
    alice: Person, bob: Person, room: int
) -> None:
    await live_through_a_life(alice, bob, room)


async def test_what_is_done_by_rest_is_seen_live_and_done_twice_it_changes_nothing(
    alice: Person, bob: Person, room: int, http: httpx.AsyncClient
) -> None:
    his = await bob.listen(room)
    hers = await alice.connect()
    for text in ("하나", "둘"):
        await hers.say(room, text)
    message = f"/room/{room}/message"
    calls: list[tuple[str, str, dict[str, str] | None]] = [
        ("PUT", f"{message}/1", {"message": "하나, 고침"}),
        ("PUT", f"{message}/1/reaction/thumb", None),
        ("PUT", f"{message}/2/pin", None),
        ("DELETE", f"{message}/2/pin", None),
        ("DELETE", f"{message}/2", None),
        ("DELETE", f"{message}/1/reaction/thumb", None),
    ]
    for version, (method, path, body) in enumerate(calls, start=3):
        for _time in range(2):
            response = await http.request(
                method, f"{alice.home}/v1/chat{path}", json=body, headers={"access": alice.token}
            )
            assert response.json().get("data") == {"version": version}, (method, path, response.text)

    heard = await his.hear_until("changed", len(calls))
    assert [frame["version"] for frame in heard] == list(range(3, 3 + len(calls)))
    stored = [state_of(one) for one in await bob.get(f"/history/{room}")]
    assert stored == [state_of(heard[5]), state_of(heard[4])]
    assert (stored[0]["message"], stored[1]["isDeleted"], stored[1]["message"]) == ("하나, 고침", True, "")


async def test_an_edit_that_names_the_assistant_starts_no_answer(alice: Person, bob: Person, room: int) -> None:
    hers = await alice.listen(room)
    await hers.say(room, "도와줄 사람?")
    reply = await hers.ask("edit", roomId=room, seq=1, message="@도우미 도와줘")
    assert reply["type"] == "ok"
    await hers.say(room, "@도우미 이건 새 말이야")

    answer = await hers.hear("chat", kind="assistant")
    assert answer["replyTo"] == 2
    assert [frame["replyTo"] for frame in hers.all_heard("chat") if frame["kind"] == "assistant"] == [2]
