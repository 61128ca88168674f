"""The look at a text for signs that whoever wrote it may hurt themselves. Pure: no database, no clock.

Each process keeps what it knows in a `Lookout`. Whatever of it fails counts as something that a person has to look
at: a text that could not be looked at is never taken for a harmless one.
"""

import logging
from collections.abc import Collection
from typing import Literal, NamedTuple

from messaging.moderation.matching import Matcher
from messaging.moderation.normalising import Text
from messaging.moderation.patterns import Pattern

logger = logging.getLogger(__name__)


class Word(NamedTuple):
    """A phrase of the list. `is_innocent`: what is found inside of it is no sign."""

    signal_id: int
    pattern: str
    is_innocent: bool = False


class Signal(NamedTuple):
    """Why a person should look: a phrase was found, or the look failed."""

    source: Literal["words", "failure"]
    signal_id: int | None = None


FAILURE = Signal("failure")


class EmptyList(Exception):
    """By this list nobody would ever be noticed."""


class SignalList:
    """Raises EmptyList where the words hold no phrase that could be found."""

    def __init__(self, words: Collection[Word]) -> None:
        signals = [word for word in words if not word.is_innocent]
        if not signals:
            raise EmptyList
        # whatever ending follows: a wish goes on with 다, 어요, 은데
        patterns = {(word.signal_id, False): Pattern(f"{word.pattern}*") for word in signals}
        # in one piece it is looked for on an English keyboard too
        patterns |= {(word.signal_id, True): Pattern(word.pattern.replace(" ", "")) for word in signals}
        innocent = [Pattern(word.pattern, is_allowed=True) for word in words if word.is_innocent]
        self._matcher = Matcher(patterns, innocent)

    def find(self, text: str) -> int | None:
        """The number of a phrase that is in the text, and not inside of an innocent one."""
        return min((hit.key[0] for hit in self._matcher.find(Text(text))), default=None)


class Lookout:
    """What this process knows: the list, and the rooms where it is looked for; nothing before the first `take`."""

    def __init__(self) -> None:
        self._list: SignalList | None = None
        self._room_ids: frozenset[int] | None = None
        self.is_failing = True

    def take(self, words: SignalList | None, room_ids: Collection[int]) -> None:
        """Look by these from now on. Without a list the last one goes on being used, as after `lose`.

        Where no room is looked at, none is missed.
        """
        self._room_ids = frozenset(room_ids)
        self._list = words or self._list
        self.is_failing = words is None and bool(room_ids)

    def lose(self) -> None:
        """What is known is too old to rely on. It goes on being used; what it does not find has failed."""
        self.is_failing = True

    def look(self, room_id: int, text: str) -> Signal | None:
        """None: nothing was found, or nobody looks in that room. Never raises."""
        if self._room_ids is not None and room_id not in self._room_ids:
            return None
        try:
            found = self._list.find(text) if self._list is not None else None
        except Exception as error:
            logger.error("a text could not be looked at for signals: %s", type(error).__name__)  # noqa: TRY400 - a traceback may quote it
            return FAILURE
        if found is not None:
            return Signal("words", found)
        return FAILURE if self.is_failing else None


def usable_list(words: Collection[Word]) -> SignalList | None:
    """None where it cannot be used, for whatever reason: people are to hear of that. Takes some 40 ms."""
    try:
        return SignalList(words)
    except Exception:
        logger.exception("the list of signals cannot be used")
        return None
