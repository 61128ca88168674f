"""The checker finds every kind of fault, and nothing else: each is planted once into a run without any."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.e2e.chaos.checker import Fault, Verdict, check
from tests.e2e.chaos.journal import Acknowledged, Departure, Heard, Journal, Message, Said, Store
from tests.factories import ALICE, BOB

ROOM = 5
SERVER = "http://127.0.0.1:1"


class Run:
    """Alice says five things; she hears all, Bob those after the first, two of them after he was away."""

    def __init__(self) -> None:
        self.messages = [Message(ROOM, n, n, ALICE, f"c{n}", f"message no. {n}") for n in range(1, 6)]
        self.alice, self.bob = Journal("Alice", ALICE), Journal("Bob", BOB)
        self.alice.began[ROOM], self.bob.began[ROOM] = 0, 1
        for message in self.messages:
            self.alice.said.append(Said(message.seq, ROOM, message.client_id))
            self.alice.acknowledged.append(acknowledged(message))
            self.alice.heard[ROOM].append(heard(message))
        self.bob.heard[ROOM] = [heard(m, recovered=m.seq in (3, 4)) for m in self.messages[1:]]
        self.last_seq = 5

    def verdict(self) -> Verdict:
        return check([self.alice, self.bob], Store(self.messages, {ROOM: self.last_seq}))


def acknowledged(message: Message) -> Acknowledged:
    at = message.seq + 0.01
    return Acknowledged(at, message.room_id, message.client_id, message.seq, message.version, SERVER)


def heard(message: Message, *, recovered: bool = False) -> Heard:
    return Heard(message.seq + 0.02, message, recovered, SERVER)


def test_a_run_without_faults_has_none() -> None:
    verdict = Run().verdict()

    assert verdict.faults == {}
    assert (verdict.said, verdict.acknowledged, verdict.stored, verdict.heard) == (5, 5, 5, 9)
    assert verdict.recovered == 2


def lose_one_that_was_acknowledged(run: Run) -> None:
    """The last one: nobody heard it, its number was never given again."""
    run.messages.pop()
    run.last_seq -= 1
    for journal in (run.alice, run.bob):
        journal.heard[ROOM].pop()


def acknowledge_with_a_number_that_is_not_stored(run: Run) -> None:
    run.alice.acknowledged[-1] = run.alice.acknowledged[-1]._replace(seq=9, version=9)


def never_answer(run: Run) -> None:
    run.alice.acknowledged.pop()


def acknowledge_a_repeat_with_other_numbers(run: Run) -> None:
    run.alice.acknowledged.append(run.alice.acknowledged[0]._replace(seq=4, version=4))


def deliver_what_is_not_stored(run: Run) -> None:
    run.bob.heard[ROOM].append(heard(run.messages[4]._replace(seq=6, version=6, client_id="c6")))


def deliver_another_text(run: Run) -> None:
    run.bob.heard[ROOM][0] = heard(run.messages[1]._replace(text="what nobody said"))


def store_what_nobody_said(run: Run) -> None:
    run.alice.said.pop()
    run.alice.acknowledged.pop()


def store_a_client_id_twice(run: Run) -> None:
    again = Message(ROOM, 6, 6, ALICE, "c5", "message no. 5")
    run.messages.append(again)
    run.alice.acknowledged.pop()  # it contradicts or not, by which of the two
    run.alice.acknowledged.append(acknowledged(again))
    run.last_seq = 6
    for journal in (run.alice, run.bob):
        journal.heard[ROOM].append(heard(again))


def deliver_twice_in_a_row(run: Run) -> None:
    run.bob.heard[ROOM].insert(1, run.bob.heard[ROOM][0])


def deliver_what_was_known_at_the_subscription(run: Run) -> None:
    run.bob.heard[ROOM].insert(0, heard(run.messages[0]))


def forget_a_number(run: Run) -> None:
    """No message has it: as when a batch counts the room on and is stored by halves."""
    run.last_seq = 6


def leave_one_out(run: Run) -> None:
    del run.bob.heard[ROOM][1]


def swap_two(run: Run) -> None:
    heard = run.bob.heard[ROOM]
    heard[1], heard[2] = heard[2], heard[1]


def stop_delivering(run: Run) -> None:
    del run.bob.heard[ROOM][2:]


def deliver_nothing_at_all(run: Run) -> None:
    run.bob.heard.clear()


def deliver_after_the_departure(run: Run) -> None:
    run.bob.departed[ROOM] = Departure(at=4.5, version=4)


def deliver_without_a_subscription(run: Run) -> None:
    run.bob.uncalled.append(heard(run.messages[4]))


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (lose_one_that_was_acknowledged, Fault.LOST),
        (acknowledge_with_a_number_that_is_not_stored, Fault.LOST),
        (never_answer, Fault.UNANSWERED),
        (acknowledge_a_repeat_with_other_numbers, Fault.CONTRADICTED),
        (deliver_what_is_not_stored, Fault.PHANTOM),
        (deliver_another_text, Fault.PHANTOM),
        (store_what_nobody_said, Fault.PHANTOM),
        (store_a_client_id_twice, Fault.DUPLICATED),
        (deliver_twice_in_a_row, Fault.DUPLICATED),
        (deliver_what_was_known_at_the_subscription, Fault.DUPLICATED),
        (forget_a_number, Fault.TORN),
        (leave_one_out, Fault.GAP),
        (swap_two, Fault.OUT_OF_ORDER),
        (stop_delivering, Fault.UNDELIVERED),
        (deliver_nothing_at_all, Fault.UNDELIVERED),
        (deliver_after_the_departure, Fault.OVERHEARD),
        (deliver_without_a_subscription, Fault.OVERHEARD),
    ],
)
def test_a_planted_fault_is_found_and_no_other(plant: Callable[[Run], None], fault: Fault) -> None:
    run = Run()
    plant(run)

    verdict = run.verdict()

    assert list(verdict.faults) == [fault], str(verdict)
    assert fault.name in str(verdict)


def test_every_kind_of_fault_is_planted_above() -> None:
    [cases] = [
        mark.args[1]
        for mark in test_a_planted_fault_is_found_and_no_other.pytestmark  # type: ignore[attr-defined]
        if mark.name == "parametrize"
    ]
    assert {fault for _plant, fault in cases} == set(Fault)


def test_who_left_is_owed_nothing_more() -> None:
    run = Run()
    run.bob.departed[ROOM] = Departure(at=3.5, version=3)
    del run.bob.heard[ROOM][2:]

    assert run.verdict().faults == {}


def test_a_repeat_that_is_acknowledged_with_the_same_numbers_is_no_fault() -> None:
    run = Run()
    again = run.alice.acknowledged[0]
    run.alice.acknowledged.append(replace_time(again, 9.0))

    verdict = run.verdict()

    assert (verdict.faults, verdict.acknowledged) == ({}, 5)


def replace_time(ack: Acknowledged, at: float) -> Acknowledged:
    return ack._replace(at=at)


def test_a_verdict_shows_the_first_faults_of_a_kind_and_their_number() -> None:
    run = Run()
    verdict = replace(run.verdict(), faults={Fault.LOST: [f"no. {n}" for n in range(100)]})

    assert "100 LOST: no. 0; no. 1" in str(verdict)
    assert "no. 7" not in str(verdict)
