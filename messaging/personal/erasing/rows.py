"""What the models' own words suffice for: rows that go, columns that are emptied. See `chatproject.member_data`.

A model of which more is to be done is in BY_HAND, and is done by a phase of its own before.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from chatproject.member_data import MemberData, Policy
from messaging.personal.erasing.parts import Erased, Part, Phase
from messaging.personal.erasing.progress import counted
from messaging.personal.held_words import keep_held_messages, keep_objections, keep_reporters_words, keep_requests
from messaging.personal.holds import active_holds
from rooms.models import Member

ROWS_AT_ONCE = 200
BY_HAND = frozenset(
    {
        *("rooms.Member", "rooms.Participant"),
        *("messaging.Message", "messaging.Reaction", "messaging.Mention", "messaging.File", "messaging.Export"),
        "assistant.Usage",  # a member's or a room's
    }
)
# what members wrote in rows, by whose it is
WRITTEN: Mapping[str, Callable[[Any, datetime], None]] = {
    "rooms.Objection.sanction__member": keep_objections,
    "messaging.Report.reporter": keep_reporters_words,
    "messaging.HeldMessage.sender": keep_held_messages,
    "rooms.JoinRequest.member": keep_requests,
}


class Named(NamedTuple):
    """A column, or a path from it, by which rows name a member; and the columns whose words are theirs."""

    model: Any
    column: str
    policy: Policy
    words: Sequence[str]

    @property
    def name(self) -> str:
        """Under which the receipt counts them."""
        return f"{self.model._meta.label}.{self.column}"

    def rows_of(self, member_id: int) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = self.model._base_manager.filter(**{self.column: member_id})
        if self.policy is Policy.KEEP:  # so does the column: only the words go
            there = [~models.Q(**{word: self._empty(word)}) for word in self.words]
            rows = rows.filter(models.Q(*there, _connector=models.Q.OR))
        return rows

    def emptied(self) -> dict[str, Any]:
        changes = {word: self._empty(word) for word in self.words}
        return changes if self.policy is Policy.KEEP else {**changes, self.column: None}

    def _empty(self, word: str) -> Any:
        return None if self.model._meta.get_field(word).null else ""


@cache
def all_named() -> tuple[Named, ...]:
    """By paths first: what they lead over is emptied after."""
    return tuple(sorted(_all_named(), key=lambda named: ("__" not in named.column, named.name)))


def _all_named() -> Iterator[Named]:
    for model in apps.get_models():
        said: Mapping[str, MemberData] = getattr(model, "member_data", {})
        if model._meta.label in BY_HAND:
            continue
        theirs = defaultdict(list)
        for column, data in said.items():
            if data.of:
                theirs[data.of].append(column)
        for column in [*(name for name in said if _names_a_member(model, name)), *(set(theirs) - said.keys())]:
            policy = said[column].policy if column in said else Policy.KEEP
            if policy is not Policy.KEEP or column in theirs:
                yield Named(model, column, policy, theirs[column])


def _names_a_member(model: Any, name: str) -> bool:
    field = model._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        return field.related_model is Member
    return isinstance(field, models.IntegerField)


@counted
def _take(erased: Erased) -> Part | None:
    for named in all_named():
        rows = list(named.rows_of(erased.member_id).order_by("pk")[:ROWS_AT_ONCE])
        if rows:
            _keep_words(named, rows, erased)
            these = named.model._base_manager.filter(pk__in=[row.pk for row in rows])
            if named.policy is Policy.DELETE:
                these.delete()
            else:
                these.update(**named.emptied())
            return Part(counts={named.name: len(rows)})
    return None


def _keep_words(named: Named, rows: Sequence[Any], erased: Erased) -> None:
    """What they wrote, where a hold wants it: nothing of what others wrote of them."""
    keep = WRITTEN.get(named.name)
    if keep is not None and active_holds(erased.now).exists():
        keep(rows, erased.now)


def are_rows_left(member_id: int) -> bool:
    """Of what is done here; what is done by hand its phases count."""
    return any(named.rows_of(member_id).exists() for named in all_named())


ROWS = Phase("rows", _take)
