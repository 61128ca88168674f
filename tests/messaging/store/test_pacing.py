"""When a reaction that came too soon is tried again, with timers that the test lets run."""

from collections.abc import Callable, Sequence

from messaging.store.pacing import TURN_S, Pace

HERE, ELSEWHERE = (1, 1), (1, 2)


class Timers:
    """What was to be called later, and what came back."""

    def __init__(self) -> None:
        self.set: list[tuple[float, Callable[[], None]]] = []
        self.released: list[list[str]] = []
        self.pace: Pace[str] = Pace(
            later=lambda after_s, call: self.set.append((after_s, call)), release=self.take
        )

    def take(self, held: Sequence[str]) -> None:
        self.released.append(list(held))

    def run(self) -> None:
        timers, self.set = self.set, []
        for _after_s, call in timers:
            call()


def test_what_waits_comes_back_together_in_its_order() -> None:
    timers = Timers()
    timers.pace.begin(HERE, ["Alice", "Bob"], wait_s=0.2)
    assert timers.pace.holds(HERE, "Charlie")
    assert not timers.pace.holds(ELSEWHERE, "Dana")
    assert (len(timers.pace), list(timers.pace)) == (3, ["Alice", "Bob", "Charlie"])
    timers.run()
    assert timers.released == [["Alice", "Bob", "Charlie"]]
    assert not timers.pace.holds(HERE, "Erin")
    assert len(timers.pace) == 0


def test_a_moment_that_nobody_waited_for_is_forgotten_in_silence() -> None:
    timers = Timers()
    timers.pace.begin(HERE, wait_s=0.2)
    timers.run()
    assert timers.released == []
    assert not timers.pace.holds(HERE, "Alice")


def test_who_lost_more_turns_comes_sooner_than_who_was_told_last() -> None:
    timers = Timers()
    for number, lost in enumerate([0, 1, 5]):
        timers.pace.begin((1, number), wait_s=0.2, turns_lost=lost)
    waits = [after_s for after_s, _call in timers.set]
    assert waits == sorted(waits, reverse=True)
    assert all(0.2 < wait <= 0.2 + TURN_S for wait in waits)


def test_at_the_end_all_come_back_at_once() -> None:
    timers = Timers()
    timers.pace.begin(HERE, ["Alice"], wait_s=0.2)
    timers.pace.begin(ELSEWHERE, ["Bob"], wait_s=0.2)
    timers.pace.end_all()
    assert timers.released == [["Alice"], ["Bob"]]
    timers.run()  # the timers find nothing any more
    assert timers.released == [["Alice"], ["Bob"]]
