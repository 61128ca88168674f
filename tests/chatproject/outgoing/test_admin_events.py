"""The admin's page of events: read by staff, changed by nobody, sent again by who may change endpoints."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chatproject.outgoing import services
from chatproject.outgoing.models import Endpoint, OutgoingEvent
from tests.endpoints import subscribe

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
LIST = "admin:outgoing_outgoingevent_changelist"


@pytest.fixture
def staff(db: None) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("sofia"))
    return client


@pytest.fixture
def endpoint(db: None) -> Endpoint:
    return subscribe(description="main server")


def make_event(endpoint: Endpoint, **fields: Any) -> OutgoingEvent:
    given = {"kind": "message", "room_id": 5, "created_at": NOW, **fields}
    return OutgoingEvent.objects.create(endpoint_id=endpoint.pk, **given)


def post_again(client: Client, *events: OutgoingEvent) -> Any:
    form = {"action": "send_again", "_selected_action": [event.pk for event in events]}
    return client.post(reverse(LIST), form, follow=True)


def test_chosen_dead_letters_are_sent_again_and_others_are_not(staff: Client, endpoint: Endpoint) -> None:
    dead = [make_event(endpoint, state="dead", attempts=10, last_error="answered 500") for _ in range(3)]
    delivered = make_event(endpoint, state="delivered", attempts=1)
    answer = post_again(staff, *dead[:2], delivered)
    assert "2 events are sent again." in answer.content.decode()
    states = OutgoingEvent.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["waiting", "waiting", "dead", "delivered"]


def test_the_page_shows_one_endpoints_events_and_what_they_failed_of(staff: Client, endpoint: Endpoint) -> None:
    make_event(endpoint, state="dead", last_error="answered 503")
    make_event(subscribe(description="another"), state="dead", last_error="answered 404")
    address = f"{reverse(LIST)}?endpoint_id__exact={endpoint.pk}&state__exact=dead"
    page = staff.get(address).content.decode()
    assert "answered 503" in page
    assert "answered 404" not in page
    assert staff.get(f"{reverse(LIST)}?endpoint_id__exact=nobody").status_code == 200


def test_the_page_asks_no_more_of_many_events_than_of_one_and_names_their_endpoints(
    staff: Client, endpoint: Endpoint
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page = staff.get(reverse(LIST)).content.decode()
        assert "main server" in page
        return len(asked)

    make_event(endpoint)
    alone = queries()
    for number in range(5):
        make_event(subscribe(url=f"https://{number}.example/", description=""))
    assert queries() == alone
    assert "https://4.example/" in staff.get(reverse(LIST)).content.decode()


def test_nothing_counts_all_there_are(staff: Client, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "COUNT_MAX", 102)
    for _ in range(105):
        make_event(endpoint)
    with CaptureQueriesContext(connection) as asked:
        page = staff.get(reverse(LIST)).content.decode()

    counting = [each["sql"] for each in asked if "COUNT(" in each["sql"] and "chat_events" in each["sql"]]
    assert counting
    assert all("LIMIT 102" in sql for sql in counting)
    assert "102 events" in page
    assert staff.get(f"{reverse(LIST)}?p=2").status_code == 200
    assert staff.get(f"{reverse(LIST)}?p=3").status_code == 302


def test_a_test_is_looked_at_again_until_it_was_tried(staff: Client, endpoint: Endpoint) -> None:
    event = make_event(endpoint, kind="test", room_id=None)
    page = reverse("admin:outgoing_outgoingevent_change", args=[event.pk])
    assert staff.get(page)["Refresh"] == "1"
    OutgoingEvent.objects.update(state="delivered", last_status=204, attempts=1)
    answer = staff.get(page)
    assert not answer.has_header("Refresh")
    assert "204" in answer.content.decode()


def test_nobody_makes_changes_or_deletes_one(staff: Client, endpoint: Endpoint) -> None:
    event = make_event(endpoint)
    for name, *number in (("add",), ("change", event.pk), ("delete", event.pk)):
        address = reverse(f"admin:outgoing_outgoingevent_{name}", args=number)
        assert staff.post(address, {"kind": "read", "post": "yes"}).status_code == 403
    assert OutgoingEvent.objects.get().kind == "message"


def test_who_may_only_look_sends_nothing_again(endpoint: Endpoint) -> None:
    dead = make_event(endpoint, state="dead")
    onlooker = User.objects.create_user("bench", is_staff=True)
    onlooker.user_permissions.add(Permission.objects.get(codename="view_outgoingevent"))
    client = Client()
    client.force_login(onlooker)
    assert client.get(reverse(LIST)).status_code == 200
    post_again(client, dead)
    assert OutgoingEvent.objects.get().state == "dead"
