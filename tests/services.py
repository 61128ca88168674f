"""What the tests run on: which database and Redis, and fixtures with servers to stop and kill.

A pytest plugin, loaded by `-p tests.services` before Django reads its settings:

* default, or TEST_BACKEND=sqlite: SQLite in a temporary file, the in-memory layer;
* TEST_BACKEND=mariadb: a private MariaDB and a private Redis, started here on free ports and killed at the end;
* TEST_DATABASE_URL=mysql://user:password@host:port: that server instead of the private MariaDB.

Where the tests are spread over processes (`-n`), each process has its own. A server that is missing or does not
start is a failure, never a skip.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest

from tests.migrated import DIRECTORY
from tests.servers import (
    BucketServer,
    DatabaseServer,
    RedisServer,
    database_server,
    memory,
    private_bucket_server,
    private_mariadb,
    private_redis,
)

TEST_JWT_SECRET = "test-only-jwt-secret-of-enough-bytes"
TEST_ENVIRONMENT = {
    "DEBUG": "1",
    "JWT_SECRET": TEST_JWT_SECRET,
    "DJANGO_SECRET_KEY": "test-only-django-secret-of-enough-bytes",
}
# what a developer's shell may hold and no test may depend on
CLEARED = [
    "REDIS_URL",
    "JWT_JWKS_URL",
    "LLM_KEY",
    "GEMINI_BASE_URL",
    "GEMINI_MODEL",
    "GEMINI_FALLBACK_MODEL",
    "ASSISTANT_PROVIDER",
    "OPENAI_BASE_URL",
    "OPENAI_MODEL",
    "OPENAI_FALLBACK_MODEL",
    "ASSISTANT_NAME",
    "ASSISTANT_WHOSE",
    "ASSISTANT_NEEDS_AGE",
    "ROUTE_FRONT",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXIES",
    "PORT",
    "SECURE_HSTS_SECONDS",
    "SECURE_SSL_REDIRECT",
    "DATABASE_READ_URL",
    "DB_THREADS",
    "LIMIT_FRAMES_PER_SECOND",
    "LIMIT_SENDS_PER_SECOND",
    "LIMIT_SOCKETS_PER_MEMBER",
    "LIMIT_ROOMS_PER_SOCKET",
    "LIMIT_WRITES_PER_SECOND",
    "LIMIT_REQUESTS_PER_MEMBER",
    "LIMIT_ROOMS_PER_DAY",
    "LIMIT_JOINS_PER_HOUR",
    "LIMIT_JOIN_CODES_PER_HOUR",
    "LIMIT_SEARCHES_PER_MINUTE",
    "LIMIT_ROOM_SEARCHES_PER_MINUTE",
    "LIMIT_INVITES_PER_HOUR",
    "LIMIT_REPORTS_PER_DAY",
    "LIMIT_FILES_PER_HOUR",
    "LIMIT_STRANGERS_PER_DAY",
    "LIMIT_SERVER_CALLS_PER_SECOND",
    "VAPID_PRIVATE_KEY",
    "VAPID_SUBJECT",
    "FILES",
    "FILES_ORIGIN",
    "FILES_KEEP_DAYS",
    "MESSAGES_KEEP_DAYS",
    "DELETED_TEXTS_KEEP_DAYS",
    "CASES_KEEP_DAYS",
    "CONCERNS_KEEP_DAYS",
    "ASSISTANT_KEEP_DAYS",
    "AUDIT_KEEP_DAYS",
    "FILE_MAX_MB",
    "LIMIT_FILES_MB_PER_DAY",
    "LIMIT_FILES_MB_PER_ROOM",
    "LIMIT_FILES_MB",
    "CHECK_FILES",
    "CLAMAV_URL",
    "EXPORT_FILES_MB",
    "LINK_PREVIEWS",
    "STATIC_ROOT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
    "OTEL_SERVICE_NAME",
    "TRUST_TRACEPARENT",
]


# --- the database and Redis of this test run -----------------------------------------------------


def backend() -> str:
    """What the tests run on: "sqlite" or "mariadb" (which stands for MySQL as well)."""
    return os.environ.get("TEST_BACKEND") or ("mariadb" if os.environ.get("TEST_DATABASE_URL") else "sqlite")


def _start_backend(config: pytest.Config) -> dict[str, str]:
    """What a process' tests run on until the end of the run, as environment variables."""
    stack = ExitStack()
    config.add_cleanup(stack.close)
    files = stack.enter_context(TemporaryDirectory(prefix="chat-tests-files-", dir=memory()))
    common = {"FILES_URL": f"file://{files}"}
    try:
        if backend() == "sqlite":
            directory = TemporaryDirectory(prefix="chat-tests-sqlite-", dir=memory())
            return common | {"DATABASE_URL": f"sqlite:///{stack.enter_context(directory)}/chat.sqlite3"}
        if backend() == "mariadb":
            server = stack.enter_context(database_server())
            redis = stack.enter_context(private_redis())
            database = server.database_url(f"chat_{uuid4().hex[:12]}")
            return common | {"DATABASE_URL": database, "REDIS_URL": redis.url}
    except RuntimeError as error:
        raise pytest.UsageError(str(error)) from error
    raise pytest.UsageError(f"TEST_BACKEND is sqlite or mariadb, not {backend()!r}.")


def _spreads(config: pytest.Config) -> bool:
    """Whether this process runs no test itself, but has workers run them."""
    return bool(config.known_args_namespace.numprocesses) and not is_worker()


def is_worker() -> bool:
    """Whether this is one of several processes over which tests are spread."""
    return "PYTEST_XDIST_WORKER" in os.environ


@pytest.hookimpl(wrapper=True)  # wrappers come first: before pytest-django reads the settings
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    if not is_worker():
        for name in CLEARED:
            os.environ.pop(name, None)
        copies = TemporaryDirectory(prefix="chat-tests-migrated-", dir=memory())
        early_config.add_cleanup(copies.cleanup)
        os.environ[DIRECTORY] = copies.name
        os.environ.update(TEST_ENVIRONMENT | ({} if _spreads(early_config) else _start_backend(early_config)))
    yield


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give a worker a backend of its own before it begins."""
    channel = node.gateway.remote_exec("import os; os.environ.update(channel.receive())")
    channel.send(_start_backend(node.config))
    channel.waitclose()


def pytest_report_header(config: pytest.Config) -> str:
    if _spreads(config):
        return f"database: {backend()}, for each process apart"
    where = os.environ["DATABASE_URL"].rpartition("@")[2]  # never a password
    return f"database: {backend()} at {where}, between processes: {os.environ.get('REDIS_URL', 'in memory')}"


# --- servers for end-to-end and fault tests ------------------------------------------------------


@pytest.fixture(scope="session")
def mariadb() -> Iterator[DatabaseServer]:
    """For server processes that a test starts: the given server, or a MariaDB apart from Django's own tests."""
    with database_server() as server:
        yield server


@pytest.fixture(scope="session")
def stoppable_mariadb() -> Iterator[DatabaseServer]:
    """A MariaDB that a fault test may freeze and kill, whatever the other tests run on."""
    with private_mariadb() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis apart from Django's own tests, that a fault test may freeze and kill."""
    with private_redis() as server:
        yield server


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[BucketServer]:
    """What speaks S3. A test makes a bucket of its own there, and may freeze the server."""
    with private_bucket_server() as server:
        yield server


@pytest.fixture
def fresh_database(mariadb: DatabaseServer) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    url = mariadb.create_database()
    yield url
    mariadb.drop_database(url)
