"""What the doctor says of settings that are odd."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chatproject.doctor.settings_checks import look_at_settings
from tests.chatproject.doctor.asking import said


@pytest.fixture(autouse=True)
def _enough_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _which: (65_536, 65_536))


def found(**changed: Any) -> str:
    usual: dict[str, Any] = {
        "DEBUG": False,
        "DEMO": False,
        "ALLOWED_HOSTS": ["chat.example.com"],
        "ROUTE_FRONT": ["https://community.example.com", "http://localhost:3000"],
        "TRUSTED_PROXIES": ["10.0.0.0/8"],
        "STATIC_ROOT": None,
    }
    findings = look_at_settings(SimpleNamespace(**usual | changed))
    # what Django says of the settings that the tests run with is another matter
    return "\n".join(line for line in said(findings, "broken", "warning", "note") if "Django says" not in line)


def test_of_good_settings_nothing_is_said() -> None:
    assert found() == ""


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"DEBUG": True}, "warning: DEBUG is on"),
        ({"DEMO": True}, "warning: DEMO is on"),
        ({"ALLOWED_HOSTS": ["*"]}, "warning: ALLOWED_HOSTS is *"),
        ({"ROUTE_FRONT": ["*"]}, "warning: ROUTE_FRONT is *"),
        ({"ROUTE_FRONT": []}, "note: ROUTE_FRONT is empty"),
        ({"ROUTE_FRONT": ["http://community.example.com"]}, "without TLS: http://community.example.com"),
        ({"TRUSTED_PROXIES": ["*"]}, "warning: TRUSTED_PROXIES trusts everybody"),
        ({"TRUSTED_PROXIES": ["::/0"]}, "warning: TRUSTED_PROXIES trusts everybody"),
        ({"TRUSTED_PROXIES": ["127.0.0.1"]}, "note: TRUSTED_PROXIES is 127.0.0.1 only"),
        ({"STATIC_ROOT": "/nowhere"}, "which is no folder"),
    ],
)
def test_what_is_odd_is_said(changed: dict[str, Any], words: str) -> None:
    assert words in found(**changed)


def test_few_files_and_an_empty_folder_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _which: (1_024, 4_096))
    assert found(STATIC_ROOT=str(tmp_path)).splitlines() == [
        f"warning: STATIC_ROOT is {tmp_path}, which is empty",
        "warning: a process may open 1024 files here, and each socket takes one",
    ]
