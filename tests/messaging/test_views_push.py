"""REST of the browsers in which a member wants to be notified."""

from typing import Any

import pytest
from django.test import Client

from messaging.push_models import PushSubscription
from rooms.models import Member
from tests.factories import ALICE, BOB, token_for
from tests.messaging.push.browsers import PUSH, Browser
from tests.messaging.push.people import LAPTOP, endpoints
from tests.messaging.test_views import V1, code, data

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(settings: Any) -> None:
    settings.PUSH = PUSH


def post(member_id: int, *, endpoint: str = LAPTOP, **changed: Any) -> tuple[int, Any]:
    """As a browser's own JSON, with what nobody needs in it."""
    browser = Browser()
    keys = {"p256dh": browser.p256dh, "auth": browser.auth} | changed
    body = {"endpoint": endpoint, "expirationTime": None, "keys": keys}
    headers = {"access": token_for(member_id), "accept-language": "en"}
    answer = Client(headers=headers).post(f"{V1}/push", body, content_type="application/json")
    return answer.status_code, answer.json()["data"] if answer.status_code == 200 else answer.json()["code"]


def test_alice_wants_to_be_notified_in_her_browser_and_then_no_longer(alice: Member, bob: Member) -> None:
    status, answer = post(ALICE)
    assert status == 200
    [row] = PushSubscription.objects.all()
    assert (answer, row.member_id, row.endpoint, row.language) == ({"pushId": row.pk}, ALICE, LAPTOP, "en")
    assert data("DELETE", f"/push/{row.pk}", by=BOB) is None
    assert endpoints(ALICE) == [LAPTOP]
    assert data("DELETE", f"/push/{row.pk}", by=ALICE) is None
    assert endpoints(ALICE) == []


def test_what_is_no_browsers_is_refused(alice: Member) -> None:
    assert post(ALICE, endpoint="https://10.0.0.1/") == (400, "E-C001")
    assert post(ALICE, auth="x") == (400, "E-C001")
    assert post(ALICE, p256dh=7) == (400, "E-C001")
    assert code("POST", "/push", by=ALICE) == (400, "E-C001")
    assert code("DELETE", "/push/none", by=ALICE) == (400, "E-C001")


def test_without_keys_of_the_operators_there_is_no_such_thing(alice: Member, settings: Any) -> None:
    settings.PUSH = type(PUSH)(private_key="", public_key="", subject="")
    assert post(ALICE) == (404, "E-C006")
    assert endpoints(ALICE) == []
