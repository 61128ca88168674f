"""What a check says, for tests: `said` of findings, and Django's connection to a server of the test's own."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from chatproject.database.connecting import connection_options
from chatproject.database.url import read_database
from chatproject.doctor.findings import Finding, Level

ALIAS = "doctor"


def said(findings: Iterable[Finding], *levels: Level) -> list[str]:
    """What these say, as "broken: …", without how to mend it; by default all that is not well."""
    wanted = levels or ("broken", "warning")
    return [f"{finding.level}: {finding.says}" for finding in findings if finding.level in wanted]


@contextmanager
def connected(url: str, monkeypatch: pytest.MonkeyPatch, alias: str = ALIAS) -> Iterator[str]:
    """The alias under which Django reaches the database of that URL, as our settings would have it."""
    monkeypatch.setenv("DOCTOR_URL", url)
    database: dict[str, Any] = read_database("DOCTOR_URL", default_file=Path())
    database["OPTIONS"] = connection_options(engine=database["ENGINE"]) | database.get("OPTIONS", {})
    settings: dict[str, Any] = connections.configure_settings({"default": database})["default"]
    monkeypatch.setitem(connections.settings, alias, settings)
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
