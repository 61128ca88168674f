"""What the log says when nothing is heard of other processes: whose fault it is."""

from messaging.delivery.unheard import RIGHTS_WANTED, NoBeat, StoodStill, words_for


class NoPermissionError(Exception):
    """As redis-py calls it."""


def test_redis_is_blamed_for_what_it_does() -> None:
    assert words_for(TimeoutError("late")) == "the layer between processes is down: TimeoutError: late"
    assert words_for(NoBeat(3.2)) == f"the layer between processes is down: NoBeat: none for 3 s; {RIGHTS_WANTED}"
    assert words_for(NoPermissionError("no")).endswith(RIGHTS_WANTED)


def test_and_not_for_a_process_that_was_stopped() -> None:
    words = "nothing was heard of other processes: this process itself stood still for 60 s"
    assert words_for(StoodStill(60.4)) == words
