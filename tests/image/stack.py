"""The services of the compose file as processes of this machine's kernel, each in a network namespace of its own.

They know each other by name, so that the URLs, ports and the nginx configuration are those that are shipped. The
databases, Redis and nginx are Debian's: compose's images are other builds, partly of other versions.
"""

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.image.building import Image
from tests.image.roots import PATH, command_in

NETWORK = "10.200.0"
ADDRESSES = {
    name: f"{NETWORK}.{number}"
    for number, name in enumerate(("mysql", "redis", "migrate", "chat-1", "chat-2", "nginx"), 2)
}
# $1: a service; $2: its address
CONNECT = """
ip netns add "$1"
ip link add "$1" type veth peer name eth0 netns "$1"
ip link set "$1" master services up
ip -n "$1" addr add "$2/24" dev eth0
ip -n "$1" link set eth0 up
ip -n "$1" link set lo up
"""
WAIT_S = 120.0
IP = shutil.which("ip", path=PATH) or "ip"  # the commands' PATH is the image's
NOBODY = 65534

# as the entry point of the official image does: an account with a password, over TCP
ACCOUNT = """
CREATE DATABASE {MYSQL_DATABASE} CHARACTER SET utf8mb4;
CREATE USER '{MYSQL_USER}'@'%' IDENTIFIED {how} '{MYSQL_PASSWORD}';
GRANT ALL ON {MYSQL_DATABASE}.* TO '{MYSQL_USER}'@'%';
"""
NGINX = "user root; daemon off; pid /tmp/pid; events {} http { include /etc/nginx/conf.d/default.conf; }"


def connect() -> None:
    """Make the services' network, in the namespace of this process: it has to be one of its own."""
    bridge = f"ip link add services type bridge; ip addr add {NETWORK}.1/24 dev services; ip link set services up"
    subprocess.run(["sh", "-euc", f"mount -t tmpfs tmpfs /run; {bridge}"], check=True)
    for service, address in ADDRESSES.items():
        subprocess.run(["sh", "-euc", CONNECT, "connect", service, address], check=True)


