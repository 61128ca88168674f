"""What ships the server: compose file, Dockerfile, nginx configuration, CI. Checked without Docker."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings

from tests.servers import program

ROOT = Path(settings.BASE_DIR)
VARIABLE = re.compile(r"\$\{(\w+)(:[?-])?([^}]*)\}")
SECRET_NAME = re.compile(r"SECRET|PASSWORD|KEY|TOKEN")
GIVEN = {
    "MYSQL_PASSWORD": "a-password",
    "DJANGO_SECRET_KEY": "0123456789abcdef-django-0123456789abcdef",
    "JWT_SECRET": "0123456789abcdef-jwt-0123456789abcdef",
    "ALLOWED_HOSTS": "chat.example.com",
}

STRINGS = {"type": "array", "items": {"type": "string"}}
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [{"required": ["image"]}, {"required": ["build"]}],
    "properties": {
        "image": {"type": "string"},
        "build": {"type": "string"},
        "command": STRINGS,
        "restart": {"type": "string", "pattern": r"^(unless-stopped|always|no|on-failure(:\d+)?)$"},
        "stop_grace_period": {"type": "string", "pattern": r"^\d+s$"},
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "volumes": STRINGS,
        "ports": STRINGS,
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["condition"],
                "properties": {"condition": {"enum": ["service_healthy", "service_completed_successfully"]}},
            },
        },
        "healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "test": STRINGS,
                "interval": {"type": "string"},
                "timeout": {"type": "string"},
                "retries": {"type": "integer"},
                "disable": {"type": "boolean"},
            },
        },
    },
}
COMPOSE = {
    "type": "object",
    "required": ["services"],
    "patternProperties": {"^x-": {}},
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object"},
    },
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_the_compose_file_has_the_shape_of_the_specification(compose: dict[str, Any]) -> None:
    jsonschema.validate(compose, COMPOSE)


def test_services_wait_for_services_that_exist_and_say_when_they_are_healthy(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for other, how in service.get("depends_on", {}).items():
            checked = compose["services"][other].get("healthcheck", {}) or "build" in compose["services"][other]
            assert checked or how["condition"] != "service_healthy", f"{name} waits for {other}"


def test_two_chat_servers_stand_behind_nginx_and_only_nginx_is_reachable(compose: dict[str, Any]) -> None:
    assert {name for name, service in compose["services"].items() if "ports" in service} == {"nginx"}
    assert set(compose["services"]["nginx"]["depends_on"]) == {"chat-1", "chat-2"}


def test_the_compose_file_holds_no_secret(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if SECRET_NAME.search(name) and name != "MYSQL_RANDOM_ROOT_PASSWORD":
                assert VARIABLE.fullmatch(value), name
            for _variable, operator, words in VARIABLE.findall(value):
                assert operator == ":?" or not words, f"{name} has a default"


def test_a_missing_variable_is_named_before_anything_starts() -> None:
    needed = {name for name, operator, _ in VARIABLE.findall(compose_text()) if operator == ":?"}

    assert needed == set(GIVEN)


def compose_text() -> str:
    return (ROOT / "docker-compose.yml").read_text()


def chat_environment(compose: dict[str, Any]) -> dict[str, str]:
    given: dict[str, str] = compose["services"]["chat-1"]["environment"]
    return {name: VARIABLE.sub(lambda found: GIVEN.get(found[1], ""), value) for name, value in given.items()}


def test_the_settings_are_content_with_what_the_compose_file_gives(compose: dict[str, Any]) -> None:
    environment = {"PATH": os.environ["PATH"], **chat_environment(compose)}

    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_the_compose_file_gives_only_variables_that_the_settings_read(compose: dict[str, Any]) -> None:
    read = set(re.findall(r'(?:read|check)_\w+\(\s*"([A-Z_]+)"', (ROOT / "chatproject/settings.py").read_text()))

    assert set(compose["services"]["chat-1"]["environment"]) <= read


def test_the_image_holds_every_package_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert {f"COPY {package} {package}" for package in packages} <= set(lines)
    assert "USER chat" in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)


def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    site = (ROOT / "docs/nginx.conf").read_text()
    (tmp_path / "site.conf").write_text(re.sub(r"server chat-\d:", "server 127.0.0.1:", site))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ include {tmp_path}/site.conf; }}"
    )

    command = [program("nginx", "nginx-light"), "-t", "-q", "-e", "stderr", "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_nginx_knows_every_chat_server(compose: dict[str, Any]) -> None:
    named = set(re.findall(r"server (chat-\d+):8081;", (ROOT / "docs/nginx.conf").read_text()))

    assert named == {name for name in compose["services"] if name.startswith("chat-")}


def test_ci_runs_make_test_on_every_supported_python() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    job = workflow["jobs"]["test"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert job["strategy"]["matrix"]["python"][0] == project["requires-python"].removeprefix(">=")
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert job["steps"][-1] == {"run": "make test"}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_requirements_are_pins_and_name_no_place(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()

    assert [line for line in lines if not re.fullmatch(r"#.*|[a-z0-9-]+==[0-9][\w.]*", line)] == []


def test_production_and_tests_run_the_same_versions() -> None:
    def pins(name: str) -> set[str]:
        return {line for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")}

    assert pins("requirements.txt") < pins("requirements-dev.txt")
