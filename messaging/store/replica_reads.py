"""Reads that a copy of the database may answer: only at least as new as the primary is.

The primary is asked first, briefly: who may read, and at which versions the rooms are now. What anybody wrote or
heard has such a version or an earlier one, so a copy that has the rooms at these versions shows nobody less than
they know, and nothing that was deleted or hidden since. One that has not is left alone, and the primary answers.

For HTTP requests only: their threads close their connections, to the copy too, when they end.
"""

import logging
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, InternalError, OperationalError, ProgrammingError

from chatproject.database.connecting import REPLICA_ALIAS
from chatproject.database.replica import reading_replica, replica
from chatproject.seldom import Seldom
from messaging.models import Deployment
from messaging.store.deployment import deployment_name
from rooms.models import Room

T = TypeVar("T")
Name = tuple[str, str]

logger = logging.getLogger(__name__)
_seldom = Seldom()


class NotOurs(Exception):
    """What is called a replica is another database."""


# what is wrong with a connection or a server; all else is wrong with the question, or with the answer
_UNWELL = (OperationalError, InterfaceError, InternalError, NotOurs)


def read_as_of(versions: Mapping[int, int], read: Callable[[], T]) -> T:
    """Call `read`, which only reads, on the copy if it has these rooms at these versions or later, or else on the
    primary. What happens to the copy meanwhile is nobody's business: `read` is called again, on the primary.
    So it is where `read` raises anything: the primary says whether that is right, and the copy is asked as before.

    Without `versions` the primary is asked.
    """
    if REPLICA_ALIAS not in settings.DATABASES or not versions:
        return read()
    answered = "away"
    if replica.is_asked:
        name = None if replica.is_known else _our_name()  # first: if the primary is away, that is not the copy's
        try:
            if name is not None:
                _require_ours(name)
            with reading_replica():
                if _is_as_new_as(versions):
                    found = read()
                    replica.reads.labels("replica").inc()
                    return found
            answered = "behind"
        except _UNWELL as error:
            replica.be_away(error, time.monotonic())
        except Exception as error:
            return _read_on_primary_after(error, read)
    else:
        replica.look_again(_look, time.monotonic())
    replica.reads.labels(f"primary_{answered}").inc()
    return read()


def _read_on_primary_after(error: Exception, read: Callable[[], T]) -> T:
    """What raises here as well is no business of the copy's; where it does not, something is strange there."""
    found = read()
    replica.reads.labels("primary_failed").inc()
    if _seldom.may_say(type(error).__name__):
        logger.warning("the primary answered what the read replica did not", exc_info=error)
    return found


def _is_as_new_as(versions: Mapping[int, int]) -> bool:
    watched = replica.watched
    room_ids = {*versions, watched.room_id} if watched is not None else versions.keys()
    found = dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "version"))
    return replica.hear_versions(found, wanted=versions, now=time.monotonic())


def _look() -> None:
    """Whether it can be asked again: it answers, and has what it was seen to lack."""
    _require_ours(_our_name())
    with reading_replica():
        _is_as_new_as({})


def _our_name() -> Name:
    """With the epoch: a copy of what the primary was before a backup was put back is none of it."""
    deployment_name()  # makes one where there is none yet
    names = Deployment.objects.using(DEFAULT_DB_ALIAS).values_list("name", "epoch")
    return names.get(pk=Deployment.ONLY)


def _require_ours(name: Name) -> None:
    try:
        found = (
            Deployment.objects.using(REPLICA_ALIAS).values_list("name", "epoch").filter(pk=Deployment.ONLY).first()
        )
    except ProgrammingError as error:  # no such table
        raise NotOurs(str(error)) from error
    if found is None:
        raise NotOurs("it does not have the name of this deployment, or not yet")
    if found[0] == name[0] and found[1] != name[1]:
        raise NotOurs("it is in another epoch than the primary: it has to follow it, or to be made anew from it")
    if found != name:
        raise NotOurs("DATABASE_READ_URL leads to another database than DATABASE_URL, and to no replica of it")
    replica.is_known = True
