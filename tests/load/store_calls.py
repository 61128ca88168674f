"""Calls a store for a while and prints what it cost. usage: store_calls ours|textbook|insert SIZE ROOMS PER_ROOM

SIZE is messages a batch for ours, threads for the others. Django's settings are those of the environment.
"""

import json
import random
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import django

SECONDS = 1.5
TEXT = "x" * 60


def seat(rooms: int, per_room: int) -> tuple[int, int]:
    """A room and a member of it, as `systems.seats_in` places them."""
    room_id = random.randint(1, rooms)
    return room_id, room_id + rooms * random.randrange(per_room)


def our_call(size: int, rooms: int, per_room: int) -> Callable[[], int]:
    from messaging.store.services import Draft, store_messages

    def store() -> int:
        places = [seat(rooms, per_room) for _ in range(size)]
        drafts = [Draft(room_id, member_id, TEXT, uuid.uuid4().hex) for room_id, member_id in places]
        store_messages(drafts, now=datetime.now(UTC))
        return size

    return store


def textbook_call(what: str, rooms: int, per_room: int) -> Callable[[], int]:
    from tests.load.textbook.services import insert_message, store_message

    function = store_message if what == "textbook" else insert_message

    def store() -> int:
        room_id, member_id = seat(rooms, per_room)
        function(room_id=room_id, member_id=member_id, contents=TEXT)
        return 1

    return store


def count(call: Callable[[], int], seconds: float) -> tuple[int, int]:
    """Messages and calls until the time is over."""
    end, messages, calls = time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        messages += call()
        calls += 1
    return messages, calls


def main(what: str, size: int, rooms: int, per_room: int) -> None:
    django.setup()
    call = our_call(size, rooms, per_room) if what == "ours" else textbook_call(what, rooms, per_room)
    threads = 1 if what == "ours" else size
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _thread: count(call, 0.2), range(threads)))  # connect, warm
        wall, cpu = time.monotonic(), time.process_time()
        counts = list(pool.map(lambda _thread: count(call, SECONDS), range(threads)))
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    messages, calls = (sum(numbers) for numbers in zip(*counts, strict=True))
    sample = {
        "messages_per_s": messages / wall,
        "us_per_message": cpu * 1e6 / messages,
        "call_ms": wall * 1e3 * threads / calls,
    }
    print(json.dumps(sample))


if __name__ == "__main__":
    main(sys.argv[1], *(int(argument) for argument in sys.argv[2:]))
