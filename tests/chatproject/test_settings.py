"""Starting with wrong settings: one sentence that says what to set, no traceback, exit code not 0."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.forking import Fork
from tests.servers import private_mariadb
from tests.times import WAIT_S

ROOT = Path(settings.BASE_DIR)
GOOD = {
    "DJANGO_SECRET_KEY": "0123456789abcdef-django-0123456789abcdef",
    "JWT_SECRET": "0123456789abcdef-jwt-0123456789abcdef",
    "ALLOWED_HOSTS": "chat.example.com",
}


BASE64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIj"  # of 36 bytes


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python …` with exactly these variables."""
    return run_in(ROOT, *arguments, **environment)


def run_in(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"DJANGO_SECRET_KEY": ""}, "Set DJANGO_SECRET_KEY: a random secret of at least 32 bytes."),
        ({"JWT_SECRET": ""}, "Set JWT_SECRET: a random secret of at least 32 bytes."),
        ({"JWT_SECRET": "too-short-a-secret"}, "Set JWT_SECRET to at least 32 bytes: the present one is shorter."),
        (
            {"JWT_SECRET": "demo-only-jwt-secret-never-in-production"},
            "Set JWT_SECRET to a random secret: the present one is known or guessable.",
        ),
        (
            {"JWT_JWKS_URL": "https://example.com/keys"},
            "Set JWT_SECRET or JWT_JWKS_URL, not both: one way to check tokens at a time.",
        ),
        (
            {"JWT_SECRET_BASE64": BASE64},
            "Set JWT_SECRET or JWT_SECRET_BASE64, not both: one way to check tokens at a time.",
        ),
        (
            {"JWT_SECRET": "", "JWT_SECRET_BASE64": "no base64!"},
            "Set JWT_SECRET_BASE64 to base64: the present value is none. Other text is a JWT_SECRET.",
        ),
        (
            {"JWT_SECRET": "", "JWT_SECRET_BASE64": BASE64[:20]},
            "Set JWT_SECRET_BASE64 to the base64 of at least 32 bytes.",
        ),
        (
            {"JWT_SECRET": "", "JWT_SECRET_BASE64": "A" * 64},
            "Set JWT_SECRET_BASE64 to a random secret: the present one is known or guessable.",
        ),
        ({"JWT_ALGORITHM": "RS256"}, "Set JWT_ALGORITHM to HS256 or HS384 or HS512."),
        (
            {"JWT_SECRET": "", "JWT_JWKS_URL": "https://example.com/keys", "JWT_ALGORITHM": "HS256"},
            "Set JWT_ALGORITHM with a secret only: the keys of JWT_JWKS_URL say theirs.",
        ),
        ({"JWT_JWKS_STALE_S": "a day"}, "Set JWT_JWKS_STALE_S to a whole number from 0 to 1000000."),
        ({"ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS: the host names this server answers to, comma-separated."),
        ({"ROUTE_FRONT": "example.com"}, "Set ROUTE_FRONT to a URL that begins with https:// or http://"),
        (
            {"DATABASE_URL": "postgres://u:p@h/n"},
            "Set DATABASE_URL to a mysql:// or sqlite:/// URL: no other database is supported.",
        ),
        (
            {"DATABASE_URL": "mysql://u:p@127.0.0.1:1/n?ssl-mode=PREFERRED"},
            "Set DATABASE_URL with ssl_mode=REQUIRED or DISABLED: this driver takes PREFERRED for no TLS at all.",
        ),
        (
            {"DATABASE_URL": "mysql://u:p@127.0.0.1:1/n?ssl_ca=/nowhere/ca.pem"},
            "Set DATABASE_URL with ssl_ca that can be read: /nowhere/ca.pem cannot (No such file or directory).",
        ),
        (
            {"DATABASE_URL": "mysql://u:p@127.0.0.1:1/n?sql_mode=ANSI"},
            'Set DATABASE_URL without `sql_mode` behind the "?": that is no option here; README lists them.',
        ),
        ({"REDIS_URL": "localhost"}, "Set REDIS_URL to a URL that begins with redis:// or rediss:// or unix://"),
        ({"REDIS_URL": "redis://["}, "Set REDIS_URL to a URL that can be read: its host or its port is wrong."),
        (
            {"GEMINI_BASE_URL": "http://x:abc"},
            "Set GEMINI_BASE_URL to a URL that can be read: its host or its port is wrong.",
        ),
        ({"ASSISTANT_PROVIDER": "claude"}, "Set ASSISTANT_PROVIDER to gemini or openai."),
        (
            {"ASSISTANT_PROVIDER": "openai", "OPENAI_MODEL": "llama3.2"},
            "Set OPENAI_BASE_URL and OPENAI_MODEL: ASSISTANT_PROVIDER=openai asks them.",
        ),
        (
            {"TRUSTED_PROXIES": "nginx"},
            "Set TRUSTED_PROXIES to addresses and networks such as 10.0.0.0/8, comma-separated, or to *.",
        ),
        (
            {"ALLOWED_HOSTS": "https://chat.example.com"},
            "Set ALLOWED_HOSTS to host names alone, such as chat.example.com, or .example.com for all beneath it.",
        ),
        (
            {"ROUTE_FRONT": "https://*.example.com"},
            "Set ROUTE_FRONT to each origin by its whole name, or to * alone.",
        ),
        ({"LLM_KEY": "열쇠"}, "Set LLM_KEY to the key alone: it holds what no header can carry."),
        ({"LIMIT_SENDS_PER_SECOND": "many"}, "Set LIMIT_SENDS_PER_SECOND to a whole number from 0 to 1000000."),
        ({"DEBUG": "perhaps"}, "Set DEBUG to 1 or 0."),
    ],
)
def test_a_wrong_setting_ends_the_start_with_one_sentence(
    fork: Fork, wrong: dict[str, str], sentence: str
) -> None:
    done = fork("manage.py", "serve", **GOOD | wrong)

    assert (done.returncode, done.stderr.strip(), done.stdout) == (1, sentence, "")