@dataclass
class Stack:
    """What runs, until `close`. `services` are the compose file's, filled in; `log` is where all of them write."""

    image: Image
    services: dict[str, dict[str, Any]]
    debian: Path  # with MariaDB, Redis and nginx
    folder: Path
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _ends: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        names = "".join(f"{address} {name}\n" for name, address in ADDRESSES.items())
        (self.folder / "hosts").write_text(f"127.0.0.1 localhost\n{names}")
        (self.folder / "files").mkdir()
        subprocess.run(["chown", str(self.image.user), str(self.folder / "files")], check=True)

    def close(self) -> None:
        for name in list(self._processes):
            self.stop(name)
        self._ends.close()

    # --- what is beneath the chat servers

    def start_mysql(self, root: Path) -> None:
        """Genuine MySQL, whose passwords are caching_sha2_password's."""
        mysqld = ["mysqld", "--no-defaults", "--user=nobody", "--datadir=/data/db", "--secure-file-priv="]
        self._in("mysql", root, [*mysqld, "--initialize-insecure"], data=True).wait()
        how = "WITH caching_sha2_password BY"
        more = ["--mysqlx=OFF", "--socket=/data/socket", *self.services["mysql"]["command"]]
        self._start_database(root, [*mysqld, *more], how)

    def start_mariadb(self) -> None:
        install = [
            "mariadb-install-db",
            "--no-defaults",
            "--user=nobody",
            "--datadir=/data/db",
            "--auth-root-authentication-method=normal",
        ]
        self._in("mysql", self.debian, install, data=True).wait()
        mariadbd = ["mariadbd", "--no-defaults", "--user=nobody", "--datadir=/data/db", "--socket=/data/socket"]
        self._start_database(self.debian, [*mariadbd, "--character-set-server=utf8mb4"], "BY")

    def _start_database(self, root: Path, command: list[str], how: str) -> None:
        (self.folder / "data/account.sql").write_text(
            ACCOUNT.format(how=how, **self.services["mysql"]["environment"])
        )
        where = ["--bind-address=*", "--port=3306", "--init-file=/data/account.sql"]
        self._processes["mysql"] = self._in("mysql", root, [*command, *where], data=True)
        self.wait_for("mysql", lambda: _listens(ADDRESSES["mysql"], 3306))

    def start_redis(self) -> None:
        command = [*self.services["redis"]["command"], "--protected-mode", "no"]
        self._processes["redis"] = self._in("redis", self.debian, command)
        self.wait_for("redis", lambda: _listens(ADDRESSES["redis"], 6379))

    def start_nginx(self, configuration: Path) -> None:
        (self.folder / "nginx.conf").write_text(NGINX)
        mounted = {
            str(configuration): "/etc/nginx/conf.d/default.conf",
            str(self.folder / "nginx.conf"): "/etc/nginx/nginx.conf",
        }
        command = ["nginx", "-e", "stderr"]
        self._processes["nginx"] = self._in("nginx", self.debian, command, mounted=mounted)
        self.wait_for("nginx", lambda: _listens(ADDRESSES["nginx"], 80))

    # --- the image

    def run(self, service: str, command: Sequence[str], **more: str) -> "subprocess.CompletedProcess[str]":
        """To its end, as a container of the service. Its output is the answer's."""
        entered, environment = self._container(service, command, more)
        return subprocess.run(
            _within(service, entered), env=environment, capture_output=True, text=True, check=False
        )

    def start(self, service: str, **more: str) -> float:
        """A chat server. Returns the seconds until it is ready."""
        entered, environment = self._container(service, self.image.command, more)
        began = time.monotonic()
        self._processes[service] = self._popen(service, entered, environment)
        self.wait_for(service, lambda: _answers(f"http://{ADDRESSES[service]}:8081/readyz"))
        return time.monotonic() - began

    def stop(self, service: str) -> float:
        """By SIGTERM, as an engine does. Returns the seconds it took."""
        process = self._processes.pop(service)
        began = time.monotonic()
        subprocess.run(["pkill", "-TERM", "--parent", str(process.pid)], check=False)
        process.wait(timeout=WAIT_S)
        return time.monotonic() - began

    def pid_of(self, service: str) -> int:
        """Of the service itself, which runs beneath what brought it into its root."""
        found = subprocess.run(
            ["pgrep", "--parent", str(self._processes[service].pid)], check=True, capture_output=True, text=True
        )
        return int(found.stdout.split()[0])

    def _container(
        self, service: str, command: Sequence[str], more: Mapping[str, str]
    ) -> tuple[list[str], dict[str, str]]:
        told = self.services[service]
        assert told["read_only"] is True
        assert told["cap_drop"] == ["ALL"]
        assert told["security_opt"] == ["no-new-privileges:true"]
        assert told["tmpfs"] == ["/tmp"]
        entered = command_in(
            self.image.root,
            command,
            user=self.image.user,
            folder=self.image.folder,
            mounted={str(self.folder / "hosts"): "/etc/hosts", str(self.folder / "files"): "/app/files"},
        )
        return entered, {**self.image.environment, **told["environment"], **more}

    def _in(
        self,
        service: str,
        root: Path,
        command: Sequence[str],
        *,
        data: bool = False,
        mounted: Mapping[str, str] | None = None,
    ) -> "subprocess.Popen[bytes]":
        volumes = {str(self.folder / "hosts"): "/etc/hosts", **(mounted or {})}
        if data:
            (self.folder / "data").mkdir(exist_ok=True)
            subprocess.run(["chown", str(NOBODY), str(self.folder / "data")], check=True)
            volumes[str(self.folder / "data")] = "/data"
        entered = command_in(root, command, writable=True, mounted=volumes)
        return self._popen(service, entered, {"PATH": PATH})

    def _popen(
        self, service: str, command: Sequence[str], environment: Mapping[str, str]
    ) -> "subprocess.Popen[bytes]":
        log = self._ends.enter_context((self.folder / f"{service}.log").open("ab"))
        within = _within(service, command)
        return subprocess.Popen(within, env=dict(environment), stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def wait_for(self, service: str, is_there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_S
        while not is_there():
            assert self._processes[service].poll() is None, self.log_of(service)
            assert time.monotonic() < deadline, self.log_of(service)
            time.sleep(0.02)

    def log_of(self, service: str) -> str:
        return (self.folder / f"{service}.log").read_text(errors="replace")[-4_000:]


def _within(service: str, command: Sequence[str]) -> list[str]:
    return [IP, "netns", "exec", service, *command]


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
