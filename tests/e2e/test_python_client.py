"""The Python client of the guide with two real servers, over lines that break, and tokens that end."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.server import ServerConnection, serve

from docs.examples.chat_client import ChatClient, ChatError, Event, Events, Room
from tests.e2e.conftest import Pair
from tests.e2e.people import Person
from tests.e2e.processes import WAIT_S
from tests.e2e.secrecy import make_token
from tests.factories import ALICE, BOB
from tests.servers import HOST

pytestmark = pytest.mark.e2e

FRAMES = Path(__file__).parents[1] / "frames" / "server"


def client_of(person: Person, address: str = "") -> ChatClient:
    return ChatClient(address or person.home, token=lambda fresh: person.token)


def texts(room: Room) -> list[str]:
    return [message["message"] for message in room.messages]


async def until(events: Events, is_so: Callable[[], object]) -> None:
    """Read the events until it is so."""
    async with asyncio.timeout(WAIT_S):
        if not is_so():
            async for _ in events:
                if is_so():
                    return


async def first(events: Events, kind: str) -> Event:
    async with asyncio.timeout(WAIT_S):
        async for event in events:
            if event.type == kind:
                return event
    raise AssertionError(f"no {kind}")


class BadLine:
    """A way to a server that can break, and before that lose what the server says."""

    def __init__(self, server: str) -> None:
        self._there = urlsplit(server)
        self._writers: set[asyncio.StreamWriter] = set()
        self.is_mute, self.address = False, ""

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._there.hostname, self._there.port)
        self._writers |= {writer, back}
        async with asyncio.TaskGroup() as group:
            group.create_task(self._copy(reader, back, is_back=False))
            group.create_task(self._copy(there, writer, is_back=True))

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, is_back: bool) -> None:
        try:
            while data := await source.read(65_536):
                if not (is_back and self.is_mute):
                    target.write(data)
        except OSError:
            pass
        finally:
            target.close()

    def cut(self) -> None:
        self.is_mute = False
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()


@asynccontextmanager
async def bad_line(server: str) -> AsyncIterator[BadLine]:
    line = BadLine(server)
    async with await asyncio.start_server(line.carry, HOST, 0) as listening:
        line.address = f"http://{HOST}:{listening.sockets[0].getsockname()[1]}"
        yield line
        line.cut()


def frame(name: str, **fields: object) -> str:
    """One of the server's."""
    shown = json.loads((FRAMES / f"{name}.json").read_text())["frame"]
    return json.dumps(shown | fields)


