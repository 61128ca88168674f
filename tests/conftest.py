"""Fixtures that every package of tests may use. What starts servers is in `tests.services`."""

import asyncio
import gc
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from rooms.models import Member
from tests import services
from tests.e2e.pair import logs, pair, static_root  # noqa: F401  # one pair for the tests of e2e and browser
from tests.emptying import empty_quickly
from tests.factories import ALICE, BOB, CHARLIE, make_member
from tests.forking import Fork, forks
from tests.migrated import migrated_copy
from tests.states import remember_states
from tests.threads import join_database_threads
from tests.times import WAIT_S

THREADS_TIMEOUT_S = WAIT_S

AllAtOnce = Callable[..., list[Any]]
TimePasses = Callable[[float], None]
# the same examples in every run, others with `--hypothesis-profile=random`; a busy machine may take its time
PATIENT = hypothesis.settings(
    deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("random", PATIENT)
hypothesis.settings.register_profile("repeatable", PATIENT, derandomize=True)
hypothesis.settings.load_profile("repeatable")

empty_quickly()
remember_states()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What collecting makes stays to the end: looking for garbage in it took a third of collecting, and
    again and again while the tests run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


REPORTED = "reported"  # a property of a test: a line to show after all tests, such as its seed


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = (report for found in terminalreporter.stats.values() for report in found)
    ended = (report for report in reports if getattr(report, "when", "") == "teardown")
    if lines := [line for report in ended for name, line in report.user_properties if name == REPORTED]:
        terminalreporter.section("reported")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """On SQLite the test database is a file, for tests with threads; on MySQL it takes every character."""
    database = settings.DATABASES["default"]
    if services.backend() == "sqlite":
        database["TEST"]["NAME"] = str(Path(database["NAME"]).with_name("test.sqlite3"))
        database["OPTIONS"]["timeout"] = WAIT_S  # writers do not queue there: one may be unlucky for long
    else:
        database["TEST"]["CHARSET"] = "utf8mb4"


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> Iterator[bool]:
    """Whether the test database is there before Django makes it: where tests are spread, as a copy."""
    if not services.is_worker():
        yield False
        return
    with migrated_copy(settings.DATABASES["default"]):
        yield True


@pytest.fixture(scope="session")
def fork() -> Iterator[Fork]:
    """Runs `manage.py` and the like with an environment written out, for many cases: see `tests.forking`."""
    with forks() as fork:
        yield fork


@pytest.fixture(autouse=True)
def _korean() -> Iterator[None]:
    """Every test starts in the default language, whatever the one before it activated."""
    translation.activate("ko")
    yield
    translation.deactivate()


@pytest.fixture(autouse=True, scope="module")
def _no_threads_left() -> Iterator[None]:
    """Who leaves a database open is red, and not a later module that waits for the end of its own."""
    yield
    join_database_threads()


# --- the cast


@pytest.fixture
def alice(db: None) -> Member:
    return make_member(ALICE, "Alice")


@pytest.fixture
def bob(db: None) -> Member:
    return make_member(BOB, "Bob")


@pytest.fixture
def charlie(db: None) -> Member:
    return make_member(CHARLIE, "Charlie")


# --- time


@pytest.fixture
async def time_passes(monkeypatch: pytest.MonkeyPatch) -> TimePasses:
    """Lets so many seconds pass at once, for the loop's timers and for the time of day.

    A promise in seconds that nobody waits for can be long, so that no busy machine breaks it by itself.
    """
    loop, passed_s = asyncio.get_running_loop(), 0.0
    loop_time, time_of_day = loop.time, time.time

    def let_pass(seconds: float) -> None:
        nonlocal passed_s
        passed_s += seconds

    loop.time = lambda: loop_time() + passed_s  # type: ignore[method-assign]  # to the end of the loop: never back
    monkeypatch.setattr(time, "time", lambda: time_of_day() + passed_s)
    return let_pass


# --- at the same moment


@pytest.fixture
def all_at_once() -> AllAtOnce:
    """Runs every call in a thread and connection of its own; returns what each returned or raised, in order."""

    def run(*calls: Callable[[], Any]) -> list[Any]:
        ready = Barrier(len(calls), timeout=THREADS_TIMEOUT_S)

        def attempt(call: Callable[[], Any]) -> Any:
            connection.ensure_connection()
            ready.wait()
            try:
                return call()
            except Exception as error:  # an outcome like any other here
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(attempt, calls, timeout=THREADS_TIMEOUT_S))

    return run
