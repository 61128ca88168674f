"""Who sends to an endpoint: one, and another when that one is gone."""

from datetime import timedelta

import pytest

from chatproject.database_clock import database_now
from chatproject.outgoing.leases import end_endpoint, release_leases, take_leases
from chatproject.outgoing.models import Endpoint, EndpointSecret, EndpointState
from chatproject.outgoing.outcomes import Health
from tests.chatproject.outgoing.conftest import NOW, make_endpoint
from tests.conftest import AllAtOnce

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint_id(db: None) -> int:
    return make_endpoint("https://main.example/")


def let_leases_run_out() -> None:
    EndpointState.objects.update(held_until=database_now() - timedelta(seconds=1))


def test_who_comes_first_has_it_and_keeps_it(endpoint_id: int) -> None:
    [held] = take_leases(holder="one", held_ids=[])
    assert (held.target.endpoint_id, held.is_new) == (endpoint_id, True)
    assert take_leases(holder="other", held_ids=[]) == []

    [held] = take_leases(holder="one", held_ids=[endpoint_id])
    assert not held.is_new


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_has_it(all_at_once: AllAtOnce) -> None:
    make_endpoint("https://main.example/")
    outcomes = all_at_once(
        *(lambda holder=holder: take_leases(holder=holder, held_ids=[]) for holder in ("one", "two", "three"))
    )

    assert sorted(map(len, outcomes)) == [0, 0, 1]


def test_whose_lease_ran_out_leaves_it_to_others(endpoint_id: int) -> None:
    take_leases(holder="one", held_ids=[])
    let_leases_run_out()

    [held] = take_leases(holder="other", held_ids=[])
    assert held.is_new
    assert take_leases(holder="one", held_ids=[endpoint_id]) == []


def test_who_gets_it_back_after_its_lease_ran_out_begins_anew(endpoint_id: int) -> None:
    """Another may have had it meanwhile."""
    take_leases(holder="one", held_ids=[])
    let_leases_run_out()

    [held] = take_leases(holder="one", held_ids=[endpoint_id])
    assert held.is_new


def test_what_is_released_can_be_had_at_once(endpoint_id: int) -> None:
    take_leases(holder="one", held_ids=[])
    release_leases(holder="other", endpoint_ids=[endpoint_id])
    assert take_leases(holder="other", held_ids=[]) == []

    release_leases(holder="one", endpoint_ids=[endpoint_id])
    assert len(take_leases(holder="other", held_ids=[])) == 1


def test_who_takes_over_knows_how_it_went(endpoint_id: int) -> None:
    take_leases(holder="one", held_ids=[])
    EndpointState.objects.update(failures=4, failing_since=NOW, held_until=None)

    [held] = take_leases(holder="other", held_ids=[])
    assert held.health == Health(failures=4, failing_since=NOW)


def test_an_endpoint_that_was_switched_off_is_nobodys(endpoint_id: int) -> None:
    take_leases(holder="one", held_ids=[])
    end_endpoint(endpoint_id=endpoint_id, holder="other", why="answered 410")
    assert len(take_leases(holder="one", held_ids=[endpoint_id])) == 1

    end_endpoint(endpoint_id=endpoint_id, holder="one", why="answered 410")
    assert take_leases(holder="one", held_ids=[endpoint_id]) == []
    assert Endpoint.objects.get().ended_why == "answered 410"


def test_secrets_that_ended_sign_no_more_and_without_any_nothing_is_sent(endpoint_id: int) -> None:
    EndpointSecret.objects.create(endpoint_id=endpoint_id, secret="whsec_new")
    EndpointSecret.objects.create(endpoint_id=endpoint_id, secret="whsec_old", ends_at=NOW - timedelta(days=1))
    [held] = take_leases(holder="one", held_ids=[])
    assert held.target.secrets[0] == "whsec_new"
    assert len(held.target.secrets) == 2

    EndpointSecret.objects.all().delete()
    assert take_leases(holder="one", held_ids=[endpoint_id]) == []
