"""What staff do with endpoints: secrets, tests, dead letters, replays."""

import ipaddress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatproject.outgoing import services
from chatproject.outgoing.addresses import AddressRefused
from chatproject.outgoing.models import Endpoint, EndpointSecret, EndpointState, OutgoingEvent

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def endpoint_id(db: None) -> int:
    return Endpoint.objects.create(url="https://main.example/hook", kinds=["message"]).pk


def make_event(endpoint_id: int, *, minutes: int = 0, **fields: Any) -> OutgoingEvent:
    given = {"kind": "message", "room_id": 5, "created_at": NOW + minutes * MINUTE, **fields}
    return OutgoingEvent.objects.create(endpoint_id=endpoint_id, **given)


def living_secrets(endpoint_id: int, at: datetime) -> list[str]:
    secrets = EndpointSecret.objects.filter(endpoint_id=endpoint_id)
    return [each.secret for each in secrets if each.ends_at is None or each.ends_at > at]


def states(endpoint_id: int) -> list[str]:
    events = OutgoingEvent.objects.filter(endpoint_id=endpoint_id)
    return list(events.order_by("pk").values_list("state", flat=True))


def test_an_address_inside_is_refused_unless_its_network_is_named(settings: Any) -> None:
    with pytest.raises(AddressRefused):
        services.check_address("https://127.0.0.1/hook")

    settings.EVENTS_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    services.check_address("http://127.0.0.1/hook")


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(endpoint_id: int) -> None:
    old = services.make_secret(endpoint_id=endpoint_id, now=NOW)
    new = services.rotate_secret(endpoint_id=endpoint_id, now=NOW)

    assert living_secrets(endpoint_id, NOW + timedelta(hours=23)) == [old, new]
    assert living_secrets(endpoint_id, NOW + timedelta(hours=25)) == [new]


def test_a_secret_that_became_known_ends_at_once(endpoint_id: int) -> None:
    services.make_secret(endpoint_id=endpoint_id, now=NOW)
    services.rotate_secret(endpoint_id=endpoint_id, now=NOW)
    new = services.rotate_secret(endpoint_id=endpoint_id, now=NOW + MINUTE, overlap=timedelta(0))

    assert living_secrets(endpoint_id, NOW + MINUTE) == [new]


def test_a_test_waits_and_the_last_one_is_known(endpoint_id: int) -> None:
    services.send_test(endpoint_id=endpoint_id, now=NOW)
    event = OutgoingEvent.objects.get(pk=services.send_test(endpoint_id=endpoint_id, now=NOW))

    assert (event.kind, event.state, event.room_id) == ("test", "waiting", None)
    assert EndpointState.objects.get().test_id == event.pk


def test_dead_letters_are_sent_again_as_if_never_tried(endpoint_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "CHUNK_EVENTS", 1)
    dead = make_event(endpoint_id, state="dead", attempts=10, prev_id=3, last_error="answered 500", due_at=NOW)
    second = make_event(endpoint_id, state="dead")
    other = make_event(endpoint_id, state="dead")
    make_event(endpoint_id, state="delivered", last_status=200)
    make_event(endpoint_id + 1, state="dead")

    assert services.send_again(endpoint_id=endpoint_id, event_ids=[dead.pk, second.pk]) == 2
    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.due_at, dead.prev_id) == ("waiting", 0, None, 3)

    assert services.send_again(endpoint_id=endpoint_id) == 1
    other.refresh_from_db()
    assert other.state == "waiting"
    assert states(endpoint_id + 1) == ["dead"]


def test_a_replay_begins_at_a_moment_and_leaves_out_what_was_never_sent(
    endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK_EVENTS", 2)
    make_event(endpoint_id, minutes=-1, state="delivered", last_status=200)
    for minutes in range(3):
        make_event(endpoint_id, minutes=minutes, state="delivered", last_status=204)
    make_event(endpoint_id, minutes=1, state="dead")
    make_event(endpoint_id, minutes=1, state="delivered", last_status=None)  # there was nobody to tell
    make_event(endpoint_id, minutes=1, state="delivered", last_status=200, kind="test")

    assert services.replay(endpoint_id=endpoint_id, since=NOW) == 4
    assert states(endpoint_id) == ["delivered", *["waiting"] * 4, "delivered", "delivered"]


def test_an_ended_endpoint_says_why_and_forgets_its_failures_when_it_is_wanted_again(endpoint_id: int) -> None:
    EndpointState.objects.create(endpoint_id=endpoint_id, failures=7, failing_since=NOW, retry_at=NOW)
    late = make_event(endpoint_id, attempts=8, due_at=NOW + timedelta(hours=24))
    services.end_endpoint(endpoint_id=endpoint_id, why="answered 410")
    assert Endpoint.objects.filter(is_enabled=False, ended_why="answered 410").exists()

    services.enable_endpoint(endpoint_id=endpoint_id)
    assert Endpoint.objects.filter(is_enabled=True, ended_why="").exists()
    assert EndpointState.objects.filter(failures=0, failing_since=None, retry_at=None).exists()
    late.refresh_from_db()
    assert (late.attempts, late.due_at) == (0, None)


def test_the_standing_counts_what_waits_and_what_was_given_up(
    endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "COUNT_MAX", 3)
    for minutes in range(5):
        make_event(endpoint_id, minutes=minutes)
    make_event(endpoint_id, state="dead")

    assert services.standing_of([endpoint_id, 999]) == {endpoint_id: (3, NOW, 1), 999: (0, None, 0)}
