"""Old entries of the audit log go, and what is left of each chain can still be proven.

In the transaction in which the oldest entries of a chain go, an entry `log_pruned` is put at its end: up to which
number, and with which digest, it began before. The first entry that is left follows on that digest, and the entry
that says so is in the chain itself, so that whoever takes out entries by hand has to write all that follows anew.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import reduce
from itertools import takewhile
from operator import or_

from django.conf import settings
from django.db.models import Min, Q

from chatproject.transactions import in_one_transaction
from rooms.audit_models import AuditEntry
from rooms.models import Room
from rooms.moderation import audit
from rooms.moderation.audit import CLOCK, PRUNED, Deed

ENTRIES_AT_ONCE = 500  # 15 ms
CHAINS_AT_ONCE = 200


def _before(now: datetime) -> datetime | None:
    days = settings.KEEPING.audit_days
    return now - timedelta(days=days) if days else None


def chains_behind(*, after: int, now: datetime) -> tuple[Collection[int], int | None]:
    """Of the next chains by their rooms those with old entries; the last one's room, None where there are no more.
    The site's, which is room 0, is looked at with the first ones."""
    before = _before(now)
    if before is None:
        return (), None
    behind = AuditEntry.objects.filter(room_id__gt=after if after else -1).order_by("room_id")
    chains = list(behind.values("room_id").annotate(first=Min("number"))[:CHAINS_AT_ONCE])
    if not chains:
        return (), None
    firsts = reduce(or_, (Q(room_id=chain["room_id"], number=chain["first"]) for chain in chains))
    old = AuditEntry.objects.filter(firsts, at__lt=before).order_by("room_id").values_list("room_id", flat=True)
    return list(old), chains[-1]["room_id"] if len(chains) == CHAINS_AT_ONCE else None


@in_one_transaction
def prune_chain(*, room_id: int, now: datetime) -> bool:
    """Delete some of the chain's oldest entries. True where there may be more."""
    before = _before(now)
    list(Room.objects.select_for_update().filter(pk=room_id).values_list("pk"))  # the site has none, see `record`
    chain = AuditEntry.objects.filter(room_id=room_id).order_by("number")
    rows = chain.values_list("number", "digest", "at", "act")[:ENTRIES_AT_ONCE]
    old = [] if before is None else list(takewhile(lambda row: row[2] < before, rows))
    if all(act == PRUNED for *_entry, act in old):  # what is left of a chain that nobody continued
        return False
    number, digest, *_rest = old[-1]
    details = {"to": number, "digest": digest}
    audit.record(Deed(room_id=room_id, act=PRUNED, by=CLOCK, at=now, details=details))
    AuditEntry._base_manager.filter(room_id=room_id, number__lte=number).delete()
    return len(old) == ENTRIES_AT_ONCE
