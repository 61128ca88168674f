"""What a process writes of its members, when an answer of Redis comes, stays away or comes late."""

from collections.abc import Callable

import pytest

from chatproject.limits.shards import Shard
from messaging.delivery.hub import Hub
from messaging.delivery.sessions import Session
from messaging.presence import script
from messaging.presence.here import Here
from messaging.presence.register import Register
from tests.factories import ALICE, BOB, CHARLIE, caller
from tests.messaging.people import ListSink

NOW = 1_000.0


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def here(hub: Hub) -> Here:
    return Here(hub.sessions_of)


@pytest.fixture
def told() -> list[set[int]]:
    return []


@pytest.fixture
def register(here: Here, told: list[set[int]]) -> Register:
    shard = Shard("redis://nowhere")  # never asked: what it would say is said by the tests
    return Register("chat:test", shard, here, part=lambda: here, told=lambda ids: told.append(set(ids)))


@pytest.fixture
def connect(hub: Hub, here: Here, register: Register) -> Callable[[int], Session]:
    def connect(member_id: int) -> Session:
        session = Session(caller=caller(member_id), nickname="", sink=ListSink(), is_v1=False, language="en")
        hub.add(session)
        register.note(member_id, is_news=here.come(member_id))
        return session

    return connect


def written(arguments: tuple[float, ...]) -> tuple[set[float], set[float]]:
    """The members of whom a question tells that they are here, and that they left."""
    count = int(arguments[4])
    here = arguments[5 : 5 + 2 * count]
    left = arguments[6 + 2 * count :]
    return set(here[::2]), set(left[::3])


def test_what_is_written_is_not_written_again(
    register: Register, connect: Callable[[int], Session], told: list[set[int]]
) -> None:
    connect(ALICE)
    assert written(register.arguments(NOW)) == ({ALICE}, set())
    assert told == []
    register.hear([1], NOW)
    assert told == [{ALICE}]

    assert written(register.arguments(NOW)) == (set(), set())
    register.hear([1], NOW)
    connect(BOB)
    assert written(register.arguments(NOW)) == ({BOB}, set())
    register.hear([2], NOW)
    assert told == [{ALICE}, {BOB}]
    assert not register.is_unsure


def test_where_no_answer_comes_all_is_written_anew_under_another_number(
    register: Register, connect: Callable[[int], Session], told: list[set[int]]
) -> None:
    connect(ALICE)
    first = register.arguments(NOW)
    register.hear([1], NOW)
    connect(BOB)
    register.arguments(NOW)
    register.hear_nothing()
    assert told == [{ALICE}, {BOB}]  # those who listen here at least

    register.hear([2], NOW)  # late: nobody knows what of it is there
    again = register.arguments(NOW)
    assert written(again) == ({ALICE, BOB}, set())
    assert again[1] != first[1]
    assert again[2] == first[1]  # which is forgotten


def test_a_redis_that_has_others_of_ours_is_told_all_of_them(
    register: Register, connect: Callable[[int], Session]
) -> None:
    connect(ALICE)
    register.arguments(NOW)
    register.hear([0], NOW)

    assert register.is_unsure
    assert written(register.arguments(NOW)) == ({ALICE}, set())
    register.hear([1], NOW)
    assert not register.is_unsure


def test_who_left_while_redis_was_away_is_told_when_it_is_back(
    hub: Hub, here: Here, register: Register, connect: Callable[[int], Session]
) -> None:
    session = connect(ALICE)
    connect(BOB)
    register.arguments(NOW)
    register.hear([2], NOW)
    hub.remove(session)
    here.go(session, now=NOW, seen_at=0.0)
    register.hear_nothing()
    for member_id in here.see_off(NOW + 60):
        register.note(member_id, is_news=True)

    assert written(register.arguments(NOW + 60)) == ({BOB}, {ALICE})
    register.hear_nothing()
    assert written(register.arguments(NOW + 61)) == ({BOB}, {ALICE})


async def test_many_are_written_in_parts_and_the_former_number_counts_until_the_last(
    register: Register, connect: Callable[[int], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "MEMBERS_AT_ONCE", 2)
    asked: list[Register] = []
    monkeypatch.setattr(register, "write", lambda: asked.append(register))
    for member_id in (ALICE, BOB, CHARLIE):
        connect(member_id)
    register.arguments(NOW)
    register.hear([2], NOW)
    register.arguments(NOW)
    register.hear([3], NOW)
    register.hear_nothing()

    first = register.arguments(NOW)
    register.hear([2], NOW)
    second = register.arguments(NOW)
    register.hear([3], NOW)
    assert len(asked) == 2  # after each first part
    assert first[2] == 0
    assert second[2] != 0
    assert not register.is_unsure


def test_the_members_of_a_dead_process_are_told_of(
    register: Register, told: list[set[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Register] = []
    monkeypatch.setattr(register, "write", lambda: asked.append(register))
    register.arguments(NOW)
    register.hear([0, ALICE, BOB], NOW)

    assert told == [{ALICE, BOB}]
    assert asked == [register]  # there may be more
