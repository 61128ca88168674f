"""What lies in the store without a row: only what is ours by its name, old enough, and known to nobody."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from messaging.files.ending.leftovers import leftover_exports, leftover_files
from messaging.files.storage.naming import export_name, names_of
from messaging.files.storage.places import Lying
from rooms.models import Room
from tests.factories import BOB
from tests.messaging.files.having import NOW, have_file

pytestmark = pytest.mark.django_db

LONG_AGO = NOW - timedelta(days=2, seconds=1)


def lying(names: Iterable[str], *, written_at: datetime = LONG_AGO) -> list[Lying]:
    return [Lying(name, written_at, 5) for name in names]


def test_a_files_objects_are_left_over_when_its_row_is_gone(room: Room) -> None:
    file = have_file(room, BOB, seq=1)
    lost = lying(names_of("a" * 32))
    assert leftover_files([*lying(names_of(file.key)), *lost], before=NOW) == lost
    file.delete()
    assert len(leftover_files(lying(names_of(file.key)), before=NOW)) == 4


def test_what_is_gone_to_everybody_but_has_its_row_may_be_kept_by_a_hold(room: Room) -> None:
    file = have_file(room, BOB, seq=1, state="gone", holder="hold")
    assert leftover_files(lying(names_of(file.key)), before=NOW) == []


def test_what_is_young_or_no_name_of_ours_stays() -> None:
    young = lying([export_name("a" * 32)], written_at=NOW - timedelta(days=2))
    others = lying(["exports/a.zip", "check", f"staging/{export_name('a' * 32)}"])
    assert leftover_exports([*young, *others], now=NOW) == []
    assert leftover_files(lying(names_of("a" * 32), written_at=NOW), before=NOW) == []
    assert leftover_files(lying([export_name("a" * 32)]), before=NOW) == []
    assert len(leftover_exports(lying([export_name("a" * 32)]), now=NOW)) == 1
