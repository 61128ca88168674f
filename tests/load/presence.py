"""`python -m tests.load.presence`: what it costs to know who is online and who looks.

One process with 10,000 members, each with a socket, and a Redis beside it. CPU is that of this process, and of
Redis. The last line is what a frame costs more on the hot path. Django's settings are those of the environment:
DEBUG=1 DJANGO_SETTINGS_MODULE=chatproject.settings.
"""

import asyncio
import time
import timeit
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
import uvloop
from redis import Redis

django.setup()  # before anything that imports a model

from messaging.delivery.hub import Hub  # noqa: E402
from messaging.delivery.sessions import Session  # noqa: E402
from messaging.presence.presence import Presence  # noqa: E402
from messaging.sockets.consumers_v2 import UNMEANT  # noqa: E402
from messaging.wire.client_frames import Chat  # noqa: E402
from messaging.wire.decoding import decode  # noqa: E402
from tests.factories import caller  # noqa: E402
from tests.load.cost import cpu_s  # noqa: E402
from tests.messaging.people import ListSink  # noqa: E402
from tests.servers import HOST, RedisServer, private_redis  # noqa: E402

MEMBERS, SECONDS, ROOM = 10_000, 10, 500
FRAMES = 200_000


class Load:
    """The process, its Redis, and what they spend."""

    def __init__(self, redis: RedisServer) -> None:
        self.redis, self.hub = redis, Hub()
        self.client: Any = Redis(host=HOST, port=redis.port)
        self.presence = Presence(hub=self.hub, urls=[redis.url], told=lambda _member_ids: None)
        self.presence.name("load")
        self.presence.start()

    def connect(self, member_id: int, *, looks: bool | None) -> Session:
        session = Session(caller=caller(member_id), nickname="", sink=ListSink(), is_v1=False, language="en")
        self.hub.add(session)
        self.presence.come(session)
        if looks is not None:
            self.presence.look(session, is_on=looks)
        return session

    @contextmanager
    def measured(self, what: str, seconds: float) -> Iterator[None]:
        commands = self._commands()
        here, there = time.process_time(), cpu_s([self.redis.pid])
        yield
        spent = time.process_time() - here, cpu_s([self.redis.pid]) - there
        each = [1_000 * one / seconds for one in spent]
        calls = (self._commands() - commands - 1) / seconds
        print(f"{what:46}{each[0]:8.2f}{each[1]:8.2f} ms CPU a second here and of Redis, {calls:6.1f} calls")

    def _commands(self) -> int:
        """Scripts that were run, and what else is asked from outside."""
        stats = self.client.info("commandstats")
        return sum(stats.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("evalsha", "info"))


async def main() -> None:
    with private_redis() as redis:
        load = Load(redis)
        await asyncio.sleep(2.0)
        with load.measured("nobody is here", SECONDS):
            await asyncio.sleep(SECONDS)
        began = time.perf_counter()
        with load.measured(f"{MEMBERS} come at once, told to Redis", 1.0):
            sessions = [load.connect(member_id, looks=None) for member_id in range(1, 1 + MEMBERS)]
            while load.client.zcard(next(load.client.scan_iter("*:at:*"), "none")) < MEMBERS:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        print(f"    that took {time.perf_counter() - began:.2f} s, of them up to a second until the next beat")
        await asyncio.sleep(6.0)
        with load.measured(f"{MEMBERS} stay", SECONDS):
            await asyncio.sleep(SECONDS)
        with load.measured(f"{MEMBERS} without `look` do something all the time", SECONDS):
            for _second in range(SECONDS):
                now = time.monotonic()
                for session in sessions:
                    session.looked_at = now
                await asyncio.sleep(1.0)
        await asyncio.sleep(6.0)
        with load.measured("100 of them turn to it and away each second", SECONDS):
            for second in range(SECONDS):
                for session in sessions[100 * second : 100 * second + 100]:
                    load.presence.look(session, is_on=True)
                    load.presence.look(session, is_on=False)
                await asyncio.sleep(1.0)
        await ask(load)
        await load.presence.stop()
    frames()


async def ask(load: Load) -> None:
    """As the event of a message to everyone does, at another process: nobody of them is here."""
    other = Load(load.redis)
    await asyncio.sleep(2.0)
    waits = []
    with load.measured(f"looked_within of {ROOM} members elsewhere, 50 times a second", 2.0):
        for _time in range(100):
            began = time.perf_counter()
            await other.presence.looked_within(range(1, 1 + ROOM), 30.0)
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.02 - min(0.02, waits[-1]))
    print(
        f"    each took {1_000 * sorted(waits)[50]:.2f} ms, of a hundred the slowest {1_000 * max(waits):.2f} ms"
    )
    await other.presence.stop()


def frames() -> None:
    session = Session(caller=caller(1), nickname="", sink=ListSink(), is_v1=False, language="en")
    frame = Chat(room_id=1, message="안녕하세요")
    text = '{"type":"chat","id":"1","roomId":1,"message":"안녕하세요"}'

    def note() -> None:
        if session.looks is None and not isinstance(frame, UNMEANT):
            session.looked_at = time.monotonic()

    def nothing() -> None:
        pass

    each = [min(timeit.repeat(one, number=FRAMES, repeat=5)) / FRAMES * 1e9 for one in (nothing, note)]
    decoding = min(timeit.repeat(lambda: decode(text), number=FRAMES, repeat=3)) / FRAMES * 1e9
    print(f"a frame: {each[1] - each[0]:.0f} ns more; decoding one alone takes {decoding:.0f} ns")


if __name__ == "__main__":
    uvloop.run(main())
