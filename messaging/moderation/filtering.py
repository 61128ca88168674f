"""The rules of the word filter as they are looked for: those of the site, and of each room that has some."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count, Max

from messaging.moderation.matching import Exceptions, Hit, Matcher
from messaging.moderation.normalising import Text
from messaging.moderation.patterns import Pattern, Span
from messaging.moderation_models import FilterRule

PATTERNS_KEPT_MOST = 20_000
MATCHED_MAX_CHARACTERS = 100  # of what was found, as it is kept
_BY_WEIGHT = (FilterRule.Action.FLAG, FilterRule.Action.HOLD, FilterRule.Action.BLOCK)


class Rule(NamedTuple):
    """`room_id` None: of the whole site."""

    rule_id: int
    room_id: int | None
    pattern: str
    action: str


class Finding(NamedTuple):
    """What the heaviest rule found."""

    rule: Rule
    matched: str


class Filters:
    """All rules there are. A room's own may be stricter than the site's; its exceptions are none to the site's."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        by_room: dict[int | None, list[Rule]] = {}
        for rule in rules:
            by_room.setdefault(rule.room_id, []).append(rule)
        self._matchers = {room_id: _matcher(of_room) for room_id, of_room in by_room.items()}
        self.are_any = bool(self._matchers)

    def look(self, room_id: int, text: Text) -> Finding | None:
        """None: nothing stands against it."""
        excepted: list[Span] = []
        found: list[Hit[Rule]] = []
        for place in (None, room_id):  # the site first: its exceptions hold for rooms too
            if (matcher := self._matchers.get(place)) is not None:
                hits, more = matcher.look(text)
                excepted += more
                exceptions = Exceptions(excepted)
                found += [hit for hit in hits if not exceptions.have(hit.span)]
        if not found:
            return None
        worst = max(found, key=lambda hit: _BY_WEIGHT.index(FilterRule.Action(hit.key.action)))
        return Finding(worst.key, text.text[slice(*worst.span)][:MATCHED_MAX_CHARACTERS])


def _matcher(rules: Iterable[Rule]) -> Matcher[Rule]:
    words, allowed = dict[Rule, Pattern](), list[Pattern]()
    for rule in rules:
        is_allowed = rule.action == FilterRule.Action.ALLOW
        try:
            pattern = _pattern(rule.pattern, is_allowed)
        except ValueError:  # written by hand, past the check: it finds nothing
            continue
        if is_allowed:
            allowed.append(pattern)
        else:
            words[rule] = pattern
    return Matcher(words, allowed)


@lru_cache(PATTERNS_KEPT_MOST)
def _pattern(words: str, is_allowed: bool) -> Pattern:
    """One rule changes, and all are made anew: thousands take a second. Raises ValueError."""
    return Pattern(words, is_allowed=is_allowed)


def read_rules() -> list[Rule]:
    """Those in force."""
    rules = FilterRule.objects.filter(is_active=True).order_by("pk")
    return [Rule(*row) for row in rules.values_list("rule_id", "room_id", "pattern", "action")]


def read_filters() -> Filters:
    return Filters(read_rules())


def read_state() -> Mapping[str, object]:
    """Something that is another one after each change of a rule. One look into an index."""
    return FilterRule.objects.aggregate(count=Count("pk"), newest=Max("pk"), updated=Max("updated_at"))
