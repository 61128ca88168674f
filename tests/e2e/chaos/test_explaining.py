"""What acts explain: the last acknowledged one, or one that nobody knows to have happened before it."""

import math

import pytest

from tests.e2e.chaos.explaining import UNASKED, UNDONE, explain_message, explain_pin
from tests.e2e.chaos.journal import Act, Message, Said
from tests.factories import ALICE, BOB

ROOM = 5
SAID = Said(0.0, ROOM, "c1", "hello")
REFUSED = "E-MS004"


def edit(text: str, *sent_at: float, until: float = math.inf, code: str | None = "") -> Act:
    return Act(ALICE, ROOM, 1, "edit", text=text, sent_at=list(sent_at), answered_at=until, code=code)


def react(is_on: bool, *sent_at: float, until: float = math.inf, code: str | None = "") -> Act:
    return Act(
        BOB, ROOM, 1, "react", key="heart", is_on=is_on, sent_at=list(sent_at), answered_at=until, code=code
    )


def hide(is_on: bool, at: float, *, code: str | None = "") -> Act:
    return Act(BOB, ROOM, 1, "hide", is_on=is_on, sent_at=[at], answered_at=at + 0.1, code=code)


def pin(seq: int, is_on: bool, at: float, *, code: str | None = "") -> Act:
    return Act(ALICE, ROOM, seq, "pin", is_on=is_on, sent_at=[at], answered_at=at + 0.1, code=code)


@pytest.mark.parametrize(
    ("acts", "possible"),
    [
        ([], {"hello"}),
        ([edit("A", 1, until=2)], {"A"}),
        ([edit("A", 1, until=2), edit("B", 3, until=4)], {"B"}),
        ([edit("A", 1, until=3), edit("B", 2, until=4)], {"A", "B"}),  # at the same time
        ([edit("A", 1, 5, until=6), edit("B", 7, until=8)], {"A", "B"}),  # the first A may come at last
        ([edit("A", 1, code=None), edit("B", 3, until=4)], {"A", "B"}),  # it may have gone another way
        ([edit("A", 1, code=None)], {"hello", "A"}),
        ([edit("A", 1, until=2, code=REFUSED)], {"hello"}),
        ([edit("A", 1, 2, until=3, code=REFUSED)], {"hello", "A"}),  # only the repeat was refused
        ([edit("A"), edit("B", 3, until=4)], {"B"}),  # B went in the place of A
    ],
)
def test_a_text_is_the_last_that_may_have_been_written(acts: list[Act], possible: set[str]) -> None:
    for text in ("hello", "A", "B"):
        stored = Message(ROOM, 1, 9, ALICE, "c1", text, is_edited=text != "hello")
        is_explained = not list(explain_message(stored, SAID, acts))
        assert is_explained == (text in possible), text


@pytest.mark.parametrize(
    ("acts", "possible"),
    [
        ([], {False}),
        ([react(True, 1, until=2)], {True}),
        ([react(True, 1, until=2), react(False, 3, until=4)], {False}),
        ([react(True, 1, until=2), react(False, 3, code=None)], {True, False}),
        ([react(True, 1, 3, until=4), react(False, 5, until=6)], {True, False}),
        ([react(True, 1, code=None)], {True, False}),
    ],
)
def test_a_reaction_is_there_or_not_as_it_was_done_last(acts: list[Act], possible: set[bool]) -> None:
    for is_there in (True, False):
        stored = Message(ROOM, 1, 9, ALICE, "c1", "hello", reactions=(("heart", BOB),) if is_there else ())
        is_explained = not list(explain_message(stored, SAID, acts))
        assert is_explained == (is_there in possible), is_there


@pytest.mark.parametrize(
    ("acts", "possible"),
    [
        ([], {False}),
        ([hide(True, 1)], {True}),
        ([hide(True, 1), hide(False, 2)], {False}),
        ([hide(True, 1), hide(False, 1.05)], {True, False}),  # at the same time
        ([hide(True, 1, code=None)], {True, False}),
        ([hide(True, 1, code=REFUSED)], {False}),
    ],
)
def test_a_message_is_hidden_or_not_as_a_manager_did_last(acts: list[Act], possible: set[bool]) -> None:
    said = SAID._replace(mentions=(BOB,))
    for is_hidden in (True, False):
        stored = Message(
            ROOM, 1, 9, ALICE, "c1", "hello", mentions=() if is_hidden else (BOB,), is_hidden=is_hidden
        )
        assert (not list(explain_message(stored, said, acts))) == (is_hidden in possible), is_hidden


@pytest.mark.parametrize(
    ("acts", "possible"),
    [
        ([], {None}),
        ([pin(1, True, 1), hide(True, 2)], {None}),
        ([pin(1, True, 1)], {1}),
        ([pin(1, True, 1), pin(2, True, 2)], {2}),
        ([pin(1, True, 1), pin(2, True, 1.05)], {1, 2}),
        ([pin(1, True, 1), pin(1, False, 2)], {None}),
        ([pin(1, True, 1), pin(2, False, 2)], {1}),  # which was not on top
        ([pin(1, True, 1), pin(1, False, 2, code=None)], {1, None}),
        ([pin(1, True, 1), Act(BOB, ROOM, 1, "delete", sent_at=[2.0], answered_at=2.1, code="")], {None}),
        ([pin(1, True, 1, code=None)], {1, None}),
    ],
)
def test_a_notice_is_the_last_that_was_put_on_top_and_not_taken_down(
    acts: list[Act], possible: set[int | None]
) -> None:
    for pinned in (None, 1, 2):
        is_explained = not list(explain_pin(pinned, acts))
        assert is_explained == (pinned in possible), pinned


def test_what_nobody_did_is_told_apart_from_what_was_undone() -> None:
    stored = Message(ROOM, 1, 9, ALICE, "c1", "A", is_edited=True, reactions=(("heart", ALICE),))
    told = [complaint for complaint, _what in explain_message(stored, SAID, [edit("B", 1, until=2)])]

    assert told == [UNASKED, UNASKED]
    assert [complaint for complaint, _what in explain_pin(None, [pin(1, True, 1)])] == [UNDONE]
