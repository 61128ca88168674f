"""Reads that a copy of the database may answer: only at least as new as the primary is.

The primary is asked first, briefly: who may read, and at which versions the rooms are now. What anybody wrote or
heard has such a version or an earlier one, so a copy that has the rooms at these versions shows nobody less than
they know, and nothing that was deleted or hidden since. One that has not is left alone, and the primary answers.

For HTTP requests only: their threads close their connections, to the copy too, when they end.
"""

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from chatproject.database.connecting import REPLICA_ALIAS
from chatproject.database.replica import reading_replica, replica
from messaging.models import Deployment
from messaging.store.deployment import deployment_name
from rooms.models import Room

T = TypeVar("T")


class NotOurs(Exception):
    """What is called a replica is another database."""


def read_as_of(versions: Mapping[int, int], read: Callable[[], T]) -> T:
    """Call `read`, which only reads, on the copy if it has these rooms at these versions or later, or else on the
    primary. What happens to the copy meanwhile is nobody's business: `read` is called again, on the primary.

    Without `versions` the primary is asked.
    """
    if REPLICA_ALIAS not in settings.DATABASES or not versions:
        return read()
    answered = "away"
    if replica.is_asked:
        try:
            if not replica.is_known:
                _require_ours()
            with reading_replica():
                if _is_as_new_as(versions):
                    found = read()
                    replica.reads.labels("replica").inc()
                    return found
            answered = "behind"
        except Exception as error:  # whatever it is: the primary says whether it is the copy's
            replica.be_away(error, time.monotonic())
    else:
        replica.look_again(_look, time.monotonic())
    replica.reads.labels(f"primary_{answered}").inc()
    return read()


def _is_as_new_as(versions: Mapping[int, int]) -> bool:
    watched = replica.watched
    room_ids = {*versions, watched.room_id} if watched is not None else versions.keys()
    found = dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "version"))
    return replica.hear_versions(found, wanted=versions, now=time.monotonic())


def _look() -> None:
    """Whether it can be asked again: it answers, and has what it was seen to lack."""
    _require_ours()
    with reading_replica():
        _is_as_new_as({})


def _require_ours() -> None:
    deployment_name()  # makes one where there is none yet
    names = [
        Deployment.objects.using(alias).values_list("name", flat=True).get(pk=Deployment.ONLY)
        for alias in (DEFAULT_DB_ALIAS, REPLICA_ALIAS)
    ]
    if names[0] != names[1]:
        raise NotOurs("DATABASE_READ_URL leads to another database than DATABASE_URL, and to no replica of it")
    replica.is_known = True
