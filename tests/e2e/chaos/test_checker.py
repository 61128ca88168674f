"""The checker finds every kind of fault, and nothing else: each is planted once into a run without any."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.e2e.chaos.checker import Fault, Verdict, check
from tests.e2e.chaos.journal import (
    Acknowledged,
    Act,
    Departure,
    Heard,
    Journal,
    Message,
    OldJournal,
    Said,
    Store,
)
from tests.factories import ALICE, BOB

ROOM = 5
SERVER = "http://127.0.0.1:1"


class Run:
    """Alice says five things, edits the second, pins the fifth and deletes the fourth; Bob likes the third.

    She hears all, Bob what comes after the first, two of it after he was away; a v1 socket the five.
    """

    def __init__(self) -> None:
        said = [Message(ROOM, n, n, ALICE, f"c{n}", f"message no. {n}") for n in range(1, 6)]
        one, two, three, four, five = said
        two = two._replace(version=6, text="edited no. 2", is_edited=True)
        three = three._replace(version=7, reactions=(("heart", BOB),))
        five = five._replace(version=8, is_pinned=True)
        four = four._replace(version=9, deleted_by="author")
        self.messages = [one, two, three, four, five]
        self.alice, self.bob = Journal("Alice", ALICE), Journal("Bob", BOB)
        self.alice.began[ROOM], self.bob.began[ROOM] = 0, 1
        for message in said:
            self.alice.said.append(Said(message.seq, ROOM, message.client_id, message.text))
            self.alice.acknowledged.append(acknowledged(message))
        self.alice.acts = [
            Act(ALICE, ROOM, 2, "edit", text="edited no. 2", sent_at=[6.0]),
            Act(ALICE, ROOM, 5, "pin", sent_at=[8.0]),
            Act(ALICE, ROOM, 4, "delete", sent_at=[9.0]),
        ]
        self.bob.acts = [Act(BOB, ROOM, 3, "react", key="heart", sent_at=[7.0])]
        for act in (*self.alice.acts, *self.bob.acts):
            act.answered_at, act.code, act.version = act.sent_at[0] + 0.01, "", int(act.sent_at[0])
        changes = [*said, two, three, five, four.shown()]
        self.alice.heard[ROOM] = [heard(m) for m in changes]
        self.bob.heard[ROOM] = [heard(m, recovered=m.version in (3, 4)) for m in changes[1:]]
        self.pinned: int | None = 5
        self.alice.pinned[ROOM] = self.bob.pinned[ROOM] = 5
        self.old = OldJournal("Old", ROOM, [[(m.seq, m.text) for m in said]], is_open=True)
        self.last_seq, self.version = 5, 9

    def verdict(self) -> Verdict:
        store = Store(self.messages, {ROOM: self.last_seq}, {ROOM: self.version}, {ROOM: self.pinned})
        return check([self.alice, self.bob], store, [self.old])

    def change(self, seq: int, **to: object) -> None:
        """Have it stored and heard so, as its last change."""
        message = self.messages[seq - 1] = self.messages[seq - 1]._replace(**to)  # type: ignore[arg-type]
        for journal in (self.alice, self.bob):
            journal.heard[ROOM] = [
                h._replace(message=message.shown()) if h.message.version == message.version else h
                for h in journal.heard[ROOM]
            ]


def acknowledged(message: Message) -> Acknowledged:
    at = message.seq + 0.01
    return Acknowledged(at, message.room_id, message.client_id, message.seq, message.version, SERVER)


def heard(message: Message, *, recovered: bool = False) -> Heard:
    return Heard(message.version + 0.02, message, recovered, SERVER)


def done(act: Act, at: float) -> Act:
    act.sent_at, act.answered_at, act.code = [at], at + 0.01, ""
    return act


def test_a_run_without_faults_has_none() -> None:
    verdict = Run().verdict()

    assert verdict.faults == {}, str(verdict)
    assert (verdict.said, verdict.acknowledged, verdict.stored, verdict.heard) == (5, 5, 5, 17)
    assert (verdict.acted, verdict.recovered) == (4, 2)


def lose_one_that_was_acknowledged(run: Run) -> None:
    """The last one: nobody heard it, its number was never given again."""
    run.messages.pop()
    run.last_seq -= 1
    run.pinned = run.alice.pinned[ROOM] = run.bob.pinned[ROOM] = None
    run.alice.acts = [act for act in run.alice.acts if act.seq != 5]
    run.old.visits[0].pop()
    for journal in (run.alice, run.bob):
        journal.heard[ROOM] = [h for h in journal.heard[ROOM] if h.message.seq != 5]


def acknowledge_with_a_number_that_is_not_stored(run: Run) -> None:
    run.alice.acknowledged[-1] = run.alice.acknowledged[-1]._replace(seq=9, version=9)


def never_answer(run: Run) -> None:
    run.alice.acknowledged.pop()


def acknowledge_a_repeat_with_other_numbers(run: Run) -> None:
    run.alice.acknowledged.append(run.alice.acknowledged[0]._replace(seq=4, version=4))


def deliver_what_is_not_stored(run: Run) -> None:
    run.bob.heard[ROOM].append(heard(run.messages[4]._replace(seq=6, version=10, client_id="c6")))


def deliver_another_text(run: Run) -> None:
    place = [h.message.version for h in run.bob.heard[ROOM]].index(6)
    run.bob.heard[ROOM][place] = heard(run.messages[1]._replace(text="what nobody said"))


def store_what_nobody_said(run: Run) -> None:
    """The sixth: everybody hears it."""
    message = Message(ROOM, 6, 10, ALICE, "c6", "message no. 5")
    store_and_tell(run, message)
    run.alice.acts.append(done(Act(ALICE, ROOM, 6, "edit", text=message.text), 10.0))


def store_and_tell(run: Run, message: Message) -> None:
    run.messages.append(message)
    run.last_seq, run.version = message.seq, message.version
    run.old.visits[0].append((message.seq, message.text))
    for journal in (run.alice, run.bob):
        journal.heard[ROOM].append(heard(message))


def store_a_client_id_twice(run: Run) -> None:
    again = Message(ROOM, 6, 10, ALICE, "c5", "message no. 5")
    run.alice.acknowledged.pop()  # it contradicts or not, by which of the two
    run.alice.acknowledged.append(acknowledged(again))
    store_and_tell(run, again)


def deliver_twice_in_a_row(run: Run) -> None:
    run.bob.heard[ROOM].insert(1, run.bob.heard[ROOM][0])


def deliver_what_was_known_at_the_subscription(run: Run) -> None:
    run.bob.heard[ROOM].insert(0, heard(run.messages[0]))


def do_what_nobody_asked_for(run: Run) -> None:
    run.alice.acts.pop()


def react_in_the_name_of_alice(run: Run) -> None:
    run.change(3, reactions=(("heart", ALICE), ("heart", BOB)))


def pin_what_nobody_pinned(run: Run) -> None:
    run.alice.acts = [act for act in run.alice.acts if act.kind != "pin"]


def say_that_a_moderator_deleted_it(run: Run) -> None:
    run.change(4, deleted_by="moderator")


def lose_an_edit(run: Run) -> None:
    run.alice.acts.append(done(Act(ALICE, ROOM, 1, "edit", text="edited no. 1"), 10.0))


def keep_the_edit_before_the_last(run: Run) -> None:
    run.alice.acts.append(done(Act(ALICE, ROOM, 2, "edit", text="edited again"), 10.0))


def show_an_edit_as_if_it_was_none(run: Run) -> None:
    run.change(2, is_edited=False)


def lose_a_deletion(run: Run) -> None:
    run.alice.acts.append(done(Act(ALICE, ROOM, 1, "delete"), 10.0))


def lose_a_reaction(run: Run) -> None:
    run.alice.acts.append(done(Act(ALICE, ROOM, 3, "react", key="thumb"), 10.0))


def keep_a_reaction_that_was_taken_back(run: Run) -> None:
    run.bob.acts.append(done(Act(BOB, ROOM, 3, "react", key="heart", is_on=False), 10.0))


def keep_the_notice_before_the_last(run: Run) -> None:
    run.alice.acts.append(done(Act(ALICE, ROOM, 1, "pin"), 10.0))


def lose_a_mention(run: Run) -> None:
    run.alice.said[0] = run.alice.said[0]._replace(mentions=(BOB,))


def acknowledge_a_version_that_is_not_stored(run: Run) -> None:
    run.bob.acts[0].version = 8


def never_answer_an_act(run: Run) -> None:
    run.bob.acts[0].code = None


def tell_the_last_state_without_its_reaction(run: Run) -> None:
    place = [h.message.version for h in run.bob.heard[ROOM]].index(7)
    run.bob.heard[ROOM][place] = heard(run.messages[2]._replace(reactions=()))


def show_another_thing_than_what_was_heard(run: Run) -> None:
    run.bob.shown[ROOM] = {message.seq: message.shown() for message in run.messages}
    run.bob.shown[ROOM][3] = run.messages[2]._replace(reactions=())


def show_another_notice(run: Run) -> None:
    run.bob.pinned[ROOM] = 1


def tell_one_version_in_two_ways(run: Run) -> None:
    run.bob.heard[ROOM][0] = heard(run.bob.heard[ROOM][0].message._replace(reactions=(("sad", BOB),)))


def count_a_version_that_nothing_has(run: Run) -> None:
    run.version = 10


def repeat_to_v1(run: Run) -> None:
    run.old.visits.append([(5, "message no. 5")])


def tell_v1_of_a_change(run: Run) -> None:
    run.old.visits[0].append((2, "edited no. 2"))


def leave_one_out_on_v1(run: Run) -> None:
    del run.old.visits[0][2]


def stop_telling_v1(run: Run) -> None:
    del run.old.visits[0][3:]


def tell_v1_what_nobody_said(run: Run) -> None:
    run.old.visits[0][0] = (1, "what nobody said")


def forget_a_number(run: Run) -> None:
    """No message has it: as when a batch counts the room on and is stored by halves."""
    run.last_seq = 6
    run.old.is_open = False


def leave_one_out(run: Run) -> None:
    del run.bob.heard[ROOM][-2]  # its last state: of what is changed again nobody is owed an earlier one


def swap_two(run: Run) -> None:
    heard = run.bob.heard[ROOM]
    heard[1], heard[2] = heard[2], heard[1]


def stop_delivering(run: Run) -> None:
    del run.bob.heard[ROOM][2:]


def deliver_nothing_at_all(run: Run) -> None:
    run.bob.heard.clear()


def deliver_after_the_departure(run: Run) -> None:
    run.bob.departed[ROOM] = Departure(at=8.5, version=8)


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
        (do_what_nobody_asked_for, Fault.PHANTOM),
        (react_in_the_name_of_alice, Fault.PHANTOM),
        (pin_what_nobody_pinned, Fault.PHANTOM),
        (say_that_a_moderator_deleted_it, Fault.PHANTOM),
        (lambda run: run.change(3, is_hidden=True), Fault.PHANTOM),  # nobody hid it
        (lambda run: run.bob.acts.append(done(Act(BOB, ROOM, 1, "hide"), 10.0)), Fault.LOST_ACT),
        (lose_an_edit, Fault.LOST_ACT),
        (keep_the_edit_before_the_last, Fault.LOST_ACT),
        (show_an_edit_as_if_it_was_none, Fault.LOST_ACT),
        (lose_a_deletion, Fault.LOST_ACT),
        (lose_a_reaction, Fault.LOST_ACT),
        (keep_a_reaction_that_was_taken_back, Fault.LOST_ACT),
        (keep_the_notice_before_the_last, Fault.LOST_ACT),
        (lose_a_mention, Fault.LOST_ACT),
        (acknowledge_a_version_that_is_not_stored, Fault.LOST_ACT),
        (never_answer_an_act, Fault.UNANSWERED),
        (tell_the_last_state_without_its_reaction, Fault.STALE_PICTURE),
        (show_another_thing_than_what_was_heard, Fault.STALE_PICTURE),
        (show_another_notice, Fault.STALE_PICTURE),
        (tell_one_version_in_two_ways, Fault.TWO_STATES),
        (count_a_version_that_nothing_has, Fault.TORN),
        (repeat_to_v1, Fault.DUPLICATED),
        (tell_v1_of_a_change, Fault.DUPLICATED),
        (leave_one_out_on_v1, Fault.GAP),
        (stop_telling_v1, Fault.UNDELIVERED),
        (tell_v1_what_nobody_said, Fault.PHANTOM),
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


def test_who_was_away_is_owed_the_last_state_of_each_and_nothing_before_it() -> None:
    run = Run()
    run.bob.heard[ROOM] = [h for h in run.bob.heard[ROOM] if h.message.version in (2, 6, 7, 8, 9)]

    assert run.verdict().faults == {}


def test_v1_may_hear_late_what_changed_while_it_could_not_be_told() -> None:
    run = Run()
    visit = run.old.visits[0]
    visit[3], visit[4] = visit[4], visit[3]

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
