"""Who is at a process. Sessions are real, the clock is a number."""

from collections.abc import Callable

import pytest

from messaging.delivery.hub import Hub
from messaging.delivery.sessions import NEVER, Session
from messaging.presence.here import GRACE_S, Here
from tests.factories import ALICE, BOB, caller
from tests.messaging.people import ListSink

SEEN_AT = 1_800_000_000.0

Connect = Callable[[int], Session]


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def here(hub: Hub) -> Here:
    return Here(hub.sessions_of)


@pytest.fixture
def connect(hub: Hub, here: Here) -> Connect:
    def connect(member_id: int) -> Session:
        session = Session(caller=caller(member_id), nickname="", sink=ListSink(), is_v1=False, language="en")
        hub.add(session)
        here.come(member_id)
        return session

    return connect


def end(hub: Hub, here: Here, session: Session, *, now: float) -> None:
    hub.remove(session)
    here.go(session, now=now, seen_at=SEEN_AT + now)


def test_who_has_a_socket_is_here(here: Here, connect: Connect) -> None:
    connect(ALICE)

    assert ALICE in here
    assert BOB not in here
    assert list(here) == [ALICE]


def test_who_closes_the_last_socket_is_here_until_the_grace_is_over(
    hub: Hub, here: Here, connect: Connect
) -> None:
    phone, desk = connect(ALICE), connect(ALICE)
    end(hub, here, phone, now=0.0)
    assert here.see_off(GRACE_S) == []

    end(hub, here, desk, now=100.0)
    assert here.see_off(100.0 + GRACE_S - 1) == []
    assert ALICE in here

    assert here.see_off(100.0 + GRACE_S) == [ALICE]
    assert ALICE not in here
    gone = here.gone(ALICE)
    assert gone is not None
    assert gone.seen_at == SEEN_AT + 100.0


def test_who_is_back_within_the_grace_never_went(hub: Hub, here: Here, connect: Connect) -> None:
    end(hub, here, connect(ALICE), now=0.0)
    connect(ALICE)

    assert here.see_off(10 * GRACE_S) == []
    assert ALICE in here


def test_coming_is_news_only_where_one_was_not_here(hub: Hub, here: Here, connect: Connect) -> None:
    session = connect(ALICE)
    assert here.come(ALICE) is False
    end(hub, here, session, now=0.0)
    assert here.come(ALICE) is False
    assert here.come(BOB) is True


def test_a_client_that_says_so_is_looked_at_until_it_says_otherwise(here: Here, connect: Connect) -> None:
    session = connect(ALICE)
    assert here.looked_at(ALICE, 5.0) == NEVER

    session.looks = True
    assert here.looked_at(ALICE, 5.0) == 5.0
    assert here.is_looked_at(ALICE)

    session.looks, session.looked_at = False, 7.0
    assert here.looked_at(ALICE, 50.0) == 7.0
    assert not here.is_looked_at(ALICE)


def test_a_member_looks_at_whichever_socket_was_looked_at_last(here: Here, connect: Connect) -> None:
    phone, desk = connect(ALICE), connect(ALICE)
    phone.looked_at, desk.looked_at = 3.0, 8.0

    assert here.looked_at(ALICE, 50.0) == 8.0


def test_that_somebody_looked_outlives_the_socket(hub: Hub, here: Here, connect: Connect) -> None:
    phone, desk = connect(ALICE), connect(ALICE)
    phone.looks = True
    end(hub, here, phone, now=20.0)
    assert here.looked_at(ALICE, 25.0) == 20.0

    end(hub, here, desk, now=30.0)
    assert here.looked_at(ALICE, 35.0) == 20.0
    assert here.see_off(30.0 + GRACE_S) == [ALICE]
    assert here.looked_at(ALICE, 50.0) == 20.0

    connect(ALICE)
    assert here.looked_at(ALICE, 60.0) == 20.0


def test_who_left_long_ago_is_forgotten_for_who_left_since(
    hub: Hub, here: Here, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.presence.here.GONE_MOST", 1)
    end(hub, here, connect(ALICE), now=0.0)
    end(hub, here, connect(BOB), now=1.0)
    assert here.see_off(100.0) == [ALICE, BOB]

    assert here.gone(ALICE) is None
    assert here.gone(BOB) is not None
