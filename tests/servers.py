"""Real servers that tests start, freeze, kill and start again: a process, a MariaDB, a Redis. No pytest here."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import environ
from mirakuru import TCPExecutor

from tests.times import POLL_S, WAIT_S

HOST = "127.0.0.1"
MEMORY_MIN_BYTES = 4 * 2**30  # a MariaDB takes 150 MiB, and each process of a spread run starts a few
IS_ROOT = os.geteuid() == 0


# --- processes -----------------------------------------------------------------------------------


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, and that nobody else is given for a minute.

    For so long the kernel keeps the end of the connection that is made here (TIME_WAIT). A port with such an end
    is handed out to nobody who asks for any; a server that asks for this one gets it, as servers reuse addresses.
    """
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        with socket.create_connection((HOST, port)):
            listener.accept()[0].close()  # first: the end of who closes first is kept
        return port


@dataclass
class Service:
    """A server process on 127.0.0.1 that a test may stop, kill, freeze and start again on the same port."""

    name: str
    command: list[str]
    port: int
    log: Path
    environment: dict[str, str] = field(default_factory=dict)  # beside this process' own
    _executor: TCPExecutor | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        """The process id; fails when the service is stopped."""
        process = self._executor and self._executor.process
        assert process, f"{self.name} is not running"
        pid: int = process.pid
        return pid

    def start(self) -> None:
        """Return once the port accepts connections; the process' output goes to `log`."""
        with self.log.open("ab") as output:
            executor = TCPExecutor(
                self.command,
                host=HOST,
                port=self.port,
                timeout=WAIT_S,
                sleep=POLL_S,
                stdout=output,
                stderr=subprocess.STDOUT,
                envvars=self.environment,
            )
            try:
                executor.start()
            except Exception as error:
                raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()[-4000:]}") from error
        self._executor = executor

    def wait_for_log(self, words: str, *, times: int = 1) -> None:
        """Return once the log says `words` so many times."""
        deadline = time.monotonic() + WAIT_S
        while self.log.read_text().count(words) < times:
            assert time.monotonic() < deadline, f"no {words!r} from {self.name}:\n{self.log.read_text()[-4000:]}"
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End the process in its own orderly way. Stopping twice is fine."""
        if self._executor is not None:
            self.resume()
            self._executor.stop()
            self._executor = None

    def kill(self) -> None:
        """End the process at once, as a crash would."""
        if self._executor is not None:
            self._executor.kill()
            self._executor = None

    def pause(self) -> None:
        """Freeze the process: its port still accepts, nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)
        # its threads stop one by one: until the last has, one of them may still answer
        os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    @contextmanager
    def paused(self) -> Iterator[None]:
        self.pause()
        try:
            yield
        finally:
            self.resume()


ServiceT = TypeVar("ServiceT", bound=Service)