async def test_what_comes_right_behind_the_answer_to_a_subscription_is_heard() -> None:
    """All three arrive together, as behind a busy server."""

    async def answer(socket: ServerConnection) -> None:
        await socket.send(frame("welcome"))
        while (asked := json.loads(await socket.recv()))["type"] == "ping":
            await socket.send(frame("pong", id=asked["id"]))
        subscribed = frame("subscribed", id=asked["id"], roomId=1, lastSeq=0, version=0, recovered=False)
        chats = [frame("chat", roomId=1, seq=seq, version=seq, clientId=f"{seq:032x}") for seq in (1, 2)]
        for text in (subscribed, *chats):
            socket.protocol.send_text(text.encode())
        socket.transport.write(b"".join(socket.protocol.data_to_send()))
        await socket.wait_closed()

    async with serve(answer, HOST, 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with ChatClient(f"http://{HOST}:{port}", token=lambda fresh: "any") as client:
            events, room = client.events(), client.room(1).subscribe()
            await until(events, lambda: room.state == "live")
            assert [message["seq"] for message in room.messages] == [1, 2]
            assert room.last_seq == 2


async def test_two_members_on_two_servers_hear_each_other_in_one_order(
    alice: Person, bob: Person, room: int
) -> None:
    async with client_of(alice) as hers, client_of(bob) as his:
        at_alices, at_bobs = hers.room(room).subscribe(), his.room(room).subscribe()
        ears = [hers.events(), his.events()]
        for number in range(20):
            at_alices.send(f"A{number}")
            at_bobs.send(f"B{number}")
        for events, there in zip(ears, (at_alices, at_bobs), strict=True):
            await until(events, lambda there=there: len(there.messages) == 40)  # type: ignore[misc]

        assert texts(at_alices) == texts(at_bobs)
        assert [message["seq"] for message in at_bobs.messages] == list(range(1, 41))
        for name in "AB":
            assert [text for text in texts(at_bobs) if text[0] == name] == [f"{name}{at}" for at in range(20)]
        at_bobs.read()
        [mine] = [one for one in await his.my_rooms() if one["roomId"] == room]
        assert (at_bobs.unread, mine["lastSeq"]) == (0, 40)


async def test_what_is_done_to_a_message_shows_at_everybodys_and_is_refused_to_who_may_not(
    alice: Person, bob: Person, room: int
) -> None:
    async with client_of(alice) as hers, client_of(bob) as his:
        there = await his.room(room).subscribe().ready()
        events = his.events()
        said = await hers.room(room).send("저녁 6시요!", mentions=[BOB])
        await first(events, "message")
        await hers.room(room).edit(said["seq"], "저녁 7시요!")
        assert (await first(events, "changed")).data is there.messages[0]
        with pytest.raises(ChatError) as refused:
            await there.edit(said["seq"], "아니요")
        assert refused.value.code == "E-MS002"
        await there.react(said["seq"], "heart")
        await until(events, lambda: there.messages[0].get("reactions"))
        await hers.room(room).delete(said["seq"])
        await until(events, lambda: there.messages[0]["deletedAt"])

        assert "reactions" not in there.messages[0]
        assert texts(there) == [""]
        # also who listens only after being there for a while waits for what there is
        assert texts(await hers.room(room).subscribe().ready()) == [""]


async def test_a_line_that_breaks_loses_nothing_and_doubles_nothing(
    pair: Pair, alice: Person, bob: Person, room: int
) -> None:
    async with bad_line(pair.first.address) as line, client_of(alice, line.address) as hers:
        there = await hers.room(room).subscribe().ready()
        events, listener = hers.events(), await bob.listen(room)
        line.is_mute = True
        waiting = [there.send(f"no. {number}") for number in range(3)]
        await listener.hear_until("chat", 3)  # the server has them, and Alice does not know
        await listener.say(room, "meanwhile")
        assert not any(reply.done() for reply in waiting)

        line.cut()

        acks = await asyncio.gather(*waiting)
        await until(events, lambda: len(there.messages) == 4)
        assert [ack["duplicate"] for ack in acks] == [True] * 3
        assert texts(there) == ["no. 0", "no. 1", "no. 2", "meanwhile"]
        assert len(listener.all_heard("chat")) == 4


async def test_the_history_that_is_wanted_is_there_at_first_and_older_pages_when_asked_for(
    alice: Person, bob: Person, room: int
) -> None:
    listener = await bob.listen(room)
    for number in range(1, 6):
        await listener.say(room, str(number))
    async with client_of(alice) as hers:
        there = await hers.room(room).subscribe(history=2).ready()
        assert (texts(there), there.unread) == (["4", "5"], 5)
        assert [message["message"] for message in await there.load_older()] == ["1", "2", "3"]
        assert texts(there) == ["1", "2", "3", "4", "5"]
        assert await there.load_older() == []


async def test_a_token_is_replaced_before_its_end_and_again_where_it_was_refused(alice: Person) -> None:
    fresh = make_token(ALICE, nickname="Alice")
    short = make_token(ALICE, nickname="Alice", exp=int(time.time()) + 5)
    given, asked, renewed = iter(["nonsense", short, fresh]), list[bool](), asyncio.Event()

    def token(wants_fresh: bool) -> str:
        asked.append(wants_fresh)
        if len(asked) == 3:
            renewed.set()
        return next(given)

    async with asyncio.timeout(WAIT_S), ChatClient(alice.home, token=token) as client:
        events = client.events()
        beside = await alice.connect(token=short)
        await renewed.wait()
        assert await beside.closed() == 4401  # that one's end
        await client.ask({"type": "ping"})

    states = [event.data["state"] async for event in events if event.type == "state"]
    assert asked == [False, True, True]
    assert states[-2:] == ["open", "closed"]


async def test_who_is_refused_is_told_why(alice: Person, charlie: Person, room: int) -> None:
    async with client_of(charlie) as client:
        with pytest.raises(ChatError) as refused:
            await client.room(room).subscribe().ready()
        assert refused.value.code == "E-AU002"
        with pytest.raises(ChatError) as unsaid:
            await client.room(room).send("hello")
        assert unsaid.value.code == "E-AU002"
        with pytest.raises(ChatError) as unread:
            await client.call("GET", f"/history/{room}")
        assert unread.value.status in (403, 404)
    async with asyncio.timeout(WAIT_S), ChatClient(alice.home, token=lambda fresh: "nonsense") as unknown:
        waiting = unknown.room(room).send("never")
        await unknown.ended()
        assert (unknown.state, unknown.reason) == ("closed", "signed-out")
        with pytest.raises(ChatError) as lost:
            await waiting
        assert lost.value.code == "closed"


@pytest.mark.parametrize(
    ("url", "token"), [("chat.example.com", lambda fresh: ""), ("https://chat.example.com", "ey")]
)
def test_what_is_missing_is_said_at_once(url: str, token: object) -> None:
    with pytest.raises(TypeError, match="ChatClient needs"):
        ChatClient(url, token=token)  # type: ignore[arg-type]


async def test_what_a_server_lost_is_said_again_by_who_said_it(
    pair: Pair, alice: Person, bob: Person, room: int
) -> None:
    async with client_of(alice) as hers, client_of(bob) as his:
        there, at_bobs = await hers.room(room).subscribe().ready(), await his.room(room).subscribe().ready()
        events, his_events = hers.events(), his.events()
        for text in ("kept", "lost", "deleted"):
            await there.send(text)
        await there.delete(3)
        await until(his_events, lambda: texts(at_bobs) == ["kept", "lost", ""])
        epoch = his.epoch
        await asyncio.to_thread(pair.go_back, room, seq=1)
        assert (await first(events, "anew")).data == {"messages": 2}
        await until(his_events, lambda: texts(at_bobs) == ["kept", "lost"])
        await until(events, lambda: texts(there) == ["kept", "lost"])
        assert hers.epoch == his.epoch != epoch
        with pytest.raises(ChatError):
            await there.edit(9, "of a number that nobody has any more")


async def test_what_is_said_again_keeps_its_label_and_is_what_stands_where_nobody_listens(
    pair: Pair, alice: Person, bob: Person, room: int
) -> None:
    async with client_of(alice) as hers, client_of(bob) as his:
        unheard, at_bobs = hers.room(room), await his.room(room).subscribe().ready()
        events, his_events = hers.events(), his.events()
        await unheard.send("kept")
        await unheard.send("deleted")
        await unheard.delete(2)
        await unheard.send("a draft", assisted=True)
        there = await unheard.subscribe(history=1).ready()
        await there.send("edited to a draft")
        await there.edit(4, "a draft, too", assisted=True)
        await until(events, lambda: texts(there)[-1] == "a draft, too")
        await asyncio.to_thread(pair.go_back, room, seq=1)
        assert (await first(events, "anew")).data == {"messages": 3}
        await until(his_events, lambda: texts(at_bobs) == ["kept", "a draft", "a draft, too"])
        assert [message.get("assisted", False) for message in at_bobs.messages] == [False, True, True]
        await at_bobs.send("from who goes")
        await bob.delete(f"/room/group/{room}/leave")
        await until(his_events, lambda: at_bobs.state == "removed")
        await asyncio.to_thread(pair.go_back, room, seq=1)
        assert (await first(his_events, "anew")).data == {"messages": 0}
