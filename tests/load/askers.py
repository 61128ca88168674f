"""How long ordinary messages take while a hundred members wait for a model that never answers."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.load.dialects import OurDialect, Seat
from tests.load.drive import Sample, offer
from tests.load.results import (
    ACK_P99,
    DELIVERIES,
    GENERATOR,
    P50,
    P99,
    SERVER,
    US_PER_DELIVERY,
    Part,
    Table,
    in_turns,
)
from tests.load.systems import Stage, System, seats_in

ROOMS, PER_ROOM = 50, 20
DELIVERIES_PER_S = 5_000
ASKERS = 100
ASKED_WITHIN_S = 1.0
ASK_AGAIN_AFTER_S = 10.0  # as the refusal says: too many wait already
SAMPLE_S = 4.0
WITHOUT = "nobody asks"
WAITING = f"{ASKERS} wait for a model that hangs"
ASKING = f"{ASKERS} ask it within a second"
ABOUT = f"""\
{ROOMS * PER_ROOM:,} sockets in {ROOMS} rooms of {PER_ROOM}, {DELIVERIES_PER_S:,} deliveries a second, sent by the
clock; latency counts from when each was due. In the second line {ASKERS} more members, each in a room of their
own, have asked the assistant before the sample begins; the model takes every call and answers none, so that they
wait, or are refused and ask again after the 10 s that the refusal names. The aim is a p99 that differs by less
than 20 %. In the third line they ask within the first second of the sample: what their questions cost, without
the budgets that allow 120 calls a minute for everybody together."""
COLUMNS = [P50, P99, ACK_P99, DELIVERIES, US_PER_DELIVERY, SERVER, GENERATOR]


class Asker:
    """A member who asks, waits, and asks again when refused, until told to stop."""

    def __init__(self, connection: ClientConnection, room_id: int) -> None:
        self._connection, self._room_id = connection, room_id
        self._run_id = ""
        self._is_over = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def wait_for_an_answer(self) -> None:
        await asyncio.sleep(random.uniform(0, ASKED_WITHIN_S))
        while True:
            self._is_over.clear()
            await self._send(type="ask", message="Is anybody there?")
            await self._is_over.wait()
            await asyncio.sleep(ASK_AGAIN_AFTER_S)

    async def stop(self) -> None:
        if self._run_id:
            await self._send(type="stop", runId=self._run_id)
            await self._is_over.wait()

    async def _read(self) -> None:
        async for text in self._connection:
            frame: dict[str, Any] = json.loads(text)
            if frame["type"] == "assistant" and frame["state"] in ("thinking", "writing"):
                self._is_over.clear()
                self._run_id = frame["runId"]
            elif frame["type"] in ("assistant", "error"):
                self._run_id = ""
                self._is_over.set()

    async def _send(self, **frame: Any) -> None:
        await self._connection.send(json.dumps({"roomId": self._room_id, **frame}))


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    asking = [Seat(ROOMS + number, len(seats) + number) for number in range(1, ASKERS + 1)]
    system = stage.ours([*seats, *asking], settings=stage.hanging_model())
    stage.lift_budgets(system)
    async with AsyncExitStack() as sockets:
        await system.crowd.join(seats)
        askers = [await _sit_down(sockets, system, seat) for seat in asking]
        await _sample(system)  # warm
        lines = await in_turns(
            {
                WITHOUT: partial(_sample, system),
                WAITING: partial(_sample_with, system, askers, asked_before=True),
                ASKING: partial(_sample_with, system, askers, asked_before=False),
            },
            rounds=rounds,
        )
    alone, beside, asking_p99 = (line.median("p99_ms") for line in lines)
    finding = (
        f"99 of 100 deliveries come within {beside:.1f} ms while {ASKERS} wait for a model that hangs, and within "
        f"{alone:.1f} ms when nobody asks: {100 * (beside / alone - 1):+.0f} %; while they ask, "
        f"within {asking_p99:.1f} ms."
    )
    table = Table(f"At {DELIVERIES_PER_S:,} deliveries/s", COLUMNS, lines, plotted=P99)
    return Part("A model that hangs", ABOUT, [table], [finding])


async def _sit_down(sockets: AsyncExitStack, system: System, seat: Seat) -> Asker:
    [service] = system.services
    url = f"ws://127.0.0.1:{service.port}{OurDialect().path(seat)}"
    connection = await sockets.enter_async_context(connect(url, proxy=None, compression=None))
    await connection.send(json.dumps({"type": "subscribe", "roomId": seat.room_id}))
    while json.loads(await connection.recv())["type"] != "subscribed":
        pass
    return Asker(connection, seat.room_id)


async def _sample_with(system: System, askers: list[Asker], *, asked_before: bool) -> Sample:
    async with _asking(askers):
        if asked_before:
            await asyncio.sleep(2 * ASKED_WITHIN_S)
        return await _sample(system)


@asynccontextmanager
async def _asking(askers: list[Asker]) -> AsyncIterator[None]:
    waiting = [asyncio.create_task(asker.wait_for_an_answer()) for asker in askers]
    try:
        yield
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.gather(*(asker.stop() for asker in askers))


async def _sample(system: System) -> Sample:
    rate = DELIVERIES_PER_S / PER_ROOM
    return await offer(system.crowd, per_second=rate, expected=PER_ROOM, seconds=SAMPLE_S, pids=system.pids)
