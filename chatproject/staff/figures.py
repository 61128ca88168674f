"""Numbers on the admin's pages: figures with separators between thousands, numbers that name something without."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils.formats import number_format


def grouped(number: int) -> str:
    """1,234,567"""
    return number_format(number, force_grouping=True)


def figure(field: str, description: Any) -> Callable[[Any], str]:
    """A column of a list with the figure that the row has in `field`; "-" where there is none."""

    @admin.display(description=description, ordering=field)
    def column(row: Any) -> str:
        number = getattr(row, field)
        return "-" if number is None else grouped(number)

    return column
