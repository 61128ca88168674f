"""Whether this machine, the databases, Redis and the issuer of tokens have the same time.

Leases, sanctions, tickets and the ends of tokens are compared with several of these clocks.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpx
from django.db import connections

from chatproject.doctor.findings import Finding, broken, note, ok, warning

APART_S, FAR_APART_S = 2.0, 5.0
ASK_WITHIN_S = 4.0
MEND = "synchronise it: `timedatectl set-ntp true`, chrony or systemd-timesyncd; in a container, on its host"


class Clock(NamedTuple):
    """`read` returns its time in seconds since 1970, and how exact that is."""

    name: str
    read: Callable[[], tuple[float, float]]


class _Apart(NamedTuple):
    name: str
    ahead_s: float


def database_clock(alias: str, name: str) -> Clock:
    def read() -> tuple[float, float]:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT UTC_TIMESTAMP(6)")
            moment: datetime = cursor.fetchone()[0]
        return moment.replace(tzinfo=UTC).timestamp(), 0.0

    return Clock(name, read)


def redis_clock(url: str, name: str, *, ask: Callable[[str], tuple[int, int]]) -> Clock:
    def read() -> tuple[float, float]:
        seconds, microseconds = ask(url)
        return seconds + microseconds / 1_000_000, 0.0

    return Clock(name, read)


def http_clock(url: str, name: str) -> Clock:
    """By the Date that a server writes, which has whole seconds, whatever else it answers."""

    def read() -> tuple[float, float]:
        answer = httpx.get(url, timeout=ASK_WITHIN_S, follow_redirects=False)
        return parsedate_to_datetime(answer.headers["date"]).timestamp() + 0.5, 0.5

    return Clock(name, read)


def look_at_clocks(clocks: Iterable[Clock]) -> Iterator[Finding]:
    """Where several are apart by the same from here, it is this machine's that is wrong."""
    asked: list[_Apart] = []
    for clock in clocks:
        began = time.time()
        try:
            theirs, exact_s = clock.read()
        except Exception as error:
            yield note(f"{clock.name} was not asked for its time: {type(error).__name__}")
            continue
        ahead_s = theirs - (began + time.time()) / 2
        unsure_s = exact_s + (time.time() - began) / 2
        asked.append(_Apart(clock.name, 0.0 if abs(ahead_s) <= unsure_s else ahead_s))
    apart = [one for one in asked if abs(one.ahead_s) >= APART_S]
    if len(apart) > 1 and len(apart) == len(asked) and _agree(apart):
        ours = -sum(one.ahead_s for one in apart) / len(apart)
        yield _finding(f"this machine's clock is {_words(ours)} {_names(apart)}", ours)
    else:
        for one in apart:
            yield _finding(f"the clock of {one.name} is {_words(one.ahead_s)} this machine's", one.ahead_s)
    if asked and not apart:
        yield ok(f"this machine, {_names(asked)} agree within {APART_S:g} s")


def _agree(apart: list[_Apart]) -> bool:
    seconds = [one.ahead_s for one in apart]
    return max(seconds) - min(seconds) < APART_S


def _names(several: list[_Apart]) -> str:
    return " and ".join(one.name for one in several)


def _words(ahead_s: float) -> str:
    return f"{abs(ahead_s):.1f} s {'ahead of' if ahead_s > 0 else 'behind'}"


def _finding(says: str, ahead_s: float) -> Finding:
    return (broken if abs(ahead_s) >= FAR_APART_S else warning)(says, MEND)
