"""Of many rooms a sender knows some at a time, and of those that are gone it forgets how far they were told."""

import pytest
from django.utils import timezone

from chatproject.outgoing import courier, sender
from chatproject.outgoing.models import OutgoingEvent, RoomStream
from chatproject.outgoing.services import send_test
from tests.chatproject.outgoing.conftest import StartSender, Wordsmith, make_events
from tests.chatproject.outgoing.receiver import Receiver, answers
from tests.chatproject.outgoing.test_sender import wait_until
from tests.messaging.people import eventually, in_thread


async def test_a_test_goes_past_what_is_too_much_to_be_known(
    start_sender: StartSender, receiver: Receiver, endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "PAGE_ROWS", 10)
    monkeypatch.setattr(courier, "KNOWN_MAX_ROWS", 20)
    monkeypatch.setattr("chatproject.outgoing.schedule.DELAYS_S", (3_600,) * 9)
    receiver.behave = answers(500)
    await in_thread(make_events, endpoint_id, *range(1, 41))
    process = await start_sender()
    await eventually(lambda: any(each._lines.known >= 20 for each in process.sender._couriers.values()))

    event_id = await in_thread(send_test, endpoint_id=endpoint_id, now=timezone.now())
    await wait_until(OutgoingEvent.objects.filter(pk=event_id, last_status=500).exists)


async def test_how_far_the_receiver_was_told_of_a_room_goes_after_the_room(
    start_sender: StartSender, endpoint_id: int, words: Wordsmith, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "PURGE_INTERVAL_S", 0.05)
    for room_id in (5, 6):
        stream = {"endpoint_id": endpoint_id, "room_id": room_id, "last_event_id": 1}
        await in_thread(RoomStream.objects.create, **stream)
    words.gone = {6}
    await start_sender()

    await wait_until(lambda: list(RoomStream.objects.values_list("room_id", flat=True)) == [5])
