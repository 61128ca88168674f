"""Mentions over two servers: Alice at the first, Bob at the second; Charlie is a stranger, then comes in."""

from typing import Any

import pytest

from tests.e2e.people import Person

pytestmark = pytest.mark.e2e


async def counted(person: Person, room: int) -> int:
    [mine] = [one for one in await person.get("/my/rooms") if one["roomId"] == room]
    return int(mine["mentionCount"])


async def listed(person: Person, room: int) -> list[int]:
    """The seqs of the messages of the room that mention the person, newest mention first."""
    page: dict[str, Any] = await person.get("/my/mentions", limit=100)
    assert page["next"] is None
    return [message["seq"] for message in page["messages"] if message["roomId"] == room]


async def test_who_is_mentioned_hears_it_counts_it_and_finds_it_until_it_is_read_or_gone(
    alice: Person, bob: Person, charlie: Person, room: int
) -> None:
    hers, old = await alice.listen(room), await bob.listen_v1(room, "오늘 언제 봐요?")
    his = await bob.listen(room)
    named = [bob.member_id, charlie.member_id, alice.member_id, bob.member_id]

    ack = await hers.say(room, "@Bob 이거 봤어요?", mentions=named)
    heard = await his.hear("chat")
    await old.hear(message="@Bob 이거 봤어요?")
    assert (heard["mentions"], "everyone" in heard) == ([bob.member_id], False)
    assert (await counted(bob, room), await listed(bob, room)) == (1, [2])
    assert (await counted(alice, room), await listed(alice, room)) == (0, [])

    again = await his.ask("chat", roomId=room, message="모두 나와요", everyone=True)
    assert (again["type"], again["code"]) == ("error", "E-MS007")
    await hers.say(room, "@모두 7시예요", everyone=True)
    assert (await his.hear("chat"))["everyone"] is True
    assert (await counted(bob, room), await listed(bob, room)) == (2, [3, 2])

    await charlie.join(room)
    assert await listed(charlie, room) == []  # it was said before he came
    edited = await hers.ask("edit", roomId=room, seq=ack["seq"], message="@Charlie", mentions=[charlie.member_id])
    assert edited["type"] == "ok"
    changed = await his.hear("changed", seq=2)
    assert changed["mentions"] == [charlie.member_id]
    assert (await listed(charlie, room), await counted(charlie, room)) == ([2], 0)  # read, as what was before him
    assert (await listed(bob, room), await counted(bob, room)) == ([3], 1)

    await his.ask("read", roomId=room, seq=3)
    assert await counted(bob, room) == 0
    assert (await hers.ask("delete", roomId=room, seq=ack["seq"]))["type"] == "ok"
    assert await listed(charlie, room) == []


async def test_the_fifty_first_is_refused_and_one_who_is_named_often_is_one(
    alice: Person, bob: Person, room: int
) -> None:
    hers = await alice.listen(room)
    assert await hers.refusal("chat", roomId=room, message="@…", mentions=list(range(1, 52))) == "E-C001"
    await hers.say(room, "@Bob @Bob", mentions=[bob.member_id] * 51)
    assert (await hers.hear("chat"))["mentions"] == [bob.member_id]


async def test_what_bob_wants_to_be_told_of_his_other_devices_know(bob: Person, room: int) -> None:
    await bob.put(f"/room/{room}/notifications", {"level": "mentions"})
    assert await bob.put("/me/notifications", {"keywords": ["배포", "배포"]}) == {"keywords": ["배포"]}
    [mine] = [one for one in await bob.get("/my/rooms") if one["roomId"] == room]
    assert mine["notify"] == "mentions"
    assert await bob.get("/me/notifications") == {"keywords": ["배포"]}