def program(name: str, package: str) -> str:
    """The path of an installed server program; /usr/sbin counts even where PATH lacks it."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin")
    if path is None:
        raise RuntimeError(f"{name} is not installed: run `make test`, or as root `apt-get install {package}`.")
    return path


@contextmanager
def running(service: ServiceT) -> Iterator[ServiceT]:
    """Start the service, and kill it at the end whatever a test left it in."""
    service.start()
    try:
        yield service
    finally:
        service.kill()


def memory() -> Path | None:
    """A file system in memory, where there is one with room for what the tests keep."""
    path = Path("/dev/shm")
    return path if path.is_dir() and shutil.disk_usage(path).free >= MEMORY_MIN_BYTES else None


@contextmanager
def service_directory(name: str, *, beneath: Path | None = None) -> Iterator[Path]:
    """A temporary directory of the account that the servers run as."""
    prefix = f"chat-tests-{name}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=beneath, ignore_cleanup_errors=True) as directory:
        if IS_ROOT:
            shutil.chown(directory, "nobody")
        yield Path(directory)


# --- MariaDB -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DatabaseServer:
    """A MySQL or MariaDB server. `url` names no database; `service` is None for a server given from outside."""

    url: str
    service: Service | None = None

    def database_url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def create_database(self) -> str:
        """Make a new, empty database and return its URL for DATABASE_URL."""
        name = f"chat_{uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return self.database_url(name)

    def drop_database(self, url: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {urlsplit(url).path.lstrip('/')}")

    def lift_budgets(self, url: str) -> None:
        """Let everybody in that database of a chat use the assistant as often as they like."""
        windows = ("calls_per_minute", "calls_per_day", "tokens_per_minute", "tokens_per_day")
        name = urlsplit(url).path.lstrip("/")
        self.execute(f"UPDATE {name}.assistant_budgets SET {', '.join(f'{window} = 0' for window in windows)}")

    def execute(self, statement: str) -> tuple[tuple[object, ...], ...]:
        """Run one statement on a connection of its own and return its rows."""
        import MySQLdb  # here, so that the tests on SQLite run without it

        config = environ.Env.db_url_config(self.url)
        options = {"host": config["HOST"], "port": config["PORT"] or 3306, "user": config["USER"]}
        connection = MySQLdb.connect(password=config["PASSWORD"], autocommit=True, **options)
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)
            rows: tuple[tuple[object, ...], ...] = cursor.fetchall()
            return rows


@contextmanager
def private_mariadb(*options: str, durable: bool = True) -> Iterator[DatabaseServer]:
    """A MariaDB of our own on a free port, with an empty root password and data that end with it.

    One that is not durable waits for no disk: for tests that never kill it. `options` are the server's.
    """
    account = ["--user=nobody"] if IS_ROOT else []
    server, installer = (
        program("mariadbd", "mariadb-server-core"),
        program("mariadb-install-db", "mariadb-server-core"),
    )
    with service_directory("mariadb", beneath=None if durable else memory()) as directory:
        data = f"--datadir={directory / 'data'}"
        # not the system's: a starting server deletes every temporary table there, also another server's
        scratch = f"--tmpdir={directory}"
        install = [installer, "--no-defaults", *account, data, scratch, "--auth-root-authentication-method=normal"]
        done = subprocess.run([*install, "--skip-test-db"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"mariadb-install-db failed:\n{done.stdout}{done.stderr}")
        port = free_port()
        where = [data, f"--socket={directory / 's'}", f"--port={port}", f"--bind-address={HOST}"]
        lean = ["--skip-log-bin", "--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4"]
        if not durable:
            lean += ["--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite"]
        command = [server, "--no-defaults", *account, *where, scratch, *lean, *options]
        with running(Service("MariaDB", command, port, directory / "log")) as service:
            yield DatabaseServer(f"mysql://root@{HOST}:{port}", service)


@contextmanager
def database_server() -> Iterator[DatabaseServer]:
    """The server of TEST_DATABASE_URL, or a private MariaDB that no test kills."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield DatabaseServer(urlunsplit(urlsplit(given)._replace(path="")))
    else:
        with private_mariadb(durable=False) as server:
            yield server


# --- Redis ---------------------------------------------------------------------------------------


@dataclass
class RedisServer(Service):
    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}"


@contextmanager
def private_redis(*options: str, configuration: str = "") -> Iterator[RedisServer]:
    """A Redis of our own on a free port, that keeps nothing; TEST_REDIS_SERVER=valkey-server: a Valkey.

    `options` are the server's; a `configuration` is a file that it may write to, as a Sentinel and a cluster do.
    """
    name = os.environ.get("TEST_REDIS_SERVER", "redis-server")
    with service_directory("redis") as directory:
        port = free_port()
        (directory / "configuration").write_text(configuration)
        command = [program(name, name), *([str(directory / "configuration")] if configuration else [])]
        command += [
            "--bind",
            HOST,
            "--port",
            str(port),
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(directory),
        ]
        with running(RedisServer("Redis", [*command, *options], port, directory / "log")) as service:
            yield service


# --- S3 ------------------------------------------------------------------------------------------


@dataclass
class BucketServer(Service):
    """Speaks S3. It looks at no signature, at no policy of a form and at no end of an address."""

    def make_bucket(self) -> str:
        """Make an empty bucket and return its URL for FILES_URL."""
        name = f"files-{uuid4().hex[:12]}"
        request = urllib.request.Request(f"http://{HOST}:{self.port}/{name}", method="PUT")
        urllib.request.urlopen(request, timeout=WAIT_S).close()
        return f"s3://test-key:test-secret@{HOST}:{self.port}/{name}?tls=0"


@contextmanager
def private_bucket_server() -> Iterator[BucketServer]:
    """Moto's on a free port; what it holds is in memory and ends with it."""
    with service_directory("s3") as directory:
        port = free_port()
        command = [sys.executable, "-m", "moto.server", "--host", HOST, "--port", str(port)]
        with running(BucketServer("moto", command, port, directory / "log")) as service:
            yield service
