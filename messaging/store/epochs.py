"""The epoch of the database: which history the rooms' versions count in. Kept beside the deployment's name.

A version says something only together with its epoch. Another one begins where the database went backwards: a
backup was put back, or a replica took over that lacked the last second.
"""

import secrets
from collections.abc import Mapping
from typing import NamedTuple

from chatproject.transactions import in_one_transaction
from messaging.models import Deployment
from messaging.store.deployment import deployment_name
from rooms.models import Room

EPOCH_BYTES = 8  # written in hexadecimal digits; random, since a counter would go backwards with the rest
ROOMS_LOOKED_AT = 100  # of those in doubt: one that fell is enough


class Reached(NamedTuple):
    """How far a room was when somebody heard of it: committed, and told."""

    version: int
    roster_version: int

    def is_beyond(self, other: "Reached") -> bool:
        """What a database says that is `other`, where it was asked after this was heard, went backwards."""
        return self.version > other.version or self.roster_version > other.roster_version


def current_epoch() -> str:
    """Made when first asked for."""
    if found := _read():
        return found
    deployment_name()  # makes the row
    begin_epoch(instead_of="")
    found = _read()
    assert found
    return found


def _read() -> str | None:
    return Deployment.objects.filter(pk=Deployment.ONLY).values_list("epoch", flat=True).first()


@in_one_transaction
def begin_epoch(*, instead_of: str | None = None) -> str:
    """Have another epoch from now on, unless it is another one than `instead_of` already; return which it is.

    Nobody is told: the servers find it with their next sweep.
    """
    row = Deployment.objects.select_for_update().get(pk=Deployment.ONLY)
    if instead_of is None or row.epoch == instead_of:
        row.epoch = secrets.token_hex(EPOCH_BYTES)
        row.save(update_fields=["epoch"])
    return row.epoch


@in_one_transaction
def begin_epoch_if_fallen(*, epoch: str, reached: Mapping[int, Reached]) -> str:
    """Have another epoch where one of these rooms, heard of in `epoch`, is not that far; return which it is then.

    It is read under locks, and written by the same transaction: so by a server that takes writes, no copy of it.
    A room that is gone proves nothing.
    """
    row = Deployment.objects.select_for_update().get(pk=Deployment.ONLY)
    looked_at = sorted(reached)[:ROOMS_LOOKED_AT]
    rooms = Room.objects.select_for_update().filter(pk__in=looked_at).order_by("pk")
    found = {pk: Reached(*numbers) for pk, *numbers in rooms.values_list("pk", "version", "roster_version")}
    if row.epoch == epoch and any(reached[room_id].is_beyond(found[room_id]) for room_id in found):
        row.epoch = secrets.token_hex(EPOCH_BYTES)
        row.save(update_fields=["epoch"])
    return row.epoch
