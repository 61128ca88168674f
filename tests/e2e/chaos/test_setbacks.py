"""After a setback the checker forgives what the backup explains, and nothing else."""

from collections.abc import Callable

import pytest

from tests.e2e.chaos.checker import Fault, Verdict, check
from tests.e2e.chaos.journal import ANEW, Acknowledged, Act, Heard, Journal, Message, Said, Setback, Store
from tests.factories import ALICE, BOB

ROOM = 5
SERVER = "http://127.0.0.1:1"
BACKUP_AT, SWAPPED_AT, BACK_AT = 10.0, 20.0, 30.0


def message(version: int, client_id: str, *, seq: int | None = None, **fields: object) -> Message:
    return Message(ROOM, seq or version, version, ALICE, client_id, f"says {client_id}", **fields)  # type: ignore[arg-type]


class Run:
    """Alice says a and b, then comes the backup, then c and d; Bob likes c, which is lost. Alice says c and d
    again, the other way round as it happens. Both heard all, in both epochs."""

    def __init__(self) -> None:
        self.alice, self.bob = Journal("Alice", ALICE, epoch="new"), Journal("Bob", BOB, epoch="new")
        past = [message(n, client_id) for n, client_id in enumerate("abcd", start=1)]
        self.messages = [past[0], past[1], message(3, "d"), message(4, "c")]
        for n, one in enumerate(past):
            at = 5.0 + n if n < 2 else 10.0 + n
            self.alice.said.append(Said(at, ROOM, one.client_id, one.text))
            self.alice.acknowledged.append(acknowledged(one, at, "old"))
        for one in self.messages[2:]:
            self.alice.acknowledged.append(acknowledged(one, BACK_AT, "new"))
        self.like = Act(BOB, ROOM, 3, "react", key="heart", sent_at=[15.0], answered_at=15.1, code="", epoch="old")
        self.bob.acts = [self.like]
        for journal in (self.alice, self.bob):
            journal.began[ROOM] = 0
            journal.past = [heard(one, 5.0 + n if n < 2 else 10.0 + n) for n, one in enumerate(past)]
            journal.past.append(heard(past[2]._replace(version=5, reactions=(("heart", BOB),)), 15.2))
            journal.heard[ROOM] = [heard(one, BACK_AT) for one in self.messages]

    def verdict(self) -> Verdict:
        store = Store(self.messages, {ROOM: len(self.messages)}, {ROOM: len(self.messages)}, {ROOM: None})
        return check([self.alice, self.bob], store, setback=Setback(BACKUP_AT, SWAPPED_AT))


def acknowledged(one: Message, at: float, epoch: str) -> Acknowledged:
    return Acknowledged(at, ROOM, one.client_id, one.seq, one.version, SERVER, epoch)


def heard(one: Message, at: float) -> Heard:
    return Heard(at, one, recovered=False, server=SERVER)


def forget_one(run: Run) -> None:
    """Alice never said it again."""
    gone = run.messages.pop()
    run.alice.acknowledged.pop()
    for journal in (run.alice, run.bob):
        journal.heard[ROOM] = [h for h in journal.heard[ROOM] if h.message.client_id != gone.client_id]


def drop_one(run: Run) -> None:
    forget_one(run)
    run.alice.dropped.add("c")


def lose_one_of_before_the_backup(run: Run) -> None:
    run.messages[1] = message(2, "x")
    run.alice.said.append(Said(25.0, ROOM, "x", "says x"))
    run.alice.acknowledged.append(acknowledged(run.messages[1], BACK_AT, "new"))
    for journal in (run.alice, run.bob):
        journal.heard[ROOM][1] = heard(run.messages[1], BACK_AT)


def hear_the_past_in_two_ways(run: Run) -> None:
    run.bob.past[2] = heard(message(3, "d"), 12.0)


def hear_the_past_twice(run: Run) -> None:
    run.bob.past.insert(2, run.bob.past[1])


def hear_the_past_out_of_order(run: Run) -> None:
    run.bob.past[2], run.bob.past[3] = heard(run.bob.past[3].message, 12.0), heard(run.bob.past[2].message, 13.0)


def hear_of_the_past_what_nobody_said(run: Run) -> None:
    for journal in (run.alice, run.bob):
        journal.past.append(heard(message(6, "y"), 16.0))


def undo_what_was_done_before_the_backup(run: Run) -> None:
    run.bob.acts.append(
        Act(BOB, ROOM, 1, "react", key="sad", sent_at=[8.0], answered_at=8.1, code="", epoch="old")
    )


def carry_an_act_over_to_another_message(run: Run) -> None:
    """Bob's heart was for c, and stands at d, which has its number now."""
    run.messages[2] = run.messages[2]._replace(reactions=(("heart", BOB),))
    for journal in (run.alice, run.bob):
        journal.heard[ROOM][2] = heard(run.messages[2], BACK_AT)


def test_what_the_backup_explains_is_no_fault() -> None:
    verdict = Run().verdict()
    assert verdict.faults == {}, str(verdict)


def test_nor_is_what_was_done_when_it_was_put_back() -> None:
    run = Run()
    run.bob.acts.append(
        Act(BOB, ROOM, 1, "react", key="sad", sent_at=[15.0], answered_at=15.1, code="", epoch="old")
    )
    run.bob.acts.append(Act(BOB, ROOM, 2, "react", key="sad", sent_at=[19.9], code=ANEW, epoch="old"))
    drop_one(run)
    assert run.verdict().faults == {}


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (forget_one, Fault.LOST),
        (lose_one_of_before_the_backup, Fault.LOST),
        (hear_the_past_in_two_ways, Fault.TWO_STATES),
        (hear_the_past_twice, Fault.DUPLICATED),
        (hear_the_past_out_of_order, Fault.OUT_OF_ORDER),
        (hear_of_the_past_what_nobody_said, Fault.PHANTOM),
        (undo_what_was_done_before_the_backup, Fault.LOST_ACT),
        (carry_an_act_over_to_another_message, Fault.PHANTOM),
    ],
)
def test_a_planted_fault_is_found(plant: Callable[[Run], None], fault: Fault) -> None:
    run = Run()
    plant(run)
    assert fault in run.verdict().faults
