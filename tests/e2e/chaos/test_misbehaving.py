"""Clients that do not read, fall silent, never finish a handshake, say nothing valid: nobody else is harmed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.e2e.chaos.client import Client
from tests.e2e.chaos.cluster import Cluster
from tests.e2e.chaos.conftest import Report
from tests.e2e.chaos.delays import delivery_delays, in_words
from tests.e2e.chaos.probe import Probe, probing
from tests.e2e.chaos.proxy import proxy_before
from tests.e2e.chaos.run import Run, Size
from tests.e2e.chaos.sockets import held_by_server
from tests.e2e.processes import POLL_S, Process
from tests.servers import HOST

pytestmark = pytest.mark.e2e

SLOW_READER = 4408
FREED_WITHIN_S = 15.0
HALF_OPEN_FREED_WITHIN_S = 35.0
HANDSHAKE_FREED_WITHIN_S = 15.0
LARGE_TEXT = "가" * 3_900  # 11,700 bytes
FEW = Size(sockets=4, rooms=1, rooms_each=1, messages_per_second=20)
MORE_THAN_BUFFERS_HOLD = 1_200  # messages; the kernel keeps about 3 MB of a socket
AT_ONCE = 40  # of them: who reads may be so far behind, should the machine stand still for a while
MORE_THAN_A_REPLAY = 600  # messages, short ones: the server waits 10 s for the closed one to read
VALID_NOTHING = [
    '{"type":',
    "[]",
    '{"type":"wave"}',
    '{"type":"chat"}',
    "\u0000",
    '{"type":"subscribe","roomId":"1"}',
]


async def until(holds: Callable[[], bool], what: str, *, within_s: float) -> float:
    """Return after how many seconds that holds."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, f"{what} did not come within {within_s} s"
        await asyncio.sleep(POLL_S)
    return time.monotonic() - began


async def test_who_reads_too_late_is_closed_with_4408_and_comes_back_complete(
    cluster: Cluster, seed: int, report: Report
) -> None:
    async with large_frames(cluster, seed, report) as deaf:
        deaf.socket.go_on_reading()
    assert [end.code for end in deaf.journal.closed] == [SLOW_READER]


@pytest.mark.chaos
async def test_who_never_reads_is_let_go_of_all_the_same(cluster: Cluster, seed: int, report: Report) -> None:
    server = cluster.servers[0]
    async with large_frames(cluster, seed, report) as deaf:
        port = deaf.socket.local_port
        freed_s = await until(
            lambda: port not in held_by_server(server.port), "the end of the socket", within_s=FREED_WITHIN_S
        )
        deaf.socket.go_on_reading()
    report(f"let go of after {freed_s:.1f} s")
    assert len(deaf.journal.closed) == 1


@asynccontextmanager
async def large_frames(cluster: Cluster, seed: int, report: Report) -> AsyncIterator[Client]:
    """A client that does not read its room's large frames, and is closed; in the end complete, nobody harmed."""
    server = cluster.servers[0]
    async with Run(cluster, size=FEW, seed=seed) as run:
        others, [room_id] = list(run.clients), run.room_ids
        [member_id] = await asyncio.to_thread(cluster.add_members, 1)
        await asyncio.to_thread(cluster.join, {member_id: [room_id]})
        deaf = run.add_client(member_id, [room_id], server=server.address)
        await run.until(run.all_are_present, "the deaf one")
        deaf.socket.stop_reading()
        began, closed_before = time.monotonic(), count_slow_readers(server)
        for number in range(MORE_THAN_BUFFERS_HOLD):
            others[number % len(others)].say(room_id, padding=LARGE_TEXT)
            await run.until(lambda: run.count_unacknowledged() < AT_ONCE, "acknowledgements")
            if count_slow_readers(server) > closed_before:
                break
        for number in range(MORE_THAN_A_REPLAY):
            others[number % len(others)].say(room_id)
        await run.until_acknowledged(MORE_THAN_A_REPLAY)
        ended = time.monotonic()
        yield deaf
        verdict = await run.settle()

    beside = delivery_delays([client.journal for client in others], said_between=(began, ended))
    report(f"{verdict}; to the others meanwhile: {in_words(beside)}")
    assert not verdict.faults
    assert verdict.recovered
    assert not any(client.journal.closed for client in others)


def count_slow_readers(server: Process) -> int:
    return server.read_log().count(f'"code": {SLOW_READER}')


