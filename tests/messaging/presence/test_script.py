"""What Redis answers about members, as the script keeps them."""

from typing import Any

import pytest
from redis import Redis

from chatproject.limits.script import answers_of, text_of
from messaging.presence import script
from messaging.presence.script import LOOKS, Arrived, Entry, Left
from tests.factories import ALICE, BOB, CHARLIE

pytestmark = pytest.mark.servers

HERE, THERE = 1, 2
LARGEST = 2**63 - 1


def run(client: Any, key: str, arguments: tuple[float, ...]) -> list[int]:
    text = text_of(arguments)
    return answers_of(client.eval(script.SCRIPT, 1, key, text).encode())[0]


def beat(
    client: Any,
    key: str,
    number: int,
    *,
    here: list[Arrived],
    left: list[Left] | None = None,
    ago_s: float = 0.0,
) -> tuple[int, list[int]]:
    arguments = script.beat(process=number, former=0, ago_s=ago_s, here=here, left=left or [])
    count, put_away = script.beaten(run(client, key, arguments))
    return count, list(put_away)


def ask(client: Any, key: str, *member_ids: int, by: int = 9) -> dict[int, Entry]:
    return script.told(member_ids, run(client, key, script.ask(member_ids, numbers=(by, 0))))[1]


def test_numbers_of_any_size_stay_what_they_are(redis_client: Any, key: str) -> None:
    assert beat(redis_client, key, HERE, here=[Arrived(LARGEST, LOOKS), Arrived(LARGEST - 1, 3.0)]) == (2, [])

    found = ask(redis_client, key, LARGEST, LARGEST - 1, LARGEST - 2)
    assert found[LARGEST] == Entry(True, 0.0, 0)
    assert (found[LARGEST - 1].is_online, round(found[LARGEST - 1].looked_ago_s)) == (True, 3)
    assert found[LARGEST - 2] == Entry(False, script.NEVER_S, 0)


def test_the_newest_look_and_the_newest_leaving_count(redis_client: Any, key: str) -> None:
    beat(redis_client, key, HERE, here=[], left=[Left(ALICE, 5.0, 5.0), Left(BOB, 90.0, 90.0)])
    beat(redis_client, key, THERE, here=[], left=[Left(ALICE, 50.0, 50.0), Left(BOB, 9.0, 70.0)])
    beat(redis_client, key, THERE, here=[Arrived(CHARLIE, 40.0)])
    beat(redis_client, key, HERE, here=[Arrived(CHARLIE, 20.0)])

    found = ask(redis_client, key, ALICE, BOB, CHARLIE)
    assert [round(found[one].looked_ago_s) for one in (ALICE, BOB, CHARLIE)] == [5, 70, 20]
    seconds, micros = redis_client.time()
    ago_ms = seconds * 1_000 + micros / 1_000 - found[BOB].seen_ms
    assert round(ago_ms / 1_000) == 9


def test_who_asks_is_not_told_what_it_told(redis_client: Any, key: str) -> None:
    beat(redis_client, key, HERE, here=[Arrived(ALICE, LOOKS)])

    assert not ask(redis_client, key, ALICE, by=HERE)[ALICE].is_online
    assert ask(redis_client, key, ALICE, by=THERE)[ALICE].is_online


def test_what_a_dead_process_left_is_put_away_once(redis_client: Any, key: str) -> None:
    many = [Arrived(number, LOOKS) for number in range(1, script.PUT_AWAY_AT_ONCE + 11)]
    beat(redis_client, key, HERE, here=many)
    redis_client.zincrby(f"{key}:beats", -(script.DEAD_AFTER_S + 1) * script.MILLISECONDS, str(HERE))
    assert not ask(redis_client, key, ALICE)[ALICE].is_online

    first, second, third = (beat(redis_client, key, THERE, here=[])[1] for _time in range(3))
    assert sorted(first + second) == [one.member_id for one in many]
    assert (len(first), third) == (script.PUT_AWAY_AT_ONCE, [])
    assert round(ask(redis_client, key, ALICE)[ALICE].looked_ago_s) == script.DEAD_AFTER_S + 1
    beat(redis_client, key, THERE, here=[])
    assert redis_client.zrange(f"{key}:beats", 0, -1) == [str(THERE)]


def test_a_redis_without_a_beat_for_a_while_is_not_believed_at_once(redis_client: Any, key: str) -> None:
    beat(redis_client, key, HERE, here=[])
    question = script.ask([ALICE], numbers=(THERE, 0))
    assert script.told([ALICE], run(redis_client, key, question))[0] is False

    redis_client.decrby(f"{key}:began", script.SETTLING_S * script.MILLISECONDS)
    beat(redis_client, key, HERE, here=[])
    assert script.told([ALICE], run(redis_client, key, question))[0] is True


def test_what_nobody_asks_for_any_more_goes(redis_client: Any, key: str) -> None:
    left = [Left(ALICE, script.SEEN_KEPT_S + 5.0, 1.0), Left(BOB, 1.0, script.LOOKS_KEPT_S + 5.0)]
    beat(redis_client, key, HERE, here=[], left=left)

    assert redis_client.zrange(f"{key}:seen", 0, -1) == [str(BOB)]
    assert redis_client.zrange(f"{key}:looked", 0, -1) == [str(ALICE)]


def test_of_nobody_nothing_is_known(redis_client: Any, key: str) -> None:
    assert ask(redis_client, key) == {}


def test_a_user_with_the_rights_that_the_log_names_may_run_it(redis_client: Any, key: str) -> None:
    named = script.RIGHTS_WANTED.partition("the commands ")[2].replace(" and ", ", ").split(", ")
    redis_client.execute_command(
        "ACL", "SETUSER", "teller", "on", ">pw", "resetchannels", "~chat*", *(f"+{one}" for one in named)
    )
    pool = redis_client.connection_pool.connection_kwargs
    with Redis(
        host=pool["host"], port=pool["port"], username="teller", password="pw", decode_responses=True
    ) as it:
        digest = it.script_load(script.SCRIPT)
        question = script.beat(process=HERE, former=3, ago_s=0.0, here=[Arrived(1, 1.0)], left=[Left(2, 1.0, 1.0)])
        it.evalsha(digest, 1, key, text_of(question))
        it.evalsha(digest, 1, key, text_of(script.ask([1], numbers=(2, 0))))
