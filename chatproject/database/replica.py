"""A copy of the database that some reads may ask: how to, and whether it is worth asking. Knows no table.

A copy may be behind, away, or lead to somebody else's data. Nobody waits long for it and nothing fails for it:
whoever reads asks the primary then.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock, Thread
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from prometheus_client import Counter, Gauge

from chatproject.database.connecting import REPLICA_ALIAS

logger = logging.getLogger(__name__)

FAR_BEHIND_S = 10.0
RETRY_S = 2.0

_reads_from: ContextVar[str] = ContextVar("reads_from", default=DEFAULT_DB_ALIAS)


@contextmanager
def reading_replica() -> Iterator[None]:
    """Have what the ORM reads in this context come from the copy, and what asks for `reading_connection`."""
    token = _reads_from.set(REPLICA_ALIAS)
    try:
        yield
    finally:
        _reads_from.reset(token)


def reading_connection() -> BaseDatabaseWrapper:
    return connections[_reads_from.get()]


class ReplicaRouter:
    """For Django's DATABASE_ROUTERS: no write and no migration ever goes to the copy."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        return _reads_from.get()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        return True  # two aliases, one database

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool | None:
        return False if db == REPLICA_ALIAS else None


class Behind(NamedTuple):
    """A room at a version that the copy did not have at `since`."""

    room_id: int
    version: int
    since: float


class Replica:
    """What a process knows of the copy. Any thread asks; times are monotonic seconds."""

    def __init__(self) -> None:
        self.reads = Counter(
            "chat_replica_reads",
            "Reads that a replica may answer, by who did: replica, or primary as it was behind, away or failed.",
            ["answered"],
            registry=None,
        )
        self.up = Gauge("chat_replica_up", "1 while the read replica is asked.", registry=None)
        self.up.set(1)
        self._lock = Lock()
        self._retry_at: float | None = None
        self._behind: Behind | None = None
        self.is_known = False  # to be a copy of our database

    @property
    def is_asked(self) -> bool:
        return self._retry_at is None

    def look_again(self, look: Callable[[], object], now: float) -> Thread | None:
        """Where it was not asked for RETRY_S, call `look` in a thread of its own: nobody waits for what hangs.

        `look` lets the versions be heard that it finds, or raises what is wrong.
        """
        with self._lock:
            if self._retry_at is None or now < self._retry_at:
                return None
            self._retry_at = now + RETRY_S
        thread = Thread(target=self._look, args=(look,), name="replica-look", daemon=True)
        thread.start()
        return thread

    def _look(self, look: Callable[[], object]) -> None:
        try:
            look()
        except Exception as error:
            self.be_away(error, time.monotonic())
        finally:
            connections.close_all()  # this thread's

    @property
    def watched(self) -> Behind | None:
        """What it did not have when it was seen to be behind: to be looked at with whatever is looked at."""
        return self._behind

    def hear_versions(self, versions: Mapping[int, int], *, wanted: Mapping[int, int], now: float) -> bool:
        """Note at which versions it has rooms. Returns whether these are the `wanted` ones, or later.

        Where it did not catch up with what was missing FAR_BEHIND_S ago, it is away until it did.
        """
        with self._lock:
            behind = self._behind
            if behind is not None and versions.get(behind.room_id, behind.version) >= behind.version:
                behind = None
            missing = [room_id for room_id, version in wanted.items() if versions.get(room_id, -1) < version]
            # a room that it does not have at all may be gone meanwhile: then it is right
            late = next((room_id for room_id in missing if room_id in versions), None)
            if behind is None and late is not None:
                behind = Behind(late, wanted[late], now)
            self._behind = behind
            late_s = now - behind.since if behind is not None else 0.0
        if late_s > FAR_BEHIND_S:
            self.be_away(f"it is {late_s:.0f} s behind", now)
            return False
        self._be_back()
        return not missing

    def be_away(self, reason: Exception | str, now: float) -> None:
        """It answers nothing until somebody looked again."""
        with self._lock:
            was_up, self._retry_at = self._retry_at is None, now + RETRY_S
            self.is_known = False
        self.up.set(0)
        if was_up:
            told = reason if isinstance(reason, str) else f"{type(reason).__name__}: {reason}"
            logger.warning("the read replica is not asked, the primary answers all: %s", told)

    def look_at_anew(self) -> None:
        """The primary is another one: whether this is its copy is to be seen."""
        with self._lock:
            self.is_known, self._behind = False, None

    def _be_back(self) -> None:
        with self._lock:
            was_away, self._retry_at = self._retry_at is not None, None
        if was_away:
            self.up.set(1)
            logger.warning("the read replica is asked again")


replica = Replica()  # of this process: there is one, as there is one set of connections
