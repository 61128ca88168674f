"""Staff make endpoints, see a secret once, and do with them what there is to be done."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatproject.outgoing.models import Endpoint, EndpointSecret, EndpointState, OutgoingEvent
from tests.endpoints import EVERY_KIND, subscribe

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
ADD, LIST = "admin:outgoing_endpoint_add", "admin:outgoing_endpoint_changelist"
FORM = {"url": "https://8.8.8.8/hook", "description": "main server", "kinds": ["message", "mention"]}
ACTS = ("rotate", "renew", "test", "again", "replay", "end", "enable")


@pytest.fixture
def staff(db: None) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("sofia"))
    return client


@pytest.fixture
def endpoint(db: None) -> Endpoint:
    return subscribe(description="main server")


def page_of(endpoint: Endpoint) -> str:
    return reverse("admin:outgoing_endpoint_change", args=[endpoint.pk])


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def do(client: Client, endpoint: Endpoint, act: str, **form: str) -> Any:
    return client.post(reverse("admin:outgoing_do", args=[endpoint.pk, act]), form, follow=True)


def secret_in(page: str) -> str:
    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", page)
    return str(secret)


def make_event(endpoint: Endpoint, **fields: Any) -> OutgoingEvent:
    given = {"kind": "message", "room_id": 5, "created_at": NOW, **fields}
    return OutgoingEvent.objects.create(endpoint_id=endpoint.pk, **given)


def test_an_endpoint_is_made_and_its_secret_shown_once(staff: Client) -> None:
    page = shown(staff, reverse(ADD))
    checked = re.findall(r'value="(\w+)"[^>]* checked', page)
    assert set(checked) >= set(EVERY_KIND) - {"read"}
    assert "read" not in checked

    answer = staff.post(reverse(ADD), FORM)
    secret = secret_in(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    made = Endpoint.objects.get()
    assert (made.url, made.kinds, made.is_enabled) == (FORM["url"], FORM["kinds"], True)
    assert EndpointSecret.objects.get().secret == secret
    for address in (page_of(made), reverse(LIST), reverse("admin:index")):
        assert "whsec_" not in shown(staff, address)


def test_an_address_inside_says_in_the_form_why_it_is_refused(staff: Client) -> None:
    answer = staff.post(reverse(ADD), {**FORM, "url": "https://169.254.169.254/"})
    assert "EVENTS_ALLOWED_NETWORKS" in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_an_endpoint_whose_host_is_unknown_just_now_is_changed_with_a_warning(staff: Client) -> None:
    unknown = f"https://{'a' * 64}.example/hook"  # which no name server has to be asked for
    answer = staff.post(reverse(ADD), {**FORM, "url": unknown})
    assert "No such host is known." in answer.content.decode()

    endpoint = subscribe(url=unknown)
    page = staff.post(page_of(endpoint), {**FORM, "url": unknown}, follow=True).content.decode()
    assert "No host of that name is known just now." in page
    endpoint.refresh_from_db()
    assert endpoint.description == FORM["description"]
    page = staff.post(page_of(endpoint), {**FORM, "url": "https://10.0.0.1/"}, follow=True).content.decode()
    assert "EVENTS_ALLOWED_NETWORKS" in page
    page = staff.post(page_of(endpoint), FORM, follow=True).content.decode()
    assert "No host of that name" not in page
    endpoint.refresh_from_db()
    assert endpoint.url == FORM["url"]


def test_saving_brings_no_endpoint_back_that_its_receiver_ended_meanwhile(staff: Client) -> None:
    endpoint = subscribe(url=FORM["url"], is_enabled=False, ended_why="answered 410")
    assert staff.post(page_of(endpoint), {**FORM, "description": "the other"}).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.is_enabled, endpoint.ended_why) == ("the other", False, "answered 410")
    assert "ended: answered 410" in shown(staff, reverse(LIST))


def test_a_rotated_secret_is_shown_once_and_the_old_one_signs_for_a_day(staff: Client, endpoint: Endpoint) -> None:
    old = EndpointSecret.objects.create(endpoint=endpoint, secret="whsec_old")
    new = secret_in(do(staff, endpoint, "rotate").content.decode())
    old.refresh_from_db()
    assert old.ends_at is not None
    assert abs(old.ends_at - datetime.now(UTC) - timedelta(hours=24)) < timedelta(minutes=1)
    page = shown(staff, page_of(endpoint))
    assert page.count("signs until") == 1
    assert new not in page

    do(staff, endpoint, "renew")
    assert EndpointSecret.objects.filter(ends_at=None).count() == 1
    assert shown(staff, page_of(endpoint)).count("signs until") == 0


def test_a_test_leads_to_what_comes_of_it(staff: Client, endpoint: Endpoint) -> None:
    answer = do(staff, endpoint, "test")
    event = OutgoingEvent.objects.get()
    assert (event.kind, event.endpoint_id) == ("test", endpoint.pk)
    assert answer.redirect_chain[-1][0] == reverse("admin:outgoing_outgoingevent_change", args=[event.pk])
    assert answer["Refresh"] == "1"

    Endpoint.objects.update(is_enabled=False)
    assert "until it is enabled" in do(staff, endpoint, "test").content.decode()
    assert OutgoingEvent.objects.count() == 1


def test_all_dead_letters_or_all_since_a_moment_are_sent_again(staff: Client, endpoint: Endpoint) -> None:
    make_event(endpoint, state="dead", attempts=10)
    make_event(endpoint, state="delivered", last_status=204)
    make_event(endpoint, state="delivered", last_status=204, created_at=NOW + timedelta(hours=3))
    assert "1 events are sent again." in do(staff, endpoint, "again").content.decode()
    for form in ({}, {"since_0": "0001-01-01", "since_1": "00:00:00"}):
        assert "Say from which moment on" in do(staff, endpoint, "replay", **form).content.decode()
    # as it is on the clocks of the site: nine hours later than UTC
    answer = do(staff, endpoint, "replay", since_0="2026-11-29", since_1="20:00:00")
    assert "1 events are sent again." in answer.content.decode()
    states = OutgoingEvent.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["waiting", "delivered", "waiting"]


def test_the_pages_say_how_it_goes(staff: Client, endpoint: Endpoint) -> None:
    failing = {"failing_since": NOW, "last_failure_at": NOW, "last_error": "answered <500>", "failures": 4}
    held = {"holder": "a process", "held_until": timezone.now() + timedelta(hours=1)}
    state = EndpointState.objects.create(endpoint=endpoint, **held, **failing)
    make_event(endpoint)
    make_event(endpoint, state="dead")
    page = shown(staff, page_of(endpoint))
    assert "nothing gets through since 2026-11-29 18:00: answered &lt;500&gt;" in page
    assert "1 events wait." in page
    assert "1 events were given up." in page
    for said, fields in (
        ("nothing gets through", {}),
        ("tried in vain since the last success: answered &lt;500&gt;", {"failing_since": None}),
        ("left alone until 2999-01-01 09:00", {"retry_at": datetime(2999, 1, 1, tzinfo=UTC)}),
        ("no process sends to it", {"held_until": NOW}),
    ):
        for name, value in fields.items():
            setattr(state, name, value)
        state.save()
        assert said in shown(staff, reverse(LIST))


def test_an_endpoint_is_ended_and_enabled_again(staff: Client, endpoint: Endpoint) -> None:
    EndpointState.objects.create(endpoint=endpoint, failures=9, failing_since=NOW)
    do(staff, endpoint, "end")
    assert not Endpoint.objects.get().is_enabled
    do(staff, endpoint, "enable")
    assert Endpoint.objects.get().is_enabled
    assert EndpointState.objects.get().failures == 0
    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == ["end", "enable"]


@pytest.mark.parametrize("act", ACTS)
def test_who_may_only_look_does_nothing(endpoint: Endpoint, act: str) -> None:
    onlooker = User.objects.create_user("bench", is_staff=True)
    onlooker.user_permissions.add(Permission.objects.get(codename="view_endpoint"))
    client = Client()
    client.force_login(onlooker)
    assert "/do/" not in shown(client, page_of(endpoint))
    assert do(client, endpoint, act).status_code == 403
    assert not EndpointSecret.objects.exists()
    assert not OutgoingEvent.objects.exists()
    assert client.post(reverse(ADD), FORM).status_code == 403


@pytest.mark.parametrize("right", ["view_endpoint", "change_endpoint"])
def test_who_sees_endpoints_sees_what_was_sent_to_them(endpoint: Endpoint, right: str) -> None:
    operator = User.objects.create_user("olga", is_staff=True)
    operator.user_permissions.add(Permission.objects.get(codename=right))
    client = Client(headers={"accept-language": "ko"})
    client.force_login(operator)
    event = make_event(endpoint)
    for address in (
        reverse("admin:outgoing_outgoingevent_changelist"),
        reverse("admin:outgoing_outgoingevent_change", args=[event.pk]),
    ):
        assert "대기 중" in shown(client, address)


def test_nothing_is_done_by_following_a_link(staff: Client, endpoint: Endpoint) -> None:
    for act in ACTS:
        assert staff.get(reverse("admin:outgoing_do", args=[endpoint.pk, act])).status_code == 405
    assert do(staff, endpoint, "everything").status_code == 404
    assert Endpoint.objects.get().is_enabled
