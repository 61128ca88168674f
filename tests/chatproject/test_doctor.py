"""`manage.py doctor` as scripts run it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from tests.times import WAIT_S

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db(transaction=True)
def test_every_part_is_looked_at_and_its_exit_code_says_how_bad_it_is(
    capsys: pytest.CaptureFixture[str], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.doctor.redis_checks.ANSWER_WITHIN_S", WAIT_S)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json", f"--within={WAIT_S:.0f}")
    told = json.loads(capsys.readouterr().out)
    parts = "settings,database,tables,redis,tokens,notifications,model,files,scanner,main server"
    parts += ",clocks" if django_settings.REDIS_URLS else ""
    assert {finding["about"] for finding in told["findings"]} == set(parts.split(","))
    assert [finding for finding in told["findings"] if finding["level"] == "broken"] == []
    assert (ended.value.code, told["exitCode"]) == (1, 1)  # ALLOWED_HOSTS is * in the tests
    with pytest.raises(SystemExit):
        call_command("doctor")
    assert "WARNING settings: ALLOWED_HOSTS is *" in capsys.readouterr().out


def test_settings_that_end_a_start_are_broken_too() -> None:
    env = {"PATH": os.environ["PATH"], "DJANGO_SECRET_KEY": "short"}
    command = [sys.executable, "manage.py", "doctor"]
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.startswith("BROKEN  settings: Set DJANGO_SECRET_KEY")
