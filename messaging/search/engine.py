"""What a search is, whatever finds the messages. An external engine would stand behind `SearchEngine` as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chatproject.errors import InvalidInput
from messaging.search.text import Word, holds_all, holds_link

QUERY_MAX_CHARACTERS = 100
_BIGINT_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Query:
    """Messages of these rooms that hold all words and meet whatever else is given. No word is never asked for."""

    words: tuple[Word, ...]
    room_ids: Sequence[int]
    author_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    has_link: bool = False
    has_file: bool = False

    @property
    def is_short(self) -> bool:
        """Whether no word has more than one letter: nothing tells then where to look."""
        return all(len(word.text) == 1 for word in self.words)

    def fits(self, searched: str) -> bool:
        """Whether the words, and a link if asked for, are in what is looked through of a message."""
        return holds_all(self.words, searched) and (not self.has_link or holds_link(searched))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a search goes on: before this message, after so many were looked at."""

    message_id: int
    seen: int = 0

    def __str__(self) -> str:
        return f"{self.message_id}-{self.seen}" if self.seen else str(self.message_id)

    @classmethod
    def parse(cls, written: str) -> "Place":
        """Raises InvalidInput."""
        numbers = written.split("-")
        if len(numbers) > 2 or not all(number.isascii() and number.isdigit() for number in numbers):
            raise InvalidInput
        if len(written) > 40 or not 0 < int(numbers[0]) <= _BIGINT_MAX:
            raise InvalidInput
        return cls(*map(int, numbers))


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of messages, the newest first. `after` is None where there are no more; there may be fewer than the
    limit, or none, and more behind them all the same: one answer has only so much time."""

    message_ids: list[int]
    after: Place | None


class SearchEngine(Protocol):
    def find(self, query: Query, *, before: Place | None, limit: int) -> Found:
        """The newest `limit` messages that fit. None that is deleted or hidden."""
