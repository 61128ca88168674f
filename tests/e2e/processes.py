"""Chat servers as processes of their own: started with an environment written out, watched, stopped, killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.e2e.secrecy import DJANGO_SECRET, MODEL_KEY, assert_keeps_secrets, faults_in
from tests.migrated import copy_mysql, copy_sqlite
from tests.servers import HOST, free_port
from tests.services import TEST_JWT_SECRET
from tests.times import POLL_S as POLL_S
from tests.times import WAIT_S as WAIT_S

PROJECT = Path(__file__).resolve().parents[2]
SHUTDOWN_S = 10.0  # after which container runtimes kill

RUNNING: "list[Process]" = []  # whose logs are shown with a failure


def environment(*, database_url: str, redis_url: str = "", **settings: str) -> dict[str, str]:
    """A production environment, written out: nothing of the developer's shell is in it but where programs are."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SECRET_KEY": DJANGO_SECRET,
        "JWT_SECRET": TEST_JWT_SECRET,
        "ALLOWED_HOSTS": "chat.example.com",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        **settings,
    }


def with_model(address: str) -> dict[str, str]:
    """The settings that make a server ask the stand-in at `address`."""
    return {"LLM_KEY": MODEL_KEY, "GEMINI_BASE_URL": address}


def manage(env: dict[str, str], *arguments: str) -> str:
    """Run a `manage.py` command to its end and return what it printed."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"manage.py {arguments[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


def migrate(env: dict[str, str]) -> None:
    """Have the empty database of that environment as `manage.py migrate` leaves it."""
    url = env["DATABASE_URL"]
    if url.startswith("sqlite:///"):
        copy_sqlite(Path(url.removeprefix("sqlite:///")), lambda: manage(env, "migrate", "--verbosity=0"))
    else:
        copy_mysql(url, lambda: manage(env, "migrate", "--verbosity=0"))


@dataclass
class Process:
    """A server process on a port of its own. `command` follows the Python interpreter."""

    command: Sequence[str]
    env: dict[str, str]
    port: int
    log: Path
    health_path: str = "/v1/healthz"
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self) -> None:
        """Start the process without waiting for it; its output is added to `log`."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, *self.command], cwd=PROJECT, env=self.env, stdout=output, stderr=output
            )

    def wait_until_healthy(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + WAIT_S
        # without TLS, whose certificates take longer to read than a look takes
        with httpx.Client(verify=False, trust_env=False, timeout=WAIT_S) as http:
            while self._process.poll() is None and time.monotonic() < deadline:
                with contextlib.suppress(httpx.TransportError):
                    if http.get(self.address + self.health_path).is_success:
                        return
                time.sleep(POLL_S)
        raise AssertionError(f"{self.command} did not start:\n{self.tail()}")

    def start(self) -> None:
        self.launch()
        self.wait_until_healthy()

    def ask_to_stop(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Return the exit code, once the process has ended by itself."""
        assert self._process is not None
        try:
            return self._process.wait(timeout=SHUTDOWN_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.command} does not end:\n{self.tail()}") from None

    def kill(self) -> None:
        """End the process at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def read_log(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def tail(self) -> str:
        return self.read_log()[-4000:]

    def wait_for_log(self, words: str, *, times: int = 1) -> None:
        """Return once the log says `words` so many times."""
        deadline = time.monotonic() + WAIT_S
        while self.read_log().count(words) < times:
            assert time.monotonic() < deadline, f"the log never says {words!r}:\n{self.tail()}"
            time.sleep(POLL_S)


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Start all at once; at the end kill them, and look whether their logs kept what is secret."""
    try:
        for process in processes:
            RUNNING.append(process)
            process.launch()
        for process in processes:
            process.wait_until_healthy()
        yield
    finally:
        for process in processes:
            process.kill()
            RUNNING.remove(process)
    for process in processes:
        assert_keeps_secrets(process.read_log())
        faults = faults_in(process.read_log())
        assert not faults, "\n".join(faults)


def serve(directory: Path, env: dict[str, str]) -> Process:
    """A chat server as production runs it."""
    port = free_port()
    return Process(["manage.py", "serve", "--port", str(port)], env, port, directory / f"serve-{port}.log")


def standin(directory: Path, env: dict[str, str]) -> Process:
    """The stand-in for Gemini."""
    port = free_port()
    command = ["manage.py", "gemini_standin", "--port", str(port), "--instantly"]
    return Process(command, env, port, directory / f"standin-{port}.log", health_path="/")


@contextmanager
def log_directory() -> Iterator[Path]:
    with TemporaryDirectory(prefix="chat-tests-e2e-") as directory:
        yield Path(directory)