@asynccontextmanager
async def bystanders(cluster: Cluster) -> AsyncIterator[Probe]:
    """A member on the first server, that pings all the while; at the end every ping is answered."""
    [member_id] = await asyncio.to_thread(cluster.add_members, 1)
    [room_id] = await asyncio.to_thread(cluster.add_rooms, 1)
    await asyncio.to_thread(cluster.join, {member_id: [room_id]})
    async with probing(cluster.servers[0].address, member_id, room_id) as probe:
        yield probe
    assert not probe.frames[2:], "the bystander was told something"


@pytest.mark.chaos
async def test_who_falls_silent_without_a_word_is_let_go_of(cluster: Cluster, report: Report) -> None:
    server = cluster.servers[0]
    [member_id] = await asyncio.to_thread(cluster.add_members, 1)
    [room_id] = await asyncio.to_thread(cluster.add_rooms, 1)
    await asyncio.to_thread(cluster.join, {member_id: [room_id]})
    with proxy_before(server.port) as proxy:
        async with bystanders(cluster):
            before, silent = held_by_server(server.port), Probe()
            await silent.connect(f"http://{HOST}:{proxy.port}", member_id, room_id)
            assert len(held_by_server(server.port) - before) == 1

            proxy.swallows = True
            freed_s = await until(
                lambda: held_by_server(server.port) <= before,
                "the end of the silent peer's socket",
                within_s=HALF_OPEN_FREED_WITHIN_S,
            )
    report(f"let go of after {freed_s:.1f} s")
    silent.socket.abort()


def upgrade(*headers: str, path: str = "/v2/chat/connect") -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: chat.example.com", "Connection: Upgrade", "Upgrade: websocket"]
    lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==", *headers, "", ""]
    return "\r\n".join(lines).encode()


HANDSHAKES = {
    "nothing at all": b"",
    "half a request line": b"GET /v2/chat",
    "headers that never end": upgrade()[:-2],
    "a line over the limit": upgrade("X-Long: " + "x" * 70_000),
    "too many headers": upgrade(*(f"X-{n}: {n}" for n in range(300))),
    "a path over the limit": upgrade(path="/v2/chat/connect?access=" + "x" * 70_000),
}


@pytest.mark.chaos
async def test_handshakes_that_never_end_or_are_over_the_limits_are_given_up(
    cluster: Cluster, report: Report
) -> None:
    server = cluster.servers[0]
    async with bystanders(cluster) as bystander:
        ends = await asyncio.gather(*(knock(server, beginning) for beginning in HANDSHAKES.values()))

    for name, (seconds, answer) in zip(HANDSHAKES, ends, strict=True):
        report(f"{name}: ended after {seconds:.1f} s with {answer[:60]!r}")
    report(f"a bystander's pings: {in_words(sorted(bystander.delays))}")
    assert all(seconds < HANDSHAKE_FREED_WITHIN_S for seconds, _answer in ends)
    assert not any(b" 101 " in answer for _seconds, answer in ends)


async def knock(server: Process, beginning: bytes) -> tuple[float, bytes]:
    """Send that much; return after how long the server ends the connection, and what it said."""
    began = time.monotonic()
    reader, writer = await asyncio.open_connection(HOST, server.port)
    writer.write(beginning)
    try:
        async with asyncio.timeout(2 * HANDSHAKE_FREED_WITHIN_S):
            answer = await reader.read()
    except (ConnectionError, TimeoutError):
        answer = b""
    writer.close()
    return time.monotonic() - began, answer


async def test_who_says_nothing_valid_is_told_so_each_time(cluster: Cluster) -> None:
    [member_id] = await asyncio.to_thread(cluster.add_members, 1)
    [room_id] = await asyncio.to_thread(cluster.add_rooms, 1)
    await asyncio.to_thread(cluster.join, {member_id: [room_id]})
    async with bystanders(cluster):
        babbler = Probe()
        await babbler.connect(cluster.servers[0].address, member_id, room_id)
        for text in VALID_NOTHING * 10:
            babbler.socket.send(text.encode())
        babbler.send({"type": "subscribe", "id": "last", "roomId": room_id})
        await babbler.hear("subscribed", id="last")

        errors = [frame for frame in babbler.frames if frame["type"] == "error"]
        assert [error["code"] for error in errors] == ["E-C001"] * len(VALID_NOTHING) * 10
        assert not babbler.closed.done()
        babbler.socket.abort()
