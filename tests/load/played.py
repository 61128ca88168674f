"""`python -m tests.load.played`: plays processes of a cluster for which the machine has no cores.

Each beats, and tells what is said in rooms of its own, so many notices a second, as servers of a build do: by the
links of this build; or, as an earlier one did, each notice in a message to the group of all. Those play deaf, and
write what the layer would. The environment is that of a server.
"""

import argparse
import asyncio
import os
import time
import uuid

import django
import msgspec
import uvloop
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.asyncio import Redis

os.environ["DJANGO_SETTINGS_MODULE"] = "chatproject.settings"
django.setup()  # before anything that imports a model

from messaging.delivery.link import BEAT_INTERVAL_S, ROOMS_GROUP, Link  # noqa: E402
from messaging.delivery.notices import Notice  # noqa: E402
from messaging.delivery.process_name import new_process_name  # noqa: E402
from messaging.delivery.streams import Change  # noqa: E402

TICK_S = 0.002
FIRST_ROOM = 10_001
TEXT = b'{"type":"chat","roomId":10001,"message":"%s"}' % ("안녕하세요, 오늘도 한 줄 남겨요. ".encode() * 4)


def notice_of(room_id: int, version: int) -> bytes:
    """What is told of a message of ordinary length."""
    change = Change(version, 1, version, TEXT)
    return msgspec.msgpack.encode(Notice(room_id=room_id, kind="changes", changes=(change,)))


class Clock:
    """Says how many messages are due."""

    def __init__(self, per_second: float) -> None:
        self._per_second, self._start, self._said = per_second, time.monotonic(), 0

    def due(self) -> int:
        """Since it was asked last."""
        due = int((time.monotonic() - self._start) * self._per_second) - self._said
        self._said += due
        return due


async def play_links(url: str, deployment: str, *, processes: int, rooms: int, per_second: float) -> None:
    links = []
    for _number in range(processes):
        layer = RedisPubSubChannelLayer(hosts=[url], prefix="chat")
        link = Link(layer, new_process_name(), receive=lambda _notice: None, healed=lambda: None)
        link.start()
        link.name(deployment)
        links.append(link)
    for room_id in range(FIRST_ROOM, FIRST_ROOM + rooms * processes):
        links[room_id % processes].enter(room_id)
    clock, number = Clock(per_second * processes), 0
    while True:
        for _message in range(clock.due()):
            room_id = FIRST_ROOM + number % (rooms * processes)
            links[room_id % processes].send(room_id, notice_of(room_id, number))
            number += 1
        await asyncio.sleep(TICK_S)


async def play_group(url: str, deployment: str, *, processes: int, rooms: int, per_second: float) -> None:
    """The first builds had no deployments, so no name in that of the group."""
    layer = RedisPubSubChannelLayer(hosts=[url], prefix="chat")
    channel = f"chat__group__{ROOMS_GROUP.format(deployment=deployment)}".removesuffix(".")
    senders = [
        {"type": "chat.relay", "deployment": deployment, "process": uuid.uuid4().hex} for _ in range(processes)
    ]
    notices, beats, number = Clock(per_second * processes), Clock(processes / BEAT_INTERVAL_S), 0
    async with Redis.from_url(url) as redis:
        while True:
            said: list[list[tuple[int, bytes]]] = [[] for _beat in range(beats.due())]
            for _message in range(notices.due()):
                room_id = FIRST_ROOM + number % (rooms * processes)
                said.append([(room_id, notice_of(room_id, number))])
                number += 1
            pipeline = redis.pipeline(transaction=False)
            for index, told in enumerate(said):
                sender = senders[(number + index) % processes]
                pipeline.publish(channel, layer.serialize({**sender, "notices": told}))
            await pipeline.execute()
            await asyncio.sleep(TICK_S)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.played")
    parser.add_argument("format", choices=("links", "group"))
    parser.add_argument("url")
    parser.add_argument("deployment", help="its name, as the groups of its layer end")
    parser.add_argument("--processes", type=int, default=7)
    parser.add_argument("--rooms", type=int, default=200, help="of each")
    parser.add_argument("--rate", type=float, default=500.0, help="notices a second of each")
    arguments = parser.parse_args()
    play = play_links if arguments.format == "links" else play_group
    uvloop.run(
        play(
            arguments.url,
            arguments.deployment,
            processes=arguments.processes,
            rooms=arguments.rooms,
            per_second=arguments.rate,
        )
    )


if __name__ == "__main__":
    main()
