"""Each server counts for itself, and everything that operators watch moves."""

import asyncio

from prometheus_client import generate_latest

from messaging.delivery.sessions import BACKLOG_MAX_BYTES, EPHEMERAL_BACKLOG_MAX_BYTES
from messaging.metrics import Metrics
from messaging.server import ChatServer
from messaging.wire.client_frames import Typing
from messaging.wire.protocol import MemberTyping
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.lossy import LossyLayer
from tests.messaging.people import Person, connect, eventually


class TwoSockets:
    def standing(self) -> dict[str, float]:
        return {"sockets": 2}


def test_two_servers_in_one_process_do_not_share_their_counts() -> None:
    one, other = Metrics(), Metrics()
    one.sweeps.inc()
    assert b"chat_sweeps_total 1.0" in generate_latest(one.registry)
    assert b"chat_sweeps_total 0.0" in generate_latest(other.registry)


def test_present_values_are_read_when_asked_for() -> None:
    metrics = Metrics()
    metrics.watch(TwoSockets())
    assert b"chat_sockets 2.0" in generate_latest(metrics.registry)


async def test_the_lag_of_the_loop_is_measured() -> None:
    metrics = Metrics()
    watch = asyncio.create_task(metrics.watch_loop())
    await eventually(lambda: b"chat_loop_lag_seconds_count 1.0" in generate_latest(metrics.registry))
    watch.cancel()


def value(server: ChatServer, name: str, **labels: str) -> float:
    return server.metrics.registry.get_sample_value(f"chat_{name}", labels) or 0.0


async def test_gaps_repairs_and_sweeps_are_counted(
    there: ChatServer, alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.lose(lambda notice: 1 in [change.version for change in notice.changes])
    for text in ("one", "two"):
        await alice_here.say(room.pk, text)
    await bob_there.hears("one", "two")
    assert value(there, "gaps_total") == 1
    await eventually(lambda: value(there, "gap_repairs_total") == 1)
    there._repair.sweep_soon()
    await eventually(lambda: value(there, "sweeps_total") >= 1)


async def test_frames_are_counted_as_they_go_out(server: ChatServer, room: Room) -> None:
    alice, bob, old = (
        await connect(server, ALICE),
        await connect(server, BOB),
        await connect(server, BOB, is_v1=True),
    )
    await bob.subscribe(room.pk)
    await old.subscribe(room.pk)
    for text in ("one", "two"):
        await alice.say(room.pk, text)
    await bob.hears("one", "two")
    assert value(server, "frames_sent_total", kind="change") == 4

    await alice.subscribe(room.pk, since=0)
    assert value(server, "frames_sent_total", kind="replay") == 2
    assert value(server, "deliveries_total") == 6
    assert value(server, "frames_sent_total", kind="answer") == 2  # to two v2 subscriptions

    server.tell_typing(alice.session, Typing(room_id=room.pk))
    assert value(server, "frames_sent_total", kind="ephemeral") == 1  # neither to her nor to v1
    bob.sink.unread_bytes = EPHEMERAL_BACKLOG_MAX_BYTES + 1
    server.tell(room.pk, MemberTyping(room_id=room.pk, member_id=ALICE, nick_name="Alice"), except_member_id=ALICE)
    assert value(server, "frames_sent_total", kind="ephemeral") == 1  # what is dropped is not sent


async def test_batches_their_commits_and_slow_readers_are_counted(server: ChatServer, room: Room) -> None:
    alice, deaf = await connect(server, ALICE), await connect(server, BOB)
    await deaf.subscribe(room.pk)
    deaf.sink.reads, deaf.sink.unread_bytes = False, 2 * BACKLOG_MAX_BYTES
    await alice.say(room.pk, "who hears this?")
    await deaf.sink.until(lambda: deaf.sink.closed)
    server.disconnect(deaf.session)
    assert value(server, "slow_closes_total") == 1
    for name in ("batch_messages_count", "batch_messages_sum", "commit_seconds_count", "commit_seconds_sum"):
        assert value(server, name) > 0, name
    assert value(server, "acknowledgement_seconds_count") == 1
