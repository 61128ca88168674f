"""Keys of the main server, made and ended by staff: each act is in the site's log, and nothing of the key is."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from chatproject.server_api.keys import NewKey, make_key
from chatproject.server_api.models import ServerKey
from chatproject.transactions import in_one_transaction
from rooms.moderation import audit


@in_one_transaction
def issue_key(
    *, name: str, scopes: Collection[str], ends_at: datetime | None, staff_id: int | None, now: datetime
) -> NewKey:
    """A new key, to be shown now and never again. Raises InvalidInput for an end that is over."""
    if ends_at is not None and ends_at <= now:
        raise InvalidInput(_("The end must be in the future."))
    new = make_key(name=name, scopes=scopes, ends_at=ends_at, made_by_id=staff_id)
    _log("key_made", new.row, staff_id, now, scopes=new.row.scopes)
    return new


@in_one_transaction
def end_key(*, key_id: int, staff_id: int | None, now: datetime) -> bool:
    """Have the key open nothing from now on; returns whether it opened anything until now."""
    key = ServerKey.objects.select_for_update().get(pk=key_id)
    if key.ends_at is not None and key.ends_at <= now:
        return False
    key.ends_at = now
    key.save(update_fields=["ends_at"])
    _log("key_ended", key, staff_id, now)
    return True


def _log(act: str, key: ServerKey, staff_id: int | None, now: datetime, **details: object) -> None:
    deed = audit.Deed(
        room_id=audit.SITE,
        act=act,
        by=audit.Actor.staff(staff_id),
        at=now,
        until=key.ends_at,
        details={"key": key.key_id, "name": key.name, **details},
    )
    audit.record(deed)
