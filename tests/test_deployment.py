"""What ships the server: compose file, Dockerfile, nginx configuration, CI. Checked without Docker."""

import re
import socket
import subprocess
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import jsonschema
import pytest
import yaml
from django.conf import settings

from chatproject.errors import HeadersTooLarge, PathNotFound, StoreUnavailable, TooLarge
from chatproject.http.api import failure
from tests.forking import Fork
from tests.servers import HOST, Service, free_port, program, running
from tests.test_readme import settings_read
from tests.times import POLL_S, WAIT_S

ROOT = Path(settings.BASE_DIR)
VARIABLE = re.compile(r"\$\{(\w+)(:[?-])?([^}]*)\}")
SECRET_NAME = re.compile(r"SECRET|PASSWORD|KEY|TOKEN")
GIVEN = {
    "MYSQL_PASSWORD": "a-password",
    "DJANGO_SECRET_KEY": "0123456789abcdef-django-0123456789abcdef",
    "JWT_SECRET": "0123456789abcdef-jwt-0123456789abcdef",
    "ALLOWED_HOSTS": "chat.example.com",
}
# what the other services of the file and the image settle, and DEBUG and DEMO, which have no place there
FIXED = {"DATABASE_URL", "REDIS_URL", "TRUSTED_PROXIES", "PORT", "STATIC_ROOT", "DEBUG", "DEMO"}

STAFF_PATHS = ("admin", "admin/", "admin/login/?next=/admin/", "%61dmin/", "//admin/")

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

    assert needed == set(GIVEN) - {"JWT_SECRET"}  # or JWT_JWKS_URL: the settings say so


def compose_text() -> str:
    return (ROOT / "docker-compose.yml").read_text()


def chat_environment(compose: dict[str, Any], **given: str) -> dict[str, str]:
    """What a chat server gets where the shell has GIVEN and `given`."""
    shell = GIVEN | given
    environment: dict[str, str] = compose["services"]["chat-1"]["environment"]
    return {
        name: VARIABLE.sub(lambda found: shell.get(found[1], ""), value) for name, value in environment.items()
    }


def test_the_settings_are_content_with_what_the_compose_file_gives(fork: Fork, compose: dict[str, Any]) -> None:
    done = fork("manage.py", "check", **chat_environment(compose))

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
def test_djangos_own_look_at_a_deployment_finds_nothing(
    fork: Fork, compose: dict[str, Any], given: dict[str, str]
) -> None:
    environment = chat_environment(compose, **given)
    done = fork("manage.py", "check", "--deploy", "--fail-level", "WARNING", **environment)

    assert done.returncode == 0, done.stderr


def test_the_compose_file_gives_exactly_the_variables_that_the_settings_read(compose: dict[str, Any]) -> None:
    assert set(compose["services"]["chat-1"]["environment"]) == settings_read()


def test_every_variable_has_effect_that_the_compose_file_does_not_fix(compose: dict[str, Any]) -> None:
    for name, value in compose["services"]["chat-1"]["environment"].items():
        passed_on = VARIABLE.fullmatch(value)
        assert name in FIXED or (passed_on and passed_on[1] == name), name


@pytest.mark.parametrize("given", [{"JWT_SECRET": "", "JWT_JWKS_URL": "https://main.example/keys"}, {}])
def test_either_way_of_checking_tokens_does(fork: Fork, compose: dict[str, Any], given: dict[str, str]) -> None:
    assert fork("manage.py", "check", **chat_environment(compose, **given)).returncode == 0


def test_without_a_way_of_checking_tokens_the_servers_say_so(fork: Fork, compose: dict[str, Any]) -> None:
    assert "Set JWT_SECRET" in fork("manage.py", "check", **chat_environment(compose, JWT_SECRET="")).stderr


def test_an_empty_variable_is_the_settings_own_default(fork: Fork, compose: dict[str, Any]) -> None:
    given = chat_environment(compose)
    filled = {name: value for name, value in given.items() if value}

    assert given != filled
    assert shown(fork, given) == shown(fork, filled)


def shown(fork: Fork, environment: dict[str, str]) -> str:
    """Every setting with its value."""
    program = """
import django
from django.conf import settings
django.setup()
print({name: repr(getattr(settings, name)) for name in dir(settings) if name.isupper()})
"""
    done = fork("-c", program, DJANGO_SETTINGS_MODULE="chatproject.settings", **environment)
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


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[str]:
    """The address of an nginx with our configuration and no server behind it."""
    with running_nginx(tmp_path, (ROOT / "docs/nginx.conf").read_text()) as address:
        yield address


