"""What is written of a changed message: only what changed of it."""

from datetime import timedelta

from messaging.store.acts import Target
from messaging.store.change_writes import covers, writes_of
from messaging.store.objects import MessageColumns
from messaging.wire.marks import NO_MARKS, Marks
from tests.factories import ALICE, BOB
from tests.messaging.store.doing import NOW


def target(seq: int, **changes: object) -> Target:
    row = MessageColumns(
        *(1, True, "", seq, seq, "member", ALICE, "Alice", "말", NOW, None, None, None, None, None, None)
    )
    made = Target(seq, NOW, row, Marks(mentions=(BOB,)))
    made.row = row._replace(**changes)  # type: ignore[arg-type]
    return made


def tables(one: Target) -> list[str]:
    return [statement.query.split(" WHERE")[0].split(" (")[0] for statement in writes_of(one)]


def test_who_hides_a_message_takes_its_mentions_away_and_leaves_its_text() -> None:
    assert tables(target(1)) == []
    assert tables(target(1, hidden_at=NOW)) == ["DELETE FROM chat_mentions"]


def test_who_shows_it_again_brings_them_back() -> None:
    hidden = target(1, hidden_at=NOW)
    shown = Target(1, NOW, hidden.row, hidden.told_before)
    shown.row = hidden.row._replace(hidden_at=None)
    assert tables(shown) == ["INSERT INTO chat_mentions"]


def test_a_deletion_of_a_hidden_one_has_no_mentions_to_take() -> None:
    hidden = target(1, hidden_at=NOW)
    deleted = Target(1, NOW, hidden.row, hidden.told_before)
    deleted.row, deleted.marks = hidden.row._replace(deleted_at=NOW), NO_MARKS
    assert "DELETE FROM chat_mentions" not in tables(deleted)


def test_many_are_hidden_by_one_statement() -> None:
    some = [target(1, hidden_at=NOW), target(2, hidden_at=NOW), target(3, contents="다른 말"), target(4)]
    earlier = NOW - timedelta(hours=1)
    assert [statement.values[1:] for statement in covers([*some, target(5, hidden_at=earlier)])] == [[1, 2], [5]]
