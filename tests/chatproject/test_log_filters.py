"""Strangers do not fill the log: of what they do in vain there is a line now and then, with how often."""

import json
import logging
import logging.config
import time
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from chatproject.log_filters import MESSAGE_MAX_CHARACTERS, QUIET_S, QuietRefusals
from chatproject.logs import logging_settings

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Lines]:
    """What production's log says, of what Django refuses."""
    settings.DEBUG, settings.ALLOWED_HOSTS = False, ["chat.example.com"]
    output, configuration = StringIO(), logging_settings(debug=False)
    configuration["handlers"]["stderr"]["stream"] = output
    configurator: Any = logging.config.DictConfigurator(configuration)
    formatter = configurator.configure_formatter(configurator.config["formatters"]["line"])
    handler = logging.StreamHandler(output)
    handler.setFormatter(formatter)
    for name in configuration["handlers"]["stderr"]["filters"]:
        handler.addFilter(configurator.configure_filter(configurator.config["filters"][name]))
    logging.getLogger("django.security").addHandler(handler)
    yield lambda: [json.loads(line) for line in output.getvalue().splitlines()]
    logging.getLogger("django.security").removeHandler(handler)


def ask(host: str, count: int = 1) -> None:
    for _ in range(count):
        assert Client().get("/v1/schema", headers={"host": host}).status_code == 400


def test_a_wrong_host_is_one_quiet_line(lines: Lines) -> None:
    ask("evil.example")

    [line] = lines()
    assert line["level"] == "warning"
    assert "evil.example" in line["event"]
    assert line["times"] == 1
    assert "exception" not in line


def test_a_thousand_wrong_hosts_are_two_lines_with_their_number(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask("evil.example", 20)
    later = time.monotonic() + QUIET_S
    monkeypatch.setattr(time, "monotonic", lambda: later)
    ask("evil.example", 20)

    assert [line["times"] for line in lines()] == [1, 20]


def test_what_they_send_makes_no_long_line(lines: Lines) -> None:
    ask("e" * 5_000)
    assert len(lines()[0]["event"]) == MESSAGE_MAX_CHARACTERS


@pytest.mark.django_db
def test_forged_forms_are_counted_apart_and_say_what_is_wrong(lines: Lines) -> None:
    ask("evil.example", 3)
    for _ in range(3):
        stranger = Client(enforce_csrf_checks=True, headers={"host": "chat.example.com"})
        assert stranger.post("/admin/login/", headers={"origin": "https://evil.example"}).status_code == 403

    assert [line["logger"] for line in lines()] == ["django.security.DisallowedHost", "django.security.csrf"]
    assert "does not match any trusted origins" in lines()[1]["event"]


def test_all_else_is_logged_each_time() -> None:
    record = logging.getLogger("rooms").makeRecord("rooms", logging.ERROR, "f.py", 1, "a fault", (), None)
    assert all(QuietRefusals().filter(record) for _ in range(3))
    assert record.levelname == "ERROR"