@contextmanager
def running_nginx(
    tmp_path: Path, configuration: str, *, upstream: int | None = None, events: str = ""
) -> Iterator[str]:
    """The address of an nginx before a server on that port, or before none."""
    port, behind = free_port(), upstream or free_port()
    site = configuration.replace("listen 80;", f"listen {HOST}:{port};")
    (tmp_path / "site.conf").write_text(re.sub(r"server chat-\d:8081", f"server {HOST}:{behind}", site))
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; events {{ {events} }} http {{ include {tmp_path}/site.conf; }}"
    )
    command = [program("nginx", "nginx-light"), "-e", "stderr", "-c", str(tmp_path / "nginx.conf")]
    checked = subprocess.run([*command, "-t", "-q"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    with running(Service("nginx", command, port, tmp_path / "log")) as service:
        yield f"http://{HOST}:{port}"
        service.stop()  # in its own way: what it answered, it logs


class Upstream(BaseHTTPRequestHandler):
    """A chat server that answers, or that breaks off where it is asked to."""

    def do_GET(self) -> None:
        if "break" not in self.path:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

    def do_PUT(self) -> None:
        self.rfile.read(1)  # and does not wait for the rest
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Not into the tests' output."""


@contextmanager
def an_upstream() -> Iterator[int]:
    with ThreadingHTTPServer((HOST, 0), Upstream) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


TOKEN = "eyJ-a-token-in-the-address"
FEW = "worker_connections 3;"  # none is left to reach a server by


def test_no_log_of_nginx_holds_a_token_whether_servers_are_down_or_up(tmp_path: Path) -> None:
    configuration, path = (ROOT / "docs/nginx.conf").read_text(), f"/v2/chat/connect?access={TOKEN}"
    with running_nginx(tmp_path, configuration) as address:
        statuses = [httpx.get(address + path).status_code]
    with an_upstream() as port:
        with running_nginx(tmp_path, configuration, upstream=port) as address:
            statuses += [httpx.get(address + asked).status_code for asked in (path, f"{path}&break")]
        with running_nginx(tmp_path, configuration, upstream=port, events=FEW) as address:
            statuses += [httpx.get(address + path).status_code]
    log = (tmp_path / "log").read_text()

    assert statuses == [503, 200, 503, 503]
    assert log.count("GET /v2/chat/connect ") == len(statuses)
    assert TOKEN not in log


def first_line(log: Path) -> str:
    """Of what nginx logged; it does so when the client has gone."""
    deadline = time.monotonic() + WAIT_S
    while not (line := log.read_text()):
        assert time.monotonic() < deadline, "nginx logs nothing"
        time.sleep(POLL_S)
    return line


def test_a_file_is_passed_on_while_it_still_comes_and_its_address_is_in_no_log(tmp_path: Path) -> None:
    configuration, signed = (ROOT / "docs/nginx.conf").read_text(), "31.1796029800:a-signature"
    head = f"PUT /v1/files/{signed} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {25 * 1024 * 1024}\r\n\r\n"
    with an_upstream() as port, running_nginx(tmp_path, configuration, upstream=port) as address:
        there = urlsplit(address)
        with socket.create_connection((there.hostname, there.port), timeout=WAIT_S) as client:
            client.sendall(head.encode() + bytes(100_000))
            assert client.recv(1024).startswith(b"HTTP/1.1 200 ")
        log = first_line(tmp_path / "log")

    assert "PUT /v1/files/* 200" in log
    assert "signature" not in log


def test_the_refusals_of_nginx_itself_are_the_envelope_that_clients_know(nginx: str) -> None:
    hidden = [httpx.get(f"{nginx}/{path}") for path in ("metrics", "readyz", *STAFF_PATHS)]
    too_large = httpx.post(f"{nginx}/v1/chat/llm", content=b"x" * 3_000_000)

    assert {answer.status_code for answer in hidden} == {404}
    assert all(answer.json() == failure(PathNotFound()) for answer in hidden)
    assert (too_large.status_code, too_large.json()) == (413, failure(TooLarge()))


def test_the_admin_is_open_where_its_line_says_so_and_nowhere_else(tmp_path: Path) -> None:
    shipped = (ROOT / "docs/nginx.conf").read_text()
    opened = shipped.replace("# allow 192.0.2.0/24;", f"allow {HOST};")
    with running_nginx(tmp_path, opened) as nginx:
        answers = [httpx.get(f"{nginx}/{path}") for path in STAFF_PATHS]
        too_large = httpx.post(f"{nginx}/admin/", content=b"x" * 3_000_000)

    assert opened != shipped
    assert {answer.json()["code"] for answer in answers} == {"E-S002"}  # no server is behind it
    assert too_large.json()["code"] == "E-C002"


def test_with_no_server_behind_it_nginx_says_when_to_come_back(nginx: str) -> None:
    answer = httpx.get(f"{nginx}/v1/chat/my/rooms")

    assert (answer.status_code, answer.json()["status"], answer.headers["retry-after"]) == (503, 503, "1")
    assert answer.json() | {"message": ""} == failure(StoreUnavailable("", retry_after=1.0))


def test_nginx_lets_the_cookies_of_a_big_site_through_and_refuses_more(nginx: str) -> None:
    big = httpx.get(f"{nginx}/v1/chat/my/rooms", headers={"cookie": "x" * 40_000})
    too_big = httpx.get(f"{nginx}/v1/chat/my/rooms", headers={"cookie": "x" * 100_000})

    assert big.status_code == 503  # it would have gone on to a server
    assert (too_big.status_code, too_big.json()) == (431, failure(HeadersTooLarge()))


def test_a_front_end_may_read_the_refusals_of_nginx_itself(nginx: str) -> None:
    origin = {"origin": "https://community.example.com"}
    away = httpx.get(f"{nginx}/v1/chat/my/rooms", headers=origin)
    too_large = httpx.post(f"{nginx}/v1/chat/llm", content=b"x" * 3_000_000, headers=origin)

    assert (away.status_code, too_large.status_code) == (503, 413)
    for answer in (away, too_large):
        assert answer.headers["access-control-allow-origin"] == origin["origin"]
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["vary"] == "Origin"


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