@pytest.mark.parametrize("wrong", [{}, {"DJANGO_SECRET_KEY": ""}])
def test_with_good_settings_the_checks_pass_however_the_process_began(fork: Fork, wrong: dict[str, str]) -> None:
    arguments = ("manage.py", "check", "--fail-level", "WARNING")
    one, other = fork(*arguments, **GOOD | wrong), run(*arguments, **GOOD | wrong)

    assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr)
    assert other.returncode == bool(wrong), other.stderr


def test_the_default_database_is_in_the_checkout_whatever_its_folder_is_called(tmp_path: Path) -> None:
    checkout = tmp_path / "C# 100%25, why?"
    shutil.copytree(ROOT / "chatproject", checkout / "chatproject", ignore=shutil.ignore_patterns("static"))
    shutil.copy(ROOT / "manage.py", checkout)
    for app in ("rooms", "messaging", "assistant"):
        (checkout / app).symlink_to(ROOT / app)
    done = run_in(checkout, "manage.py", "migrate", "--verbosity=0", "rooms", **GOOD)

    assert done.returncode == 0, done.stderr
    assert (checkout / "db.sqlite3").exists()
    assert list(tmp_path.iterdir()) == [checkout]


WITHOUT = """
import runpy, sys
sys.modules[sys.argv.pop(1)] = None  # as if it were not installed
sys.argv[0] = "manage.py"
runpy.run_path("manage.py", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("module", "given", "sentence"),
    [
        (
            "channels_redis",
            {"REDIS_URL": "redis://h"},
            "Run `pip install channels-redis`: REDIS_URL needs that package.",
        ),
        (
            "MySQLdb",
            {"DATABASE_URL": "mysql://u:p@h/n"},
            "Run `pip install mysqlclient`: a mysql:// URL in DATABASE_URL needs that package.",
        ),
    ],
)
def test_a_package_that_a_setting_needs_is_named(module: str, given: dict[str, str], sentence: str) -> None:
    done = run("-c", WITHOUT, module, "serve", **GOOD, **given)

    assert (done.returncode, done.stderr.strip(), done.stdout) == (1, sentence, "")


def test_two_workers_without_redis_are_refused(fork: Fork) -> None:
    done = fork("manage.py", "serve", "--workers", "2", **GOOD)

    assert done.returncode == 1
    assert done.stderr.strip() == (
        "CommandError: Set REDIS_URL: several worker processes reach each other's members through Redis only."
    )


@pytest.mark.parametrize("server", [["-m", "daphne"], ["-m", "uvicorn"]])
def test_other_servers_fail_at_the_start_too(server: list[str]) -> None:
    done = run(*server, "chatproject.asgi:application")

    assert done.returncode != 0
    assert "Set DJANGO_SECRET_KEY" in done.stderr


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, "37 str"),
        ({"JWT_ALGORITHM": "hs512"}, "37 str HS512"),
        ({"JWT_SECRET": "", "JWT_SECRET_BASE64": BASE64}, "36 bytes"),
        (
            {"JWT_SECRET": "", "JWT_SECRET_BASE64": f"{BASE64}\n{BASE64}", "JWT_ALGORITHM": "HS256"},
            "72 bytes HS256",
        ),
        ({"JWT_SECRET": "", "JWT_JWKS_URL": "https://example.com/keys"}, "0 bytes"),
    ],
)
def test_one_secret_signs_by_one_algorithm(fork: Fork, given: dict[str, str], found: str) -> None:
    program = (
        "from chatproject.settings import *; print(len(JWT_SECRET), type(JWT_SECRET).__name__, JWT_ALGORITHM)"
    )

    assert fork("-c", program, **GOOD | given).stdout.strip() == found


def test_health_checks_may_ask_on_the_machine_itself(fork: Fork) -> None:
    done = fork("-c", "from chatproject.settings import *; print(ALLOWED_HOSTS)", **GOOD)

    assert done.stdout.strip() == "['chat.example.com', 'localhost', '127.0.0.1']"


def test_several_redis_servers_are_several_layers(fork: Fork) -> None:
    done = fork(
        "-c",
        "from chatproject.settings import *; print(sorted(CHANNEL_LAYERS))",
        **GOOD,
        REDIS_URL="redis://one:6379,redis://two:6379",
    )

    assert done.stdout.strip() == "['redis-0', 'redis-1']"


@pytest.mark.parametrize(("debug", "secure"), [("0", "True"), ("1", "False")])
def test_outside_debug_the_cookies_of_the_admin_travel_over_https_only(
    fork: Fork, debug: str, secure: str
) -> None:
    program = "from chatproject.settings import *; print(SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE)"
    done = fork("-c", program, **GOOD, DEBUG=debug)

    assert done.stdout.split() == [secure, secure]


CREDENTIALS = "from chatproject.settings import *; print(CORS_ALLOW_ALL_ORIGINS, CORS_ALLOW_CREDENTIALS)"


@pytest.mark.parametrize(
    ("origins", "expected"),
    [
        ("https://community.example.com", ["False", "True"]),
        ("*", ["True", "False"]),
        ("*,https://community.example.com", ["True", "False"]),
    ],
)
def test_pages_with_credentials_are_those_of_route_front_and_never_any(
    fork: Fork, origins: str, expected: list[str]
) -> None:
    done = fork("-c", CREDENTIALS, **GOOD, ROUTE_FRONT=origins)

    assert done.stdout.split() == expected


@pytest.mark.servers
def test_a_server_that_cuts_what_is_too_long_refuses_it_from_us() -> None:
    program = """
