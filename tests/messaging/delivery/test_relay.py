"""What one process tells the others, over this run's layer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import msgspec
import pytest
from channels.layers import channel_layers

from chatproject.errors import StoreUnavailable
from messaging.delivery.link import ROOMS_GROUP
from messaging.delivery.notices import Notice
from messaging.delivery.relay import Relay
from messaging.delivery.streams import Change
from tests.messaging.lossy import LossyLayer
from tests.messaging.people import TIMEOUT_S, eventually, soon

ROOM = 42
OURS, THEIRS = "ours", "theirs"


class Process:
    """A relay and what it heard."""

    def __init__(self, aliases: Sequence[str], deployment: str = OURS) -> None:
        self.heard: list[Notice] = []
        self.healed = 0
        self.deployment: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        if deployment:
            self.deployment.set_result(deployment)
        self.relay = Relay(aliases, deployment_name=self._name, receive=self.heard.append, healed=self._count)

    async def _name(self) -> str:
        return await self.deployment

    def _count(self) -> None:
        self.healed += 1

    def tell(self, text: bytes, room_id: int = ROOM) -> None:
        self.relay.publish(Notice(room_id=room_id, kind="tell", text=text))

    def texts(self) -> list[bytes]:
        return [notice.text for notice in self.heard]


StartProcess = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start_process(layer_aliases: Sequence[str]) -> AsyncIterator[StartProcess]:
    """Starts relays that reach each other, and waits until they hear the room."""
    processes: list[Process] = []

    async def start(*room_ids: int, aliases: Sequence[str] | None = None, deployment: str = OURS) -> Process:
        process = Process(aliases or [layer_aliases[len(processes) % len(layer_aliases)]], deployment)
        processes.append(process)
        process.relay.start()
        for room_id in room_ids:
            await soon(process.relay.join(room_id))
        return process

    yield start
    for process in processes:
        await soon(process.relay.stop())


async def test_others_who_joined_hear_and_the_teller_does_not(start_process: StartProcess) -> None:
    here, there, elsewhere = await start_process(ROOM), await start_process(ROOM), await start_process(ROOM + 1)
    for number in range(20):
        here.tell(b"%d" % number)
    await eventually(lambda: len(there.heard) == 20)
    assert there.texts() == [b"%d" % number for number in range(20)]
    there.tell(b"back")
    await eventually(lambda: here.heard)
    assert here.texts() == [b"back"]
    assert elsewhere.heard == []


async def test_a_notice_arrives_as_it_was_told(start_process: StartProcess) -> None:
    here, there = await start_process(), await start_process(ROOM)
    changes = (Change(8, 2, 7, "안녕".encode()), Change(9, 3, 2**63 - 1, b"\x00\xff"))
    told = [
        Notice(room_id=ROOM, kind="changes", changes=changes),
        Notice(room_id=ROOM, kind="tell", text=b"{}", except_member_id=7),
        Notice(room_id=ROOM, kind="roster", roster_version=3, left_member_id=2**63 - 1, text=b"{}", removal=b"[]"),
    ]
    for notice in told:
        here.relay.publish(notice)
    await eventually(lambda: len(there.heard) == 3)
    assert there.heard == told


async def test_who_left_the_room_hears_nothing_more_and_may_come_back(start_process: StartProcess) -> None:
    here, there = await start_process(), await start_process(ROOM, ROOM + 1)
    there.relay.leave(ROOM)
    there.relay.leave(ROOM)
    here.tell(b"unheard")
    here.tell(b"heard", ROOM + 1)
    await eventually(lambda: there.heard)
    await soon(there.relay.join(ROOM))
    here.tell(b"again")
    await eventually(lambda: len(there.heard) == 2)
    assert there.texts() == [b"heard", b"again"]


async def test_leaving_and_joining_at_once_is_joining(start_process: StartProcess) -> None:
    here, there = await start_process(), await start_process(ROOM)
    for _ in range(10):
        there.relay.leave(ROOM)
        await soon(there.relay.join(ROOM))
    here.tell(b"hello")
    await eventually(lambda: there.heard)


async def test_a_process_alone_tells_nobody() -> None:
    alone = Process([])
    alone.relay.start()
    alone.tell(b"hello")
    await soon(alone.relay.join(ROOM))
    alone.relay.leave(ROOM)
    assert alone.relay.is_up
    await soon(alone.relay.stop())


async def test_a_process_that_hears_nobody_publishes_nothing_until_another_comes(
    start_process: StartProcess, lossy: LossyLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.company.COMPANY_S", TIMEOUT_S)
    here = await start_process(ROOM + 1, aliases=["lossy"])
    here.tell(b"to nobody")
    assert not here.relay._links[0]._correspondence.has_parcels
    here.tell(b"just before another is heard")
    there = await start_process(ROOM, aliases=["lossy"])
    here.tell(b"just after")
    await eventually(lambda: b"just after" in there.texts())
    assert there.texts() == [b"to nobody", b"just before another is heard", b"just after"]


async def test_rooms_are_spread_over_several_layers(
    start_process: StartProcess, lossy: LossyLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = LossyLayer()
    monkeypatch.setitem(channel_layers.backends, "other", other)
    rooms = range(1, 9)
    here = await start_process(aliases=["lossy", "other"])
    there = await start_process(*rooms, aliases=["lossy", "other"])
    lossy.lose(lambda _notice: True)
    for room_id in rooms:
        here.tell(b"hello", room_id)
    await eventually(lambda: len(there.heard) == 4 and len(lossy.lost) == 4)
    assert {notice.room_id % 2 for notice in there.heard} == {1}
    assert {notice.room_id % 2 for notice in lossy.lost} == {0}


async def test_a_notice_that_is_not_understood_stops_nothing(
    start_process: StartProcess, lossy: LossyLayer, caplog: pytest.LogCaptureFixture
) -> None:
    there = await start_process(ROOM, aliases=["lossy"])
    here = await start_process(aliases=["lossy"])
    stranger = msgspec.msgpack.encode({"room_id": ROOM, "kind": "tell"})
    await LossyLayer.__base__.group_send(
        lossy,
        ROOMS_GROUP.format(deployment=OURS),
        {"type": "chat.relay", "deployment": OURS, "process": "another", "notices": [(ROOM, stranger[:-1])]},
    )
    here.tell(b"hello")
    await eventually(lambda: there.heard)
    assert "was not understood" in caplog.text


async def test_a_process_of_the_build_before_the_streets_hears_and_is_heard(
    start_process: StartProcess, lossy: LossyLayer
) -> None:
    group = ROOMS_GROUP.format(deployment=OURS)
    message = {"type": "chat.relay", "deployment": OURS, "process": "old", "notices": []}
    await lossy.group_add(group, "chat.old")
    here, there = await start_process(ROOM, aliases=["lossy"]), await start_process(ROOM + 1, aliases=["lossy"])
    here.tell(b"before its first beat")
    await LossyLayer.__base__.group_send(lossy, group, message)
    here.tell(b"hello")
    told: list[tuple[int, bytes]] = []
    while len(told) < 2:
        told += (await soon(lossy.receive("chat.old")))["notices"]
    assert [msgspec.msgpack.decode(raw, type=Notice).text for _room, raw in told] == [
        b"before its first beat",
        b"hello",
    ]
    answer = msgspec.msgpack.encode(Notice(room_id=ROOM, kind="tell", text=b"back"))
    await LossyLayer.__base__.group_send(lossy, group, {**message, "notices": [(ROOM, answer)]})
    await eventually(lambda: here.heard)
    assert (here.texts(), there.texts()) == ([b"back"], [])


async def test_what_is_said_where_another_does_not_listen_costs_it_no_message(
    start_process: StartProcess, lossy: LossyLayer
) -> None:
    here, there = await start_process(ROOM, aliases=["lossy"]), await start_process(ROOM + 1, aliases=["lossy"])
    here.tell(b"met", ROOM + 1)
    await eventually(lambda: there.heard)
    here.tell(b"ours")
    here.tell(b"theirs", ROOM + 1)
    await eventually(lambda: len(there.heard) == 2)
    assert (there.texts(), lossy.messages) == ([b"met", b"theirs"], 2)
    await soon(there.relay.join(ROOM))
    await eventually(lambda: len(there.heard) == 3)
    assert there.texts()[-1] == b"ours"  # said of late, and kept for who comes


async def test_deployments_that_share_a_layer_do_not_hear_each_other(start_process: StartProcess) -> None:
    here, there = await start_process(ROOM), await start_process(ROOM)
    stranger = await start_process(ROOM, deployment=THEIRS)
    stranger.tell(b"not for you")
    here.tell(b"for us")
    await eventually(lambda: there.heard)
    there.tell(b"back")
    await eventually(lambda: here.heard)
    assert (there.texts(), here.texts(), stranger.texts()) == ([b"for us"], [b"back"], [])


@pytest.mark.parametrize(
    "foreign", [{"deployment": THEIRS, "process": "another", "notices": []}, {"process": "old", "notices": []}, {}]
)
async def test_what_says_another_deployment_or_none_is_dropped_wherever_it_comes_from(
    start_process: StartProcess, lossy: LossyLayer, foreign: dict[str, object]
) -> None:
    there = await start_process(ROOM, aliases=["lossy"])
    here = await start_process(aliases=["lossy"])
    notice = msgspec.msgpack.encode(Notice(room_id=ROOM, kind="tell", text=b"not for you"))
    if "notices" in foreign:
        foreign = {**foreign, "notices": [(ROOM, notice)]}
    group = ROOMS_GROUP.format(deployment=OURS)
    await LossyLayer.__base__.group_send(lossy, group, {"type": "chat.relay", **foreign})
    here.tell(b"for us")
    await eventually(lambda: there.heard)
    assert there.texts() == [b"for us"]


async def test_what_is_told_before_the_deployment_has_its_name_waits_for_it(start_process: StartProcess) -> None:
    there = await start_process(ROOM)
    here = await start_process(deployment="")
    here.tell(b"early")
    here.deployment.set_result(OURS)
    await eventually(lambda: there.heard)
    assert there.texts() == [b"early"]


async def test_while_the_store_is_away_the_name_is_asked_for_again(
    start_process: StartProcess,
    monkeypatch: pytest.MonkeyPatch,
    layer_aliases: Sequence[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("messaging.delivery.relay.ASK_AGAIN_AFTER_S", 0.01)
    there = await start_process(ROOM)
    troubles: list[Exception] = [StoreUnavailable(), *[RuntimeError("no such table")] * 3]

    async def name() -> str:
        if troubles:
            raise troubles.pop()
        return OURS

    here = Relay(layer_aliases[1 % len(layer_aliases) :][:1], deployment_name=name, receive=print, healed=print)
    here.start()
    here.publish(Notice(room_id=ROOM, kind="tell", text=b"at last"))
    await eventually(lambda: there.heard)
    assert caplog.text.count("the name of this deployment cannot be read") == 1
    await soon(here.stop())


async def test_a_process_that_ends_tells_first_what_it_knows(start_process: StartProcess) -> None:
    there, here = await start_process(ROOM), await start_process(ROOM)
    here.tell(b"met")
    await eventually(lambda: there.heard)
    here.tell(b"read up to 7")
    await soon(here.relay.stop())
    await eventually(lambda: there.texts() == [b"met", b"read up to 7"])


async def test_what_waits_is_told_in_one_message(
    lossy: LossyLayer, start_process: StartProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = await start_process(ROOM, ROOM + 1, aliases=["lossy"])
    here = await start_process(aliases=["lossy"])
    for number in range(20):
        here.tell(b"%d" % number, ROOM + number % 3)
    await eventually(lambda: len(there.heard) == 14)
    assert there.texts() == [b"%d" % number for number in range(20) if number % 3 < 2]
    assert lossy.messages == 1
    monkeypatch.setattr("messaging.delivery.parcels.MESSAGE_ENOUGH_BYTES", 1)
    here.tell(b"one")
    here.tell(b"two")
    await eventually(lambda: len(there.heard) == 16)
    assert lossy.messages == 3


async def test_what_waits_too_long_to_be_told_is_dropped(
    lossy: LossyLayer, monkeypatch: pytest.MonkeyPatch, start_process: StartProcess
) -> None:
    monkeypatch.setattr("messaging.delivery.parcels.WAITING_MAX", 5)
    there = await start_process(ROOM, aliases=["lossy"])
    here = await start_process(aliases=["lossy"])
    here.tell(b"met")
    await eventually(lambda: there.heard)
    for number in range(20):
        here.tell(b"%d" % number)
    await eventually(lambda: len(there.heard) > 1)
    assert there.texts() == [b"met", *(b"%d" % number for number in range(5))]


async def test_a_link_without_its_beat_is_down_and_heals(
    lossy: LossyLayer, monkeypatch: pytest.MonkeyPatch, start_process: StartProcess
) -> None:
    monkeypatch.setattr("messaging.delivery.link.BEAT_INTERVAL_S", 0.02)
    there = await start_process(ROOM, aliases=["lossy"])
    with monkeypatch.context() as hasty:
        hasty.setattr("messaging.delivery.link.BEAT_LATE_S", 0.2)
        hasty.setattr("messaging.delivery.link.RESET_AFTER_S", 0.5)
        lossy.groups.clear()  # a layer that forgot everybody, as after its restart
        await eventually(lambda: not there.relay.is_up)
        there.tell(b"unheard")
        await eventually(lambda: there.healed)
    await eventually(lambda: there.relay.is_up)
    await soon(there.relay.join(ROOM))
    here = await start_process(aliases=["lossy"])
    here.tell(b"heard")
    await eventually(lambda: there.heard)
    assert there.texts() == [b"heard"]


async def test_a_process_that_was_stopped_says_so_and_heals(
    lossy: LossyLayer,
    monkeypatch: pytest.MonkeyPatch,
    start_process: StartProcess,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("messaging.delivery.link.BEAT_INTERVAL_S", 0.02)
    there = await start_process(ROOM, aliases=["lossy"])
    loop, stopped_s = asyncio.get_running_loop(), 60.0
    clock = loop.time
    monkeypatch.setattr(loop, "time", lambda: clock() + stopped_s)  # as the kernel's went on meanwhile
    await eventually(lambda: there.healed)
    assert there.relay.is_up
    assert "this process itself stood still for 60 s" in caplog.text
    assert "NoBeat" not in caplog.text


def number_known(process: Process) -> int:
    """Of how many others the process knows where they listen."""
    [link] = process.relay._links
    return sum(one.streets._streets is not None for one in link._correspondence._company._others.values())


async def test_a_redis_that_hangs_is_waited_for_once_however_many_are_to_be_told(
    lossy: LossyLayer, monkeypatch: pytest.MonkeyPatch, start_process: StartProcess
) -> None:
    monkeypatch.setattr("messaging.delivery.link.BEAT_INTERVAL_S", 0.02)
    others = [await start_process(ROOM + number // 3, aliases=["lossy"]) for number in range(7)]
    here = await start_process(aliases=["lossy"])
    await eventually(lambda: number_known(here) == len(others))
    asked: list[str] = []

    async def hang(group: str, message: dict[str, object]) -> None:
        if message["notices"]:
            asked.append(group)
            await asyncio.Event().wait()
        await LossyLayer.group_send(lossy, group, message)

    with monkeypatch.context() as frozen:
        frozen.setattr("messaging.delivery.link.CALL_TIMEOUT_S", 0.05)
        frozen.setattr(lossy, "group_send", hang)
        here.tell(b"lost")
        await eventually(lambda: here.healed)
        await eventually(lambda: here.relay.is_up)
    here.tell(b"heard")
    await eventually(lambda: b"heard" in others[0].texts())
    assert len(asked) == 1
