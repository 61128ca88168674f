"""Fixtures that every package of tests may use. What starts servers is in `tests.services`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from rooms.models import Member
from tests import services
from tests.e2e.pair import logs, pair  # noqa: F401  # one pair for the tests of e2e and browser
from tests.factories import ALICE, BOB, CHARLIE, make_member


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """On SQLite the test database is a file, for tests with threads; on MySQL it takes every character."""
    database = settings.DATABASES["default"]
    if services.backend() == "sqlite":
        database["TEST"]["NAME"] = str(Path(database["NAME"]).with_name("test.sqlite3"))
    else:
        database["TEST"]["CHARSET"] = "utf8mb4"


@pytest.fixture(autouse=True)
def _korean() -> Iterator[None]:
    """Every test starts in the default language, whatever the one before it activated."""
    translation.activate("ko")
    yield
    translation.deactivate()


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