import django
django.setup()
from django.db import DatabaseError, connection
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE notes (note varchar(3))")
    try:
        cursor.execute("INSERT INTO notes VALUES ('too long')")
    except DatabaseError as error:
        print(error.args[0])
"""
    with private_mariadb("--sql-mode=", durable=False) as server:
        url = server.create_database()
        done = run("-c", program, **GOOD, DATABASE_URL=url, DJANGO_SETTINGS_MODULE="chatproject.settings")

    assert (done.stdout.strip(), done.stderr) == ("1406", "")


def test_hosts_in_hangul_keep_the_policy_and_its_page_alive() -> None:
    program = """
import django
django.setup()
from django.test import Client
answer = Client().get("/", headers={"host": "xn--9i1b01onwqqzd.xn--3e0b707e"})
policy = answer["Content-Security-Policy"]
print(answer.status_code, "frame-ancestors https://xn--9i1b01onwqqzd.xn--3e0b707e;" in policy)
"""
    given = {"ALLOWED_HOSTS": "커뮤니티.한국", "ROUTE_FRONT": "https://커뮤니티.한국"}
    done = run("-c", program, **GOOD | given, DJANGO_SETTINGS_MODULE="chatproject.settings", PYTHONUTF8="1")

    assert done.stdout.split() == ["200", "True"]
