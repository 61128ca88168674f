"""The one look at a text before it is said: the word filter, and floods. Pure: no database, no clock.

Who is exempt from what it finds, and what becomes of the message, is decided under the room's lock: see
`messaging.store.screened`.
"""

from typing import Literal, NamedTuple

from messaging.moderation.filtering import Filters
from messaging.moderation.flood import Flood
from messaging.moderation.normalising import Text


class Verdict(NamedTuple):
    """`action` as of a rule; a flood is held, without a rule. `is_news`: it is to be logged."""

    action: Literal["block", "hold", "flag"]
    why: Literal["filter", "flood"] = "filter"
    rule_id: int | None = None
    matched: str = ""
    is_news: bool = True


FLOOD = Verdict("hold", "flood")


class Screen:
    """What a process looks by. Takes other filters at any time."""

    def __init__(self, flood: Flood) -> None:
        self._flood = flood
        self.filters = Filters()

    def look(self, room_id: int, member_id: int, text: str, *, client_id: str | None) -> Verdict | None:
        """None: it may be said. `client_id` None: it is a changed text, which is no repeat."""
        if not (self.filters.are_any or self._flood.is_on):
            return None
        written = Text(text)
        is_flood = client_id is not None and self._flood.holds(member_id, client_id, written)
        found = self.filters.look(room_id, written)
        if found is not None and (not is_flood or found.rule.action == "block"):
            return Verdict(found.rule.action, "filter", found.rule.rule_id, found.matched)  # type: ignore[arg-type]
        return FLOOD if is_flood else None

    def passes(self, room_id: int, text: str) -> bool:
        """Whether no rule blocks or holds it."""
        found = self.filters.look(room_id, Text(text)) if self.filters.are_any else None
        return found is None or found.rule.action == "flag"
