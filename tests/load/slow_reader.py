"""One socket stops reading while its room gets large frames: what that costs the others, and the server."""

import asyncio
import json
import time
from contextlib import suppress
from functools import partial

import httpx

from tests.e2e.chaos.sockets import held_by_server
from tests.load.cost import memory_kib
from tests.load.crowd import Crowd
from tests.load.dialects import STAMP_DIGITS, OurDialect, Seat, text_of
from tests.load.drive import Sample, offer
from tests.load.results import GENERATOR, P50, P99, SERVER, Column, Part, Table, in_turns, times
from tests.load.systems import Stage, System, seats_in

OTHERS = 20
MESSAGES_PER_S = 100
WARM_S, SAMPLE_S = 2.0, 10.0
LOOK_S = 0.25
FREED_TIMEOUT_S = 30.0
LARGE = "가" * 3_900  # 11.7 KB
GROWTH = Column("growth_mib", "memory growth MiB")
CLOSED = Column("closed_s", "4408 after s")
FREED = Column("freed_s", "freed s later")
COLUMNS = [P50, P99, GROWTH, CLOSED, FREED, SERVER, GENERATOR]
ABOUT = f"""\
{OTHERS} sockets in one room; {MESSAGES_PER_S} messages of 11.8 KB a second are said there for {SAMPLE_S:.0f} s. In
every second sample one more socket listens, and reads nothing from the beginning on: the kernel takes some MB for
it, then the server keeps up to 1 MiB, then it closes the socket with 4408, and 10 s later at the latest it frees
what it kept. Memory growth is the most resident memory during the sample, less that before it, in a new process
for each sample. p50 and p99 are those of the others."""


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(1, OTHERS)
    deaf = Seat(room_id=1, member_id=OTHERS + 1)
    system = stage.ours([*seats, deaf])
    system.dialect = LargeDialect()
    measurements = {
        "everybody reads": partial(_sample, system, seats, None),
        "one does not read": partial(_sample, system, seats, deaf),
    }
    lines = await in_turns(measurements, rounds=rounds)
    reading, not_reading = lines
    ratio = times(not_reading.median("p99_ms"), reading.median("p99_ms"))
    growth = not_reading.median("growth_mib") - reading.median("growth_mib")
    findings = [
        f"With one that does not read, the others' p99 is {ratio} times as long, and the server's memory grows by"
        f" {growth:.1f} MiB more; the socket is freed {not_reading.spread('freed_s').most:.1f} s after its 4408"
        " at the latest."
    ]
    return Part("One that does not read", ABOUT, [Table("A room with large frames", COLUMNS, lines)], findings)


class LargeDialect(OurDialect):
    """Messages of the most characters that one may have, nearly."""

    def chat(self, room_id: int, stamp: int) -> bytes:
        text = text_of(stamp) + LARGE
        frame = {"type": "chat", "roomId": room_id, "message": text, "id": f"~{stamp:0{STAMP_DIGITS}d}"}
        return json.dumps(frame, ensure_ascii=False).encode()


async def _sample(system: System, seats: list[Seat], deaf: Seat | None) -> Sample:
    [service] = system.services
    service.kill()
    service.start()  # or the memory that one socket that did not read had taken would serve the next one
    crowd, apart = system.new_crowd(), system.new_crowd()
    say = partial(offer, crowd, per_second=MESSAGES_PER_S, expected=OTHERS, pids=system.pids)
    await crowd.join(seats)
    await say(seconds=WARM_S)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{service.port}", trust_env=False) as http:
        watch = _Watch(system, http, service.port)
        await watch.look()
        if deaf is not None:
            watch.deaf_port = await _stop_reading(apart, deaf)
        watching = asyncio.create_task(watch.look_on())
        sample = await say(seconds=SAMPLE_S)
        if deaf is not None:
            async with asyncio.timeout(FREED_TIMEOUT_S):
                await watch.freed.wait()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    for everyone in (crowd, apart):
        everyone.cut()
    return sample | watch.findings()


async def _stop_reading(crowd: Crowd, deaf: Seat) -> int:
    """A socket that listens and never reads again. Returns its own port."""
    [socket] = await crowd.join([deaf])
    socket.transport.pause_reading()
    port: int = socket.transport.get_extra_info("sockname")[1]
    return port


class _Watch:
    """What becomes of the server meanwhile, looked at four times a second, whoever reads."""

    def __init__(self, system: System, http: httpx.AsyncClient, port: int) -> None:
        self._system, self._http, self._port = system, http, port
        self._began = time.monotonic()
        self._before_kib = self._most_kib = memory_kib(system.pids)
        self._slow_closes: float | None = None  # before
        self.deaf_port: int | None = None
        self._closed_s: float | None = None
        self._freed_s: float | None = None
        self.freed = asyncio.Event()

    async def look_on(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        self._most_kib = max(self._most_kib, memory_kib(self._system.pids))
        text = (await self._http.get("/metrics")).text
        [closes] = [
            float(line.split()[1]) for line in text.splitlines() if line.startswith("chat_slow_closes_total")
        ]
        now_s = time.monotonic() - self._began
        if self._slow_closes is None:
            self._slow_closes = closes
        elif closes > self._slow_closes and self._closed_s is None:
            self._closed_s = now_s
        if self.deaf_port and self._freed_s is None and self.deaf_port not in held_by_server(self._port):
            self._freed_s = now_s
            self.freed.set()

    def findings(self) -> Sample:
        found = {"growth_mib": (self._most_kib - self._before_kib) / 1024}
        if self.deaf_port is not None:
            assert self._closed_s is not None, "the socket that does not read was not closed with 4408"
            assert self._freed_s is not None
            found |= {"closed_s": self._closed_s, "freed_s": self._freed_s - self._closed_s}
        return found
