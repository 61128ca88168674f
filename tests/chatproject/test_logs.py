"""The log shows what happened and never what was said or who may come in."""

import json
import logging
import os
import subprocess
import sys
import time
from typing import Any

import pytest
import stamina
from django.conf import settings
from django.test import RequestFactory

from chatproject.access.tickets import give_ticket, write_ticket
from chatproject.logs import logging_settings, make_formatter
from tests.factories import ALICE, caller, token_for


def record(message: str, *arguments: object, **extra: Any) -> logging.LogRecord:
    made = logging.getLogger("tests").makeRecord("tests", logging.INFO, "f.py", 1, message, arguments, None)
    made.__dict__.update(extra)
    return made


def logged(message: str, *arguments: object, **extra: Any) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(make_formatter(debug=False).format(record(message, *arguments, **extra)))
    return line


def test_in_production_a_line_is_one_json_object() -> None:
    line = logged("committed %d messages", 3, room_id=7)

    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "committed 3 messages", "level": "info", "logger": "tests", "room_id": 7}


def test_djangos_own_line_about_an_answer_is_for_faults_alone() -> None:
    of_django = logging.getLogger("django.request")
    refusal, fault = (
        record("Service Unavailable", status_code=503),
        record("Internal Server Error", status_code=500),
    )

    assert (bool(of_django.filter(refusal)), bool(of_django.filter(fault))) == (False, True)


def test_in_debug_a_line_is_for_people() -> None:
    text = make_formatter(debug=True).format(record("committed", room_id=7))

    assert "committed" in text
    assert "room_id=7" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("debug", [True, False])
def test_no_token_gets_into_the_log(debug: bool) -> None:
    token = token_for(ALICE)
    text = make_formatter(debug=debug).format(record(f"GET /v2/chat/connect?access={token}", header=token))

    assert "eyJ" not in text
    assert "[token]" in text


@pytest.mark.parametrize("front", ["access%3D", "x-eyJ", "eyJeyJ", "bearer.", "/"])
def test_no_token_gets_into_the_log_whatever_stands_before_it(front: str) -> None:
    text = make_formatter(debug=True).format(record(f"GET {front}{token_for(ALICE)}&x=1"))

    assert "eyJ" not in text
    assert "[token]&x=1" in text


def test_no_key_of_the_main_server_gets_into_the_log_but_which_one_it_was() -> None:
    shown, secret = f"chk_{'a1' * 6}_{'-sEcret_' * 5}abc", "sEcret"
    for front in ("key=", "/v1/server/", "chk_", "key%3D"):
        text = make_formatter(debug=True).format(record(f"GET {front}{shown}&x=1"))
        assert f"chk_{'a1' * 6}_[key]&x=1" in text
        assert secret not in text


def test_no_code_of_an_invitation_gets_into_the_log() -> None:
    text = make_formatter(debug=True).format(
        record("Internal Server Error: /v1/chat/invite/pXvH0mS8-Rkq1_J9wZ3a2A")
    )
    assert "/v1/chat/invite/[code]" in text
    assert "pXvH0mS8" not in text


@pytest.mark.parametrize("front", ["ticket=", "ticket%3D", "/", "cht_"])
def test_no_ticket_gets_into_the_log(front: str) -> None:
    ticket = write_ticket(give_ticket(caller(ALICE, "앨리스"), origin=None, now=time.time()))
    text = make_formatter(debug=True).format(record(f"GET /v2/chat/connect?{front}{ticket}&x=1"))
    assert "[ticket]&x=1" in text
    assert not any(part in text for part in ticket.removeprefix("cht_").split("."))


def test_requests_and_other_objects_are_left_out() -> None:
    request = RequestFactory().get("/x?access=secret")

    assert set(logged("failed", request=request, frame={"message": "hello"}, code="E-C001")) == {
        "event",
        "level",
        "logger",
        "timestamp",
        "code",
    }


@pytest.mark.parametrize("debug", [True, False])
def test_a_traceback_comes_without_local_variables(debug: bool) -> None:
    def fail(what_alice_said: str) -> None:
        raise ValueError(len(what_alice_said))

    failed = record("a task failed")
    try:
        fail("".join(["my", "worry"]))  # joined here, or the traceback's source line would hold it
    except ValueError as error:
        failed.exc_info = (ValueError, error, error.__traceback__)
    text = make_formatter(debug=debug).format(failed)

    assert "ValueError: 7" in text
    assert "myworry" not in text


def test_a_retry_is_logged_without_what_was_tried(caplog: pytest.LogCaptureFixture) -> None:
    @stamina.retry(on=ValueError, attempts=2, wait_initial=0, wait_max=0)
    def store(text: str) -> None:
        raise ValueError(text)

    with pytest.raises(ValueError, match="worry"):
        store("my secret worry")

    assert [(entry.name, entry.getMessage()) for entry in caplog.records] == [("chatproject.logs", "trying again")]
    assert "worry" not in str(vars(caplog.records[0]))


def test_a_warning_of_python_is_a_line_of_the_log() -> None:
    program = "import django, warnings; django.setup(); warnings.warn('soon gone', FutureWarning)"
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "chatproject.settings",
        "DJANGO_SECRET_KEY": "0123456789abcdef-django-0123456789abcdef",
        "JWT_SECRET": "0123456789abcdef-jwt-0123456789abcdef",
        "ALLOWED_HOSTS": "chat.example.com",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    line = json.loads(done.stderr)

    assert (line["logger"], line["level"]) == ("py.warnings", "warning")
    assert "FutureWarning: soon gone" in line["event"]


def test_redis_away_is_said_by_the_relay_alone() -> None:
    assert not logging.getLogger("channels_redis.pubsub").isEnabledFor(logging.ERROR)


def test_libraries_that_log_whole_urls_are_quiet() -> None:
    loggers = logging_settings(debug=True)["loggers"]

    assert loggers["httpx"]["level"] == loggers["daphne.http_protocol"]["level"] == "WARNING"
    assert logging.getLogger("httpx").getEffectiveLevel() == logging.WARNING
