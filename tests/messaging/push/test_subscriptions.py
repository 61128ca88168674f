"""A member's browsers: each is one member's at a time, and there are ten at most."""

import pytest

from chatproject.errors import InvalidInput
from messaging.push.subscriptions import SUBSCRIPTIONS_MOST, forget, subscribe, unsubscribe
from messaging.push_models import PushSubscription
from rooms.models import Member
from tests.factories import ALICE, BOB
from tests.messaging.push.browsers import Browser
from tests.messaging.push.people import LAPTOP, NOW, endpoints, give_browser

pytestmark = pytest.mark.django_db


def test_a_browser_that_says_so_again_is_the_same_one_with_its_newest_keys(alice: Member) -> None:
    renewed = Browser()
    first, again = give_browser(ALICE, hours_ago=2), give_browser(ALICE, browser=renewed, language="ko")
    [row] = PushSubscription.objects.all()
    assert first == again == row.pk
    assert (row.p256dh, row.auth, row.language, row.seen_at) == (renewed.p256dh, renewed.auth, "ko", NOW)


def test_where_another_signs_in_it_is_theirs_and_no_longer_the_firsts(alice: Member, bob: Member) -> None:
    give_browser(ALICE)
    number = give_browser(BOB)
    assert (endpoints(ALICE), endpoints(BOB)) == ([], [LAPTOP])
    unsubscribe(member_id=ALICE, push_id=number)
    assert endpoints(BOB) == [LAPTOP]
    unsubscribe(member_id=BOB, push_id=number)
    assert endpoints(BOB) == []


def test_of_too_many_the_one_that_was_not_seen_for_longest_gives_way(alice: Member) -> None:
    for number in range(SUBSCRIPTIONS_MOST):
        give_browser(ALICE, f"{LAPTOP}-{number}", hours_ago=number + 1)
    give_browser(ALICE, f"{LAPTOP}-9")  # the oldest, until it said so again
    give_browser(ALICE, f"{LAPTOP}-new")
    assert endpoints(ALICE) == [f"{LAPTOP}-{name}" for name in (0, 1, 2, 3, 4, 5, 6, 7, 9, "new")]


def test_those_that_are_gone_are_forgotten(alice: Member) -> None:
    gone = give_browser(ALICE)
    give_browser(ALICE, f"{LAPTOP}-2")
    forget([gone])
    assert endpoints(ALICE) == [f"{LAPTOP}-2"]


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "laptop",
        "http://updates.example/wpush/1",
        "https://user:secret@updates.example/",
        "https://localhost/wpush",
        "https://127.0.0.1/wpush",
        "https://10.0.0.1/wpush",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/wpush",
        "https://[::ffff:10.0.0.1]/wpush",
        "https://updates.example/#fragment",
        f"https://updates.example/{'x' * 500}",
        "ftp://updates.example/",
    ],
)
def test_nothing_is_sent_inside_or_in_the_clear(alice: Member, endpoint: str) -> None:
    with pytest.raises(InvalidInput):
        give_browser(ALICE, endpoint)
    assert endpoints(ALICE) == []


def test_a_browser_without_keys_is_none(alice: Member) -> None:
    with pytest.raises(InvalidInput):
        subscribe(member_id=ALICE, endpoint=LAPTOP, p256dh="BA", auth="", language="en", now=NOW)
