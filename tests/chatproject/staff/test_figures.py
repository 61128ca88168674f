"""Figures on the admin's pages."""

from types import SimpleNamespace

import pytest

from chatproject.staff.figures import figure, grouped


@pytest.mark.parametrize(("number", "written"), [(0, "0"), (999, "999"), (1_234_567, "1,234,567")])
def test_thousands_are_kept_apart(number: int, written: str) -> None:
    assert grouped(number) == written


def test_a_column_shows_the_figure_of_its_field() -> None:
    column = figure("tokens", "토큰")
    assert [column(SimpleNamespace(tokens=tokens)) for tokens in (12_345, None)] == ["12,345", "-"]
    assert (column.short_description, column.admin_order_field) == ("토큰", "tokens")  # type: ignore[attr-defined]
