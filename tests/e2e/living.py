"""What becomes of messages, seen by those who are there and by one who was away. For two servers, or one."""

from typing import Any

from tests.e2e.client import Socket
from tests.e2e.people import Person
from tests.e2e.wire import Frame

MARKS = ("reactions", "pinnedAt", "deletedBy")


def state_of(message: Frame) -> dict[str, Any]:
    """What a screen shows of it."""
    shown = {key: message[key] for key in ("seq", "version", "message")}
    shown |= {key: message[key] for key in MARKS if key in message}
    return shown | {"isEdited": message["editedAt"] is not None, "isDeleted": message["deletedAt"] is not None}


async def act(socket: Socket, kind: str, room: int, seq: int, **fields: Any) -> int:
    """Do it, and return the version that it was acknowledged with."""
    reply = await socket.ask(kind, roomId=room, seq=seq, **fields)
    assert reply["type"] == "ok", reply
    return int(reply["version"])


async def live_through_a_life(alice: Person, bob: Person, room: int) -> None:
    """Alice made the room. Bob hears each change once; after an absence what changed, once and as it is now."""
    hers, his, old = await alice.listen(room), await bob.listen(room), await bob.listen_v1(room, "하나")
    for text in ("둘", "셋", "넷", "다섯"):
        await hers.say(room, text)

    versions = [
        await act(hers, "edit", room, 2, message="둘, 고침"),
        await act(hers, "react", room, 3, key="heart"),
        await act(hers, "pin", room, 4),
        await act(hers, "delete", room, 5),
    ]
    assert versions == [6, 7, 8, 9]
    edited, reacted, pinned, deleted = await his.hear_until("changed", 4)
    assert [frame["version"] for frame in (edited, reacted, pinned, deleted)] == versions
    assert (edited["message"], edited["seq"]) == ("둘, 고침", 2)
    assert edited["editedAt"] is not None
    assert reacted["reactions"] == [{"key": "heart", "count": 1, "memberIds": [alice.member_id]}]
    assert pinned["pinnedAt"] is not None
    assert (deleted["message"], deleted["senderId"], deleted["nickName"]) == ("", None, "")
    assert deleted["deletedBy"] == "author"
    assert [frame["version"] for frame in await hers.hear_until("changed", 4)] == versions

    his.connection.transport.abort()
    await his.gone()
    await act(hers, "edit", room, 2, message="둘, 또 고침")
    await act(hers, "edit", room, 2, message="둘, 다시 고침")
    await act(hers, "react", room, 3, key="heart", on=False)
    await act(hers, "pin", room, 3)  # and 4 is the notice no more
    newest = await act(hers, "delete", room, 1)
    await hers.say(room, "여섯")

    again = await bob.connect()
    subscribed = await again.subscribe(room, since=versions[-1])
    assert (subscribed["recovered"], subscribed["pinned"]) == (True, 3)
    await again.hear("chat", seq=6)
    missed = [*again.all_heard("changed"), *again.all_heard("chat")]
    assert sorted(frame["seq"] for frame in missed) == [1, 2, 3, 4, 6]
    assert [frame["version"] for frame in again.heard if "version" in frame] == sorted(
        frame["version"] for frame in missed
    )
    stored = {message["seq"]: state_of(message) for message in await bob.get(f"/history/{room}")}
    assert [state_of(frame) for frame in missed] == [stored[frame["seq"]] for frame in missed]
    assert stored[1]["isDeleted"]
    assert (stored[2]["message"], "reactions" in stored[3], "pinnedAt" in stored[4]) == (
        "둘, 다시 고침",
        False,
        False,
    )
    assert (await hers.hear_until("changed", 9))[-1]["version"] >= newest
    heard = [(frame["seq"], frame["message"]) for frame in await old.hear_until("chat", 6)]
    assert heard == [(1, "하나"), (2, "둘"), (3, "셋"), (4, "넷"), (5, "다섯"), (6, "여섯")]
