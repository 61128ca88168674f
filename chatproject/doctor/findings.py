"""What a check says, and how several are made at once: each has its time, and a broken one hides no other."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Literal, NamedTuple

from django.db import connections

# broken: people notice, or will at the next start; warning: it works, and should be mended; note: worth knowing
Level = Literal["broken", "warning", "note", "ok"]
LEVELS: tuple[Level, ...] = ("broken", "warning", "note", "ok")
EXIT_CODES: dict[Level, int] = {"broken": 2, "warning": 1, "note": 0, "ok": 0}
WITHIN_S = 10.0
SAID_MAX_CHARACTERS = 300
LATE = "look whether the machine or what is asked is busy or hangs; `--within 60` waits longer"

logger = logging.getLogger(__name__)


class Finding(NamedTuple):
    """`says` what is the case, `mend` what to do about it."""

    level: Level
    says: str
    mend: str = ""


class Check(NamedTuple):
    """`look` is called in a thread of its own."""

    about: str
    look: Callable[[], Iterable[Finding]]
    within_s: float = WITHIN_S


class Looked(NamedTuple):
    """What a check found."""

    about: str
    findings: list[Finding]


def broken(says: str, mend: str = "") -> Finding:
    return Finding("broken", says, mend)


def warning(says: str, mend: str = "") -> Finding:
    return Finding("warning", says, mend)


def note(says: str, mend: str = "") -> Finding:
    return Finding("note", says, mend)


def ok(says: str) -> Finding:
    return Finding("ok", says)


def words_of(error: BaseException) -> str:
    """An error on one line."""
    said = " ".join(str(error).split())[:SAID_MAX_CHARACTERS]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def parts(*looks: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Several looks one after the other: one that fails hides nothing of the others."""
    for look in looks:
        try:
            yield from look()
        except Exception as error:
            yield _failed(error)


def _failed(error: Exception) -> Finding:
    logger.debug("a check failed", exc_info=error)
    return broken(f"a part could not be looked at: {words_of(error)}")


def look_at_all(checks: Sequence[Check]) -> list[Looked]:
    """All at once, in their order. What one found before its time was over is kept."""
    looks = [_Look(check) for check in checks]
    return [look.result() for look in looks]


def worst_of(looked: Iterable[Looked]) -> Level:
    levels = {finding.level for one in looked for finding in one.findings}
    return next((level for level in LEVELS if level in levels), "ok")


class _Look:
    """A check under way. A thread that hangs dies with the process."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._found: SimpleQueue[Finding | None] = SimpleQueue()  # None: that was all
        self._deadline = time.monotonic() + check.within_s
        Thread(target=self._run, name=f"doctor-{check.about}", daemon=True).start()

    def _run(self) -> None:
        try:
            for finding in self._check.look():
                self._found.put(finding)
        except Exception as error:
            self._found.put(_failed(error))
        finally:
            connections.close_all()  # this thread's
            self._found.put(None)

    def result(self) -> Looked:
        findings: list[Finding] = []
        while True:
            try:
                finding = self._found.get(timeout=max(0.0, self._deadline - time.monotonic()))
            except Empty:
                findings.append(broken(f"no answer came within {self._check.within_s:g} s", LATE))
                return Looked(self._check.about, findings)
            if finding is None:
                return Looked(self._check.about, findings)
            findings.append(finding)
