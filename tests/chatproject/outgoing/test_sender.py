"""A sender from end to end: rows in the database, requests at a receiver, and a second process that takes over."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatproject.outgoing import courier, sender
from chatproject.outgoing.composing import Target
from chatproject.outgoing.models import Endpoint, EndpointState, OutgoingEvent, RoomStream
from chatproject.outgoing.posting import REQUEST_MAX_S
from chatproject.outgoing.services import rotate_secret, send_again, send_test
from tests.chatproject.outgoing.conftest import (
    Process,
    StartSender,
    Wordsmith,
    make_endpoint,
    make_events,
)
from tests.chatproject.outgoing.receiver import Receiver, Taken, answers, drops, hangs, receiving, verify
from tests.messaging.people import eventually, in_thread, soon
from tests.times import POLL_S, WAIT_S


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "RENEW_INTERVAL_S", 0.05)
    monkeypatch.setattr(sender, "LOOK_AGAIN_INTERVAL_S", 0.05)
    monkeypatch.setattr(courier, "VISIT_INTERVAL_S", 0.02)
    monkeypatch.setattr("chatproject.outgoing.schedule.DELAYS_S", (0.1,) * 9)
    monkeypatch.setattr("chatproject.outgoing.schedule.PROBE_FIRST_S", 0.05)


def states() -> list[tuple[str, int]]:
    return list(OutgoingEvent.objects.order_by("pk").values_list("state", "attempts"))


def is_delivered(event_ids: tuple[int, ...]) -> bool:
    return not OutgoingEvent.objects.filter(pk__in=event_ids).exclude(state="delivered").exists()


async def wait_until_delivered(*event_ids: int) -> None:
    await wait_until(is_delivered, event_ids)


async def wait_until(look: Callable[..., bool], *about: Any) -> None:
    """Until the database says so."""
    async with asyncio.timeout(WAIT_S):
        while not await in_thread(look, *about):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(POLL_S)


def targets(process: Process) -> list[Target]:
    return [courier.target for courier in process.sender._couriers.values()]


def numbers(taken: list[Taken], room_id: int | None = None) -> list[int]:
    told = [each.event for each in taken]
    return [event["number"] for event in told if room_id is None or event["roomId"] == room_id]


async def test_what_happened_reaches_the_main_server_signed_and_in_order(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int
) -> None:
    made = await in_thread(make_events, endpoint_id, 5, 6, 5, None, 5)
    process = await start_sender()
    await soon(receiver.has_taken(5))

    of_room = [taken.event for taken in receiver.taken if taken.event["roomId"] == 5]
    assert [event["number"] for event in of_room] == [made[0], made[2], made[4]]
    assert [event["prevRoomEvent"] for event in of_room] == [None, made[0], made[2]]
    assert [event["data"] for event in of_room] == [{"seq": 1}, {"seq": 3}, {"seq": 5}]
    assert all(verify(taken) for taken in receiver.taken)
    assert len({taken.name for taken in receiver.taken}) == 5

    await wait_until_delivered(*made)
    assert await in_thread(states) == [("delivered", 1)] * 5
    assert process.metric("chat_events_sent_total", kind="message") == 5


async def test_a_second_process_sends_nothing_until_the_first_is_gone(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int
) -> None:
    one = await start_sender()
    first = await in_thread(make_events, endpoint_id, 5)
    await wait_until_delivered(*first)
    other = await start_sender()
    await wait_until_delivered(*await in_thread(make_events, endpoint_id, 5))
    assert other.metric("chat_events_sent_total", kind="message") is None

    await soon(one.sender.stop())  # in peace: its endpoints are free at once
    await wait_until_delivered(*await in_thread(make_events, endpoint_id, 5))
    assert other.metric("chat_events_sent_total", kind="message") == 1


async def test_what_a_killed_process_had_begun_another_repeats_by_the_same_names_and_in_order(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int
) -> None:
    doomed = await start_sender()
    receiver.behave = hangs  # it takes the first of each room, and the process never hears of it
    made = await in_thread(make_events, endpoint_id, 5, 5, 6, 5)
    await soon(receiver.has_taken(2))
    await doomed.die()
    receiver.behave = answers(204)
    await in_thread(EndpointState.objects.update, held_until=timezone.now() - timedelta(seconds=1))
    await start_sender()
    await wait_until_delivered(*made)

    assert numbers(receiver.taken, 5) == [made[0], made[0], made[1], made[3]]
    again = [taken for taken in receiver.taken if taken.event["number"] == made[0]]
    assert again[0].name == again[1].name
    assert again[0].body == again[1].body


async def test_a_receiver_that_fails_in_every_way_gets_all_in_the_end(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int
) -> None:
    ways = [answers(500), drops, answers(302, headers="location: http://127.0.0.1:1/\r\n"), answers(404)]

    async def behave(taken: Taken, writer: asyncio.StreamWriter) -> bool:
        return await (ways.pop(0) if ways else answers(200, body=b"thanks"))(taken, writer)

    receiver.behave = behave
    made = await in_thread(make_events, endpoint_id, 5, 5, 5)
    process = await start_sender()
    await wait_until_delivered(*made)

    assert list(dict.fromkeys(numbers(receiver.taken))) == made
    assert numbers(receiver.taken).count(made[0]) == 5
    assert process.metric("chat_events_failed_total", reason="dropped") == 1
    assert process.metric("chat_events_failed_total", reason="redirect") == 1


async def test_busy_rooms_whose_events_are_refused_hold_up_no_other(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.outgoing.schedule.DELAYS_S", (3_600,) * 9)
    monkeypatch.setattr(courier, "PAGE_ROWS", 10)
    monkeypatch.setattr(courier, "KNOWN_MAX_ROWS", 20)

    async def behave(taken: Taken, writer: asyncio.StreamWriter) -> bool:
        return await answers(204 if taken.event["roomId"] == 7 else 500)(taken, writer)

    receiver.behave = behave
    await in_thread(make_events, endpoint_id, *[5] * 30, *[6] * 30)
    last = await in_thread(make_events, endpoint_id, 7)
    await start_sender()

    await wait_until_delivered(*last)


async def test_another_address_is_tried_at_once_where_the_one_before_let_nothing_through(
    start_sender: StartSender,
    receiver: Receiver,
    endpoint_id: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("chatproject.outgoing.schedule.PROBE_FIRST_S", 3_600)
    monkeypatch.setattr("chatproject.outgoing.schedule.PROBE_MOST_S", 3_600)
    monkeypatch.setattr(sender, "COUNT_INTERVAL_S", 0.05)
    receiver.behave = answers(503)
    made = await in_thread(make_events, endpoint_id, 5, 6)
    process = await start_sender()
    await wait_until(EndpointState.objects.filter(failing_since__isnull=False).exists)
    await eventually(lambda: process.metric("chat_events_failing", endpoint=str(endpoint_id)) == 1)

    async with receiving() as other:
        await in_thread(Endpoint.objects.update, url=other.url)
        await wait_until_delivered(*made)
        await eventually(lambda: process.metric("chat_events_failing", endpoint=str(endpoint_id)) == 0)
    told = [f"nothing gets through to endpoint {endpoint_id}", f"endpoint {endpoint_id} takes events again"]
    assert [each for each in caplog.messages if each in told] == told


async def test_an_endpoint_that_answers_410_ends_and_says_so(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int
) -> None:
    receiver.behave = answers(410)
    await start_sender()
    made = await in_thread(make_events, endpoint_id, 5, 5)

    await wait_until(Endpoint.objects.filter(is_enabled=False).exists)
    assert (await in_thread(Endpoint.objects.get)).ended_why == "answered 410"
    assert numbers(receiver.taken) == made[:1]


async def test_what_was_delivered_just_before_an_endpoint_ended_is_not_sent_again(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "VISIT_INTERVAL_S", WAIT_S)
    is_taken = asyncio.Event()

    async def behave(taken: Taken, writer: asyncio.StreamWriter) -> bool:
        if taken.event["roomId"] == 6:
            is_taken.set()
            return await answers(204)(taken, writer)
        await is_taken.wait()
        return await answers(410)(taken, writer)

    receiver.behave = behave
    made = await in_thread(make_events, endpoint_id, 5, 6)
    await start_sender()

    await wait_until_delivered(made[1])
    assert (await in_thread(OutgoingEvent.objects.get, pk=made[0])).last_status == 410


async def test_a_process_that_ends_while_it_leaves_an_endpoint_still_writes_what_was_delivered(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "STOP_WAIT_S", WAIT_S)
    is_taken, ends = asyncio.Event(), asyncio.Event()

    async def behave(taken: Taken, writer: asyncio.StreamWriter) -> bool:
        if taken.event["roomId"] == 6:
            is_taken.set()
            await ends.wait()
            return await answers(204)(taken, writer)
        await is_taken.wait()
        return await answers(410)(taken, writer)

    receiver.behave = behave
    made = await in_thread(make_events, endpoint_id, 5, 6)
    process = await start_sender()
    await wait_until(Endpoint.objects.filter(is_enabled=False).exists)
    await eventually(lambda: not process.sender._couriers)
    ending = asyncio.create_task(process.sender.stop())
    ends.set()
    await soon(ending)

    assert await in_thread(is_delivered, tuple(made[1:]))
    assert (await in_thread(EndpointState.objects.get)).holder == ""
    await eventually(lambda: not receiver.open_connections)


async def test_a_dead_letter_leaves_a_gap_that_the_receiver_sees_and_can_be_sent_again(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int
) -> None:
    receiver.behave = answers(500)
    made = await in_thread(make_events, endpoint_id, 5, 5)
    await in_thread(OutgoingEvent.objects.filter(pk=made[0]).update, attempts=9)
    await start_sender()
    await soon(receiver.has_taken(1))
    receiver.behave = answers(204)
    await wait_until_delivered(made[1])
    assert receiver.taken[-1].event["prevRoomEvent"] == made[0]

    assert await in_thread(send_again, endpoint_id=endpoint_id) == 1
    await wait_until_delivered(made[0])
    assert receiver.taken[-1].event["prevRoomEvent"] is None
    assert (await in_thread(RoomStream.objects.get)).last_event_id == made[1]


async def test_nobody_to_tell_is_no_request(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, words: Wordsmith
) -> None:
    made = await in_thread(make_events, endpoint_id, 5, 5, 5)
    words.nobody = {made[0], made[1]}
    await start_sender()
    await wait_until_delivered(*made)

    assert numbers(receiver.taken) == [made[2]]
    assert receiver.taken[0].event["prevRoomEvent"] is None


async def test_what_cannot_be_told_holds_its_room_only(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, words: Wordsmith
) -> None:
    made = await in_thread(make_events, endpoint_id, 5, 6, 6)
    words.broken = {made[0]}
    words.failure = ValueError("all at once, too")
    process = await start_sender()
    await wait_until_delivered(*made[1:])
    assert process.metric("chat_events_failed_total", reason="body") is not None

    words.broken = set()
    await wait_until_delivered(*made)


async def test_a_test_says_to_whom_it_is_sent(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int
) -> None:
    await start_sender()
    event_id = await in_thread(send_test, endpoint_id=endpoint_id, now=timezone.now())
    await wait_until_delivered(event_id)

    [taken] = receiver.taken
    assert taken.event["type"] == "test"
    assert taken.event["data"] == {"description": "main server"}


async def test_a_new_secret_and_a_new_address_are_taken_up(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int
) -> None:
    process = await start_sender()
    await wait_until_delivered(*await in_thread(make_events, endpoint_id, 5))
    await in_thread(rotate_secret, endpoint_id=endpoint_id, now=timezone.now())
    await eventually(lambda: any(len(target.secrets) == 2 for target in targets(process)))
    await wait_until_delivered(*await in_thread(make_events, endpoint_id, 5))
    assert receiver.taken[-1].headers["webhook-signature"].count("v1,") == 2
    assert verify(receiver.taken[-1])

    async with receiving() as moved:
        await in_thread(Endpoint.objects.update, url=moved.url)
        await eventually(lambda: any(target.url == moved.url for target in targets(process)))
        await wait_until_delivered(*await in_thread(make_events, endpoint_id, 5))
        assert len(moved.taken) == 1


async def test_one_endpoint_that_hangs_holds_up_no_other(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int
) -> None:
    async with receiving() as other:
        receiver.behave = hangs
        other_id = await in_thread(make_endpoint, other.url)
        await in_thread(make_events, endpoint_id, 5)
        made = await in_thread(make_events, other_id, 5, 5, 5)
        await start_sender()
        await wait_until_delivered(*made)
        receiver.behave = answers(200)


async def test_nothing_begins_on_a_lease_that_could_end_before_the_answer(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "LEASE_S", REQUEST_MAX_S)
    process = await start_sender()
    await in_thread(make_events, endpoint_id, 5)
    await eventually(lambda: endpoint_id in process.sender._couriers)
    held = process.sender._couriers[endpoint_id]
    await eventually(lambda: held._lines.known == 1)

    assert not held._may_begin()
    assert receiver.taken == []


async def test_who_puts_off_is_asked_to_look_again(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, words: Wordsmith
) -> None:
    await start_sender()

    await soon(words.looked_again.wait())


async def test_what_waits_is_counted_where_it_is_held(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "COUNT_INTERVAL_S", 0.05)
    receiver.behave = answers(500)
    await in_thread(make_events, endpoint_id, 5, 6)
    process = await start_sender()
    labels = {"endpoint": str(endpoint_id)}
    await eventually(lambda: process.metric("chat_events_waiting", **labels) == 2)

    assert (process.metric("chat_events_oldest_seconds", **labels) or 0) > 0
    assert process.metric("chat_events_dead", **labels) == 0


async def test_an_address_that_cannot_be_read_hinders_no_other(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int
) -> None:
    await in_thread(make_endpoint, "https://[::1/")
    await start_sender()

    await wait_until_delivered(*await in_thread(make_events, endpoint_id, 5))


async def test_connections_that_are_idle_are_closed_and_others_go_on(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.outgoing.posting.KEEP_ALIVE_S", 0.05)
    process = await start_sender()
    await wait_until_delivered(*await in_thread(make_events, endpoint_id, *range(1, 40)))
    [busy] = process.sender._couriers.values()
    await eventually(lambda: not busy._idle)

    await eventually(lambda: not receiver.open_connections)
    await wait_until_delivered(*await in_thread(make_events, endpoint_id, 5))


async def test_who_ends_while_idle_connections_are_closed_closes_all(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.outgoing.posting.KEEP_ALIVE_S", WAIT_S)
    process = await start_sender()
    await wait_until_delivered(*await in_thread(make_events, endpoint_id, *range(1, 40)))
    kept = receiver.open_connections
    monkeypatch.setattr("chatproject.outgoing.posting.KEEP_ALIVE_S", 0)
    async with asyncio.timeout(WAIT_S):
        while receiver.open_connections == kept:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
    await soon(process.sender.stop())

    await eventually(lambda: not receiver.open_connections)
