"""The README says what holds: its settings, its commands, its folders."""

import re
from pathlib import Path

from django.conf import settings

from chatproject.management.commands.run_demo import HOST

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text()

# of OpenTelemetry, which few set: the handbook names its specification
TOLD_ELSEWHERE = {
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_SDK_DISABLED",
    "OTEL_TRACES_EXPORTER",
}


def settings_read() -> set[str]:
    """The names of the environment variables, but of those few."""
    sources = [
        (ROOT / "chatproject" / name).read_text()
        for name in (
            "settings.py",
            "file_settings.py",
            "keeping_settings.py",
            "push_settings.py",
            "tracing_settings.py",
        )
    ]
    read = {name for source in sources for name in re.findall(r'(?:read|check)_\w+\(\s*"([A-Z0-9_]+)"', source)}
    assert read >= TOLD_ELSEWHERE
    return read - TOLD_ELSEWHERE


def test_the_settings_table_is_exactly_what_the_settings_read() -> None:
    read = settings_read()
    described = re.findall(r"^\| `([A-Z0-9_]+)` \|", README, re.MULTILINE)

    assert sorted(described) == sorted(read)


def test_its_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ +)?make ([a-z-]+)", README, re.MULTILINE)) <= targets


def test_its_files_and_folders_exist() -> None:
    for name in re.findall(r"`([a-z_]+/[\w./]*)`", README):
        assert (ROOT / name).exists(), name


def test_its_addresses_are_the_demos() -> None:
    assert set(re.findall(r"(?:http|ws)://([\d.]+:\d+)", README)) == {f"{HOST}:8081"}


def test_every_proof_that_the_documents_name_is_a_test() -> None:
    tests = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text())
    }
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/delivery.md").read_text()))

    assert named
    assert named - tests == set()
