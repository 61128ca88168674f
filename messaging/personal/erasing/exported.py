"""The member's exports: nobody gets one from the order on, what lies in the store goes, and so do their rows."""

from collections.abc import Sequence
from functools import partial

from django.db.models import Q

from messaging.files.storage.naming import export_name
from messaging.personal.erasing.parts import Erased, Part, Phase
from messaging.personal.exports.asking import end_exports
from messaging.personal_models import Export

EXPORTS_AT_ONCE = 20


def _take(erased: Erased) -> Part | None:
    """One that is being made is waited for: its maker finds it ended within half a minute, or is dead."""
    end_exports(member_id=erased.member_id, now=erased.now)
    theirs = Export.objects.filter(member_id=erased.member_id)
    is_let_go = Q(held_until=None) | Q(held_until__lte=erased.now)
    found = dict(theirs.filter(is_let_go).order_by("pk").values_list("pk", "key")[:EXPORTS_AT_ONCE])
    if found:
        return Part(objects=[export_name(key) for key in found.values()], then=partial(_forget, list(found)))
    return Part(waits=True) if theirs.exists() else None


def _forget(export_ids: Sequence[int]) -> None:
    Export.objects.filter(pk__in=export_ids).delete()


EXPORTS = Phase("exports", _take, lambda member_id: Export.objects.filter(member_id=member_id).count())
