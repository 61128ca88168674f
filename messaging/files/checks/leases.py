"""Which process checks which file, by the database's clock, and what came of it. Synchronous; no store is touched.

A process that dies leaves its file to the others when its lease is over.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.db.models import F, Q

from chatproject.database_clock import database_now
from chatproject.transactions import in_one_transaction
from messaging.file_models import File
from messaging.files.changing import change_file

State = File.State

LEASE_S = 30.0
RENEW_INTERVAL_S = 8.0
LOOKED_AT = 10  # waiting files; others may take some of them in the same moment


class Held(NamedTuple):
    """A file that is this process's to check. `tries`: with this one."""

    file_id: int
    key: str
    name: str
    media_type: str  # as announced
    size: int
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is written of a file that was checked: why it is refused, or what members get."""

    reason: str = ""
    name: str = ""
    media_type: str = ""
    size: int = 0
    kept_size: int = 0
    width: int | None = None
    height: int | None = None


class Finished(NamedTuple):
    """`is_gone`: nothing of the file is wanted any more. `message`: room and seq of where it is said already."""

    is_written: bool = False
    is_gone: bool = False
    message: tuple[int, int] | None = None


def take_next(*, holder: str) -> Held | None:
    """The file that waits longest, of those that nobody checks and that are not put off."""
    now = database_now()
    free = Q(held_until=None) | Q(held_until__lte=now)
    waits = Q(free, state=State.CHECKING)
    for found in File.objects.filter(waits).order_by("pk").values_list(*Held._fields)[:LOOKED_AT]:
        held = Held(*found)
        until = now + timedelta(seconds=LEASE_S)
        if change_file(held.file_id, waits, holder=holder, held_until=until, tries=F("tries") + 1):
            return held._replace(tries=held.tries + 1)
    return None


def renew(*, file_id: int, holder: str) -> None:
    change_file(file_id, _is_ours(holder), held_until=database_now() + timedelta(seconds=LEASE_S))


def put_back(*, file_id: int, holder: str, wait_s: float, counts: bool) -> None:
    """Nobody takes it before the time is over. `counts`: the try was one, and not cut short by what is away."""
    until = database_now() + timedelta(seconds=wait_s)
    tries = F("tries") if counts else F("tries") - 1
    change_file(file_id, _is_ours(holder), holder="", held_until=until, tries=tries)


def count_waiting() -> int:
    return File.objects.filter(state=State.CHECKING).count()


@in_one_transaction
def finish(*, file_id: int, holder: str, outcome: Outcome) -> Finished:
    """Write it down behind the row's lock: a message that takes the file meanwhile comes first, or finds it so."""
    row = File.objects.select_for_update().filter(pk=file_id).first()
    if row is None or row.state == State.GONE:
        return Finished(is_gone=True)
    if row.state != State.CHECKING or row.holder != holder:
        return Finished()  # another's by now, who writes what they find
    now_it_is = {
        "state": State.REFUSED if outcome.reason else State.READY,
        "reason": outcome.reason,
        "is_untold": row.seq is not None,
        "holder": "",
        "held_until": None,
    }
    found = {} if outcome.reason else {name: getattr(outcome, name) for name in _FOUND}
    if not row.name:  # its member was erased meanwhile, and a hold keeps it
        found.pop("name", None)
    File.objects.filter(pk=file_id).update(**now_it_is, **found)
    return Finished(is_written=True, message=None if row.seq is None else (row.room_id, row.seq))


_FOUND = ("name", "media_type", "size", "kept_size", "width", "height")


def _is_ours(holder: str) -> Q:
    return Q(holder=holder, state=State.CHECKING)
