"""What is read of events, and what is written of what became of them."""

from datetime import timedelta

import pytest

from chatproject.outgoing.models import Endpoint, EndpointState, OutgoingEvent, RoomStream
from chatproject.outgoing.outcomes import Health, Outcome
from chatproject.outgoing.queue import LeaseLost, read_waiting, write_outcomes
from chatproject.outgoing.services import send_test
from tests.chatproject.outgoing.conftest import NOW, make_events

pytestmark = pytest.mark.django_db

ENDPOINT = 7
HOLDER = "this process"


@pytest.fixture(autouse=True)
def _held(db: None) -> None:
    Endpoint.objects.create(pk=ENDPOINT, url="https://main.example/", kinds=["message"])
    EndpointState.objects.create(endpoint_id=ENDPOINT, holder=HOLDER)


def write(*outcomes: Outcome, health: Health | None = None, holder: str = HOLDER) -> None:
    write_outcomes(endpoint_id=ENDPOINT, holder=holder, outcomes=outcomes, health=health or Health())


def delivered(event_id: int, room_id: int = 5, prev_id: int | None = None) -> Outcome:
    return Outcome(event_id, room_id, "delivered", prev_id, 1, None, NOW, 204)


def streams() -> dict[int, int]:
    return dict(RoomStream.objects.filter(endpoint_id=ENDPOINT).values_list("room_id", "last_event_id"))


def test_the_oldest_are_read_with_how_far_their_rooms_were_told() -> None:
    one, two, three = make_events(ENDPOINT, 5, None, 6)
    make_events(ENDPOINT, 5, state="dead")
    make_events(ENDPOINT + 1, 5)
    RoomStream.objects.create(endpoint_id=ENDPOINT, room_id=6, last_event_id=1)
    RoomStream.objects.create(endpoint_id=ENDPOINT + 1, room_id=5, last_event_id=1)

    read = read_waiting(endpoint_id=ENDPOINT, not_of_rooms=[], limit=10)

    assert [row.event_id for row in read.rows] == [one, two, three]
    assert read.last_ids == {6: 1}
    assert read.rows[0].created_at == NOW
    assert [row.event_id for row in read_waiting(endpoint_id=ENDPOINT, not_of_rooms=[], limit=2).rows] == [
        one,
        two,
    ]


def test_the_test_that_was_asked_for_last_is_read_before_all_that_waits() -> None:
    one, two = make_events(ENDPOINT, 5, 6)
    test = send_test(endpoint_id=ENDPOINT, now=NOW)
    Endpoint.objects.create(pk=ENDPOINT + 1)
    send_test(endpoint_id=ENDPOINT + 1, now=NOW)

    def read(limit: int) -> tuple[list[int], bool]:
        read = read_waiting(endpoint_id=ENDPOINT, not_of_rooms=[], limit=limit)
        return [row.event_id for row in read.rows], read.has_more

    assert read(0) == ([test], True)
    assert read(1) == ([test, one], True)
    assert read(9) == ([test, one, two], False)
    OutgoingEvent.objects.filter(pk=test).update(state="delivered")
    assert read(9) == ([one, two], False)


def test_rooms_that_wait_are_left_out_but_not_what_is_of_no_room() -> None:
    _one, two, three = make_events(ENDPOINT, 5, None, 6)

    read = read_waiting(endpoint_id=ENDPOINT, not_of_rooms=[5], limit=10)
    assert [row.event_id for row in read.rows] == [two, three]


def test_what_was_delivered_says_when_by_which_answer_and_what_came_before() -> None:
    one, two, three = make_events(ENDPOINT, 5, 5, None)

    write(delivered(one), delivered(two, prev_id=one), delivered(three, -three))

    rows = OutgoingEvent.objects.order_by("pk").values_list(
        "state", "prev_id", "attempts", "last_status", "sent_at"
    )
    assert list(rows) == [
        ("delivered", None, 1, 204, NOW),
        ("delivered", one, 1, 204, NOW),
        ("delivered", None, 1, 204, NOW),
    ]
    assert streams() == {5: two}


def test_what_failed_waits_and_a_room_is_not_told_of_what_it_was_not_told() -> None:
    one, two, three = make_events(ENDPOINT, 5, 6, 7)
    later = NOW + timedelta(seconds=5)

    write(
        Outcome(one, 5, "waiting", 40, 3, later, None, 500, "answered 500"),
        Outcome(two, 6, "dead", None, 10, None, NOW, None, "no answer"),
        Outcome(three, 7, "delivered", None, 0),
    )

    fields = ("state", "attempts", "due_at", "prev_id", "last_status", "last_error")
    assert list(OutgoingEvent.objects.order_by("pk").values_list(*fields)) == [
        ("waiting", 3, later, 40, 500, "answered 500"),
        ("dead", 10, None, None, None, "no answer"),
        ("delivered", 0, None, None, None, ""),
    ]
    assert streams() == {6: two}


def test_of_one_event_what_came_last_counts_and_to_write_it_again_changes_nothing() -> None:
    [one] = make_events(ENDPOINT, 5)
    outcomes = Outcome(one, 5, "waiting", None, 1, NOW, None, 500, "answered 500"), delivered(one)
    write(*outcomes)
    write(*outcomes)

    [event] = OutgoingEvent.objects.all()
    assert (event.state, event.attempts, event.due_at, event.last_error) == ("delivered", 1, None, "")


def test_an_old_event_that_was_sent_once_more_does_not_set_its_room_back() -> None:
    one, two = make_events(ENDPOINT, 5, 5)
    write(delivered(one), delivered(two, prev_id=one))
    OutgoingEvent.objects.filter(pk=one).update(state="waiting")
    write(delivered(one))

    assert streams() == {5: two}


def test_who_lost_the_lease_writes_nothing() -> None:
    [one] = make_events(ENDPOINT, 5)

    with pytest.raises(LeaseLost):
        write(delivered(one), holder="another process")

    assert OutgoingEvent.objects.get().state == "waiting"
    assert streams() == {}


def test_how_it_goes_with_the_endpoint_is_kept() -> None:
    health = Health(failures=3, failing_since=NOW, retry_at=NOW, last_failure_at=NOW, last_error="answered 500")
    write(health=health)

    state = EndpointState.objects.get()
    assert Health(**{name: getattr(state, name) for name in Health._fields}) == health
