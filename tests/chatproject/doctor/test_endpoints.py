"""Whether the main server's endpoints are reached: a real server of the test's own, and nobody."""

import ipaddress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatproject.doctor.endpoints import look_at_endpoints
from chatproject.outgoing.models import Endpoint, EndpointState, OutgoingEvent
from tests.chatproject.doctor.asking import said
from tests.chatproject.key_server import KeyServer
from tests.servers import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _this_machine_is_allowed(settings: Any) -> None:
    settings.EVENTS_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]


def found() -> list[str]:
    return said(look_at_endpoints(timezone.now()), "broken", "warning", "note", "ok")


def test_one_that_is_reached_and_gets_its_events_is_well() -> None:
    assert found() == ["note: no endpoint of a main server is told of anything"]
    server = KeyServer()
    with server.running():
        endpoint = Endpoint.objects.create(url=server.url, description="main", kinds=["message"])
        EndpointState.objects.create(endpoint=endpoint, held_until=timezone.now() + timedelta(seconds=9))
        OutgoingEvent.objects.create(endpoint_id=endpoint.pk, kind="message", created_at=timezone.now())
        assert found() == ["ok: main is reached"]
    assert server.asked == 0  # nothing was sent


def test_one_that_is_not_reached_and_whose_events_wait_is_told_with_its_last_error(settings: Any) -> None:
    long_ago = timezone.now() - timedelta(hours=2)
    endpoint = Endpoint.objects.create(
        url=f"http://127.0.0.1:{free_port()}/", description="main", kinds=["message"]
    )
    EndpointState.objects.create(endpoint=endpoint, failing_since=long_ago, last_error="503")
    event = {"endpoint_id": endpoint.pk, "kind": "message", "created_at": long_ago}
    OutgoingEvent.objects.create(**event)
    OutgoingEvent.objects.create(**event, state="dead")
    lines = found()
    assert lines[0].startswith("broken: main: it cannot be reached: ConnectError")
    assert lines[1].startswith("broken: main: nothing gets through since ")
    assert lines[1].endswith("(503)")
    assert lines[2:] == [
        "warning: main: 1 events were given up",
        "warning: main: events wait and no process sends them",
    ]
    settings.EVENTS_ALLOWED_NETWORKS = []
    assert "its address is private" in found()[0]
    Endpoint.objects.update(is_enabled=False, ended_why="410")
    assert found() == ["warning: main was switched off: 410"]
