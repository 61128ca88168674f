"""The filter's rules as people make them: what a rule may be, those of a room by its managers, lists by staff."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput, RoomNotFound
from chatproject.room_errors import NothingThere
from chatproject.text import is_encodable
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from messaging.moderation.patterns import PARTS_MAX, Pattern, TooManyStars, TooShort
from messaging.moderation_models import FilterRule
from messaging.wire.times import wire_time
from rooms.models import Room
from rooms.moderation import audit
from rooms.moderation.ranks import Acting, require_right
from rooms.moderation.rights import Act

PATTERN_MAX_CHARACTERS = 100
NOTE_MAX_CHARACTERS = 200
ROOM_RULES_MOST = 200


def check_pattern(pattern: str) -> str:
    """The words without what is around them. Raises InvalidInput, which says what is wrong with them."""
    pattern = pattern.strip()
    if len(pattern) > PATTERN_MAX_CHARACTERS or "\x00" in pattern or not is_encodable(pattern):
        raise InvalidInput
    try:
        Pattern(pattern)
    except TooShort:
        raise InvalidInput(_("This is too short: it would be found in innocent words everywhere.")) from None
    except TooManyStars:
        raise InvalidInput(_("At most %(most)s parts, with stars between.") % {"most": PARTS_MAX}) from None
    return pattern


def rules_of_room(*, room_id: int, by: Caller) -> list[dict[str, Any]]:
    """Those of the room alone, the newest first. Raises as `require_right`."""
    require_right(Act.SET_FILTER, room=_room(room_id), by=by)
    return [shown_rule(rule) for rule in FilterRule.objects.filter(room_id=room_id).order_by("-pk")]


@in_one_transaction
def make_rule(
    *, room_id: int, by: Caller | Acting, pattern: str, action: str, note: str, now: datetime
) -> FilterRule:
    """The same rule again is the one there is, with this action. Raises InvalidInput and as `require_right`."""
    pattern = check_pattern(pattern)
    if action not in FilterRule.Action.values or "\x00" in note or not is_encodable(note):
        raise InvalidInput
    room = _room(room_id, lock=True)
    acting = require_right(Act.SET_FILTER, room=room, by=by)
    of_room = FilterRule.objects.filter(room=room)
    rule = of_room.filter(pattern=pattern).first()
    if rule is None:
        if of_room.count() >= ROOM_RULES_MOST:
            raise InvalidInput(_("A room has at most %(most)s rules.") % {"most": ROOM_RULES_MOST})
        rule = FilterRule(room=room, pattern=pattern, made_at=now, made_by_id=acting.member_id)
    rule.action, rule.note, rule.is_active = action, note.strip(), True
    rule.save()
    _log(rule, acting, room_id, now, made=True)
    return rule


@in_one_transaction
def delete_rule(*, room_id: int, rule_id: int, by: Caller | Acting, now: datetime) -> None:
    """Raises NothingThere and as `require_right`."""
    acting = require_right(Act.SET_FILTER, room=_room(room_id, lock=True), by=by)
    rule = FilterRule.objects.filter(pk=rule_id, room_id=room_id).first()
    if rule is None:
        raise NothingThere
    _log(rule, acting, room_id, now, made=False)
    rule.delete()


def read_list(text: str, *, action: str) -> list[tuple[str, str]]:
    """Words and actions of a list with one rule a line; "!" before an exception, "#" before a remark.

    Raises InvalidInput, which names the first line that is no rule.
    """
    found = dict[str, str]()
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        is_exception = words.startswith("!")
        try:
            pattern = check_pattern(words.removeprefix("!"))
        except InvalidInput as error:
            raise InvalidInput(_("Line %(number)s: %(why)s") % {"number": number, "why": error.message}) from None
        found[pattern] = FilterRule.Action.ALLOW if is_exception else action
    return list(found.items())


@in_one_transaction
def import_rules(rules: Iterable[tuple[str, str]], *, room: Room | None, by: Acting, now: datetime) -> int:
    """Make those that are new there, and return their number."""
    known = set(FilterRule.objects.filter(room=room).values_list("pattern", flat=True))
    new = [
        FilterRule(
            room=room, pattern=pattern, action=action, made_at=now, updated_at=now, made_by_staff_id=by.staff_id
        )
        for pattern, action in rules
        if pattern not in known
    ]
    FilterRule.objects.bulk_create(new, batch_size=500)
    if new:
        room_id = audit.SITE if room is None else room.pk
        details = {"imported": len(new)}
        audit.record(audit.Deed(room_id=room_id, act="filter_changed", by=by.logged, at=now, details=details))
    return len(new)


def log_rule(rule: FilterRule, *, by: Acting, now: datetime, made: bool) -> None:
    """For who saves or deletes it otherwise."""
    _log(rule, by, rule.room_id or audit.SITE, now, made=made)


def shown_rule(rule: FilterRule) -> dict[str, Any]:
    return {
        "ruleId": rule.rule_id,
        "pattern": rule.pattern,
        "action": rule.action,
        "note": rule.note,
        "madeAt": wire_time(rule.made_at),
    }


def _log(rule: FilterRule, acting: Acting, room_id: int, now: datetime, *, made: bool) -> None:
    details = {"pattern": rule.pattern, "action": str(rule.action), "made": made}
    audit.record(audit.Deed(room_id=room_id, act="filter_changed", by=acting.logged, at=now, details=details))


def _room(room_id: int, *, lock: bool = False) -> Room:
    rooms = Room.objects.select_for_update() if lock else Room.objects.all()
    room = rooms.filter(pk=room_id).first()
    if room is None:
        raise RoomNotFound
    return room
