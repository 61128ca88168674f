"""Half-years as the law's reports count them, `2026-2`: July to December. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"(2[0-9]{3})-([12])")


@dataclass(frozen=True, slots=True)
class HalfYear:
    year: int
    number: int

    @classmethod
    def of(cls, written: str) -> Self:
        """Raises ValueError for anything but `2026-1` and its like."""
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise ValueError(f"no half-year: {written}")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def at(cls, moment: datetime, zone: ZoneInfo) -> Self:
        """The one that the moment lies in, there."""
        there = moment.astimezone(zone)
        return cls(there.year, 1 if there.month <= 6 else 2)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it."""
        begin = datetime(self.year, 1 if self.number == 1 else 7, 1, tzinfo=zone)
        end = (
            datetime(self.year, 7, 1, tzinfo=zone)
            if self.number == 1
            else datetime(self.year + 1, 1, 1, tzinfo=zone)
        )
        return begin, end

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"
