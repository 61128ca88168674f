"""What ships the server: compose file, Dockerfile, CI. Checked without Docker; nginx has tests of its own."""

import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings

from tests.forking import Fork
from tests.image.composed import VARIABLE, services_of, variables_of
from tests.image.variables import SHOW
from tests.test_readme import settings_read

ROOT = Path(settings.BASE_DIR)
COMPOSE_FILE = ROOT / "docker-compose.yml"
SECRET_NAME = re.compile(r"SECRET|PASSWORD|KEY|TOKEN")
GIVEN = {
    "MYSQL_PASSWORD": "a-password",
    "DJANGO_SECRET_KEY": "0123456789abcdef-django-0123456789abcdef",
    "JWT_SECRET": "0123456789abcdef-jwt-0123456789abcdef",
    "ALLOWED_HOSTS": "chat.example.com",
}
# what the other services of the file and the image settle, and DEBUG and DEMO, which have no place there
FIXED = {"DATABASE_URL", "REDIS_URL", "TRUSTED_PROXIES", "PORT", "STATIC_ROOT", "DEBUG", "DEMO"}

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
        "read_only": {"type": "boolean"},
        "tmpfs": STRINGS,
        "cap_drop": STRINGS,
        "security_opt": STRINGS,
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
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text())
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
    needed = {name for name, operator, _ in VARIABLE.findall(COMPOSE_FILE.read_text()) if operator == ":?"}

    assert needed == set(GIVEN) - {"JWT_SECRET"}  # or JWT_JWKS_URL: the settings say so


def chat_environment(**given: str) -> dict[str, str]:
    """What a chat server gets where the shell has GIVEN and `given`."""
    environment: dict[str, str] = services_of(COMPOSE_FILE.read_text(), GIVEN | given)["chat-1"]["environment"]
    return environment


def test_the_settings_are_content_with_what_the_compose_file_gives(fork: Fork) -> None:
    done = fork("manage.py", "check", **chat_environment())

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"SECURE_SSL_REDIRECT": "1"},
        {"SECURE_HSTS_SECONDS": "31536000"},
        {
            "SECURE_SSL_REDIRECT": "1",
            "SECURE_HSTS_SECONDS": "3600",
            "ROUTE_FRONT": "https://community.example.com",
        },
    ],
)
def test_djangos_own_look_at_a_deployment_finds_nothing(fork: Fork, given: dict[str, str]) -> None:
    done = fork("manage.py", "check", "--deploy", "--fail-level", "WARNING", **chat_environment(**given))

    assert done.returncode == 0, done.stderr


def test_the_compose_file_gives_exactly_the_variables_that_the_settings_read(compose: dict[str, Any]) -> None:
    assert set(compose["services"]["chat-1"]["environment"]) == settings_read()


def test_every_variable_has_effect_that_the_compose_file_does_not_fix(compose: dict[str, Any]) -> None:
    fixed = set(compose["services"]["chat-1"]["environment"]) - set(variables_of(COMPOSE_FILE, "chat-1"))

    assert fixed <= FIXED


@pytest.mark.parametrize("given", [{"JWT_SECRET": "", "JWT_JWKS_URL": "https://main.example/keys"}, {}])
def test_either_way_of_checking_tokens_does(fork: Fork, given: dict[str, str]) -> None:
    assert fork("manage.py", "check", **chat_environment(**given)).returncode == 0


def test_without_a_way_of_checking_tokens_the_servers_say_so(fork: Fork) -> None:
    assert "Set JWT_SECRET" in fork("manage.py", "check", **chat_environment(JWT_SECRET="")).stderr


def test_an_empty_variable_is_the_settings_own_default(fork: Fork) -> None:
    given = chat_environment()
    filled = {name: value for name, value in given.items() if value}

    assert given != filled
    assert shown(fork, given) == shown(fork, filled)


def shown(fork: Fork, environment: dict[str, str]) -> str:
    """Every setting with its value."""
    done = fork("-c", SHOW, DJANGO_SETTINGS_MODULE="chatproject.settings", **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_image_holds_every_package_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert {f"COPY {package} {package}" for package in packages} <= set(lines)
    assert "USER chat" in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)


PINNED = re.compile(r"[a-z]+:[0-9][\w.-]*@sha256:[0-9a-f]{64}")


def test_every_image_that_is_pulled_is_pinned_by_its_digest_and_says_which_version_it_is(
    compose: dict[str, Any],
) -> None:
    pulled = [service["image"] for service in compose["services"].values() if "build" not in service]

    assert [image for image in pulled if not PINNED.fullmatch(image)] == []


def test_the_chat_servers_can_write_nothing_but_files_and_do_nothing_but_serve(compose: dict[str, Any]) -> None:
    ours = [service for service in compose["services"].values() if "build" in service]

    for service in ours:
        assert service["read_only"] is True
        assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
        assert (service["tmpfs"], service["volumes"]) == (["/tmp"], ["files:/app/files"])


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


def pins(name: str) -> set[str]:
    return {line for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")}


def test_production_and_tests_run_the_same_versions() -> None:
    assert pins("requirements.txt") < pins("requirements-dev.txt")


def test_benchmarks_pin_only_what_the_tests_do_not() -> None:
    def names(of: str) -> set[str]:
        return {pin.partition("==")[0] for pin in pins(of)}

    assert not names("tests/load/requirements.txt") & names("requirements-dev.txt")
