"""The servers that are measured: ours, the textbook's, what a user would pick instead, and the floor."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from tests.load.crowd import Crowd
from tests.load.dialects import Dialect, OurDialect, Seat, SocketIoDialect
from tests.servers import DatabaseServer, Service, free_port, private_redis
from tests.services import TEST_JWT_SECRET

PROJECT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
ROWS_AT_ONCE = 5_000
NO_LIMITS = dict.fromkeys(
    (
        "LIMIT_SENDS_PER_SECOND",
        "LIMIT_FRAMES_PER_SECOND",
        "LIMIT_SOCKETS_PER_MEMBER",
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
        "FLOOD_REPEATS",
    ),
    "0",
)


@dataclass
class System:
    """One line of a table: what is called `name`, in one process or several."""

    name: str
    dialect: Dialect
    services: list[Service]
    crowd: Crowd = field(init=False)

    def __post_init__(self) -> None:
        self.crowd = self.new_crowd()

    def new_crowd(self) -> Crowd:
        return Crowd(self.dialect, [service.port for service in self.services])

    @property
    def pids(self) -> list[int]:
        return [service.pid for service in self.services]


def seats_in(rooms: int, sockets_per_room: int) -> list[Seat]:
    """Members 1, 2, 3 …, each in one room; neighbours sit in different rooms."""
    return [Seat(room_id=index % rooms + 1, member_id=index + 1) for index in range(rooms * sockets_per_room)]


class Stage:
    """Where a part is played: servers that end with it, each with a database and a Redis of its own."""

    def __init__(self, stack: ExitStack, database: DatabaseServer, logs: Path, beside: Path | None) -> None:
        self._stack, self.database, self.logs = stack, database, logs
        self.beside = beside  # a checkout of an earlier build

    # --- ours

    def environment(self, database_url: str) -> dict[str, str]:
        return {
            "DJANGO_SECRET_KEY": "a-django-secret-of-the-benchmarks-0123456789",
            "JWT_SECRET": TEST_JWT_SECRET,
            "ALLOWED_HOSTS": "chat.example.com",
            "DATABASE_URL": database_url,
            "REDIS_URL": self._new_redis(),
            "DEBUG": "0",
            **NO_LIMITS,
        }

    def ours(
        self,
        seats: Sequence[Seat],
        *,
        processes: int = 1,
        name: str = "this project",
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> System:
        """Our server as production runs it, with these members in these rooms, and these settings beside."""
        env = self.new_chat(seats) | dict(settings)
        services = [
            self.start(name, [sys.executable, "manage.py", "serve", "--port"], env) for _ in range(processes)
        ]
        return System(name, OurDialect(), services)

    def accompanied(self, seats: Sequence[Seat]) -> System:
        """Our server with a second process at its Redis, that serves nobody: so it publishes what it says."""
        system = self.ours(seats, processes=2, name="this project, a second process listens")
        return System(system.name, system.dialect, system.services[:1])

    def unjoined(self, seats: Sequence[Seat]) -> System:
        """Our server, but each change of a room is a write of its own."""
        name = "this project, frames not joined"
        command = [sys.executable, "-m", "tests.load.unjoined"]
        return System(name, OurDialect(), [self.start(name, command, self.new_chat(seats))])

    def one_by_one(self, seats: Sequence[Seat]) -> System:
        """Our server, but each read mark is taken and told by itself."""
        name = f"marks one by one, {len(seats)} members"
        command = [sys.executable, "-m", "tests.load.one_by_one"]
        return System(name, OurDialect(), [self.start(name, command, self.new_chat(seats))])

    def new_chat(self, seats: Sequence[Seat], *, project: Path = PROJECT) -> dict[str, str]:
        """The environment of a chat of ours or of another checkout, with these members in these rooms."""
        env = self.environment(self.new_database())
        self._run([sys.executable, str(project / "manage.py"), "migrate", "--verbosity=0"], env)
        self._populate(env["DATABASE_URL"], seats)
        return env

    def new_database(self) -> str:
        url = self.database.create_database()
        self._stack.callback(self.database.drop_database, url)
        return url

    def _new_redis(self) -> str:
        """Its channels are heard in all of its databases: two systems must not share one."""
        return self._stack.enter_context(private_redis()).url

    def _populate(self, database_url: str, seats: Sequence[Seat]) -> None:
        name = urlsplit(database_url).path.lstrip("/")
        room_ids = sorted({seat.room_id for seat in seats})
        members = sorted({seat.member_id for seat in seats})
        now = "UTC_TIMESTAMP(6)"
        self._insert(
            f"{name}.users (user_id, nickname, role, created_at, updated_at)",
            [f"({member}, 'member {member}', 'USER', {now}, {now})" for member in members],
        )
        self._insert(
            f"{name}.chat_rooms (chat_room_id, name, is_group_chat, last_seq, version, roster_version,"
            " assistant_name, created_at, updated_at)",
            [f"({room}, 'room {room}', 1, 0, 0, 1, '', {now}, {now})" for room in room_ids],
        )
        self._insert(
            f"{name}.chat_participants (chat_room_id, user_id, read_seq)",
            [f"({seat.room_id}, {seat.member_id}, 0)" for seat in seats],
        )

    def _insert(self, into: str, rows: list[str]) -> None:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            self.database.execute(f"INSERT INTO {into} VALUES {', '.join(rows[start : start + ROWS_AT_ONCE])}")

    def hanging_model(self) -> dict[str, str]:
        """The settings that make a server of ours ask a model which takes every call and never answers."""
        command = [sys.executable, "manage.py", "gemini_standin", "--instantly", "--port"]
        standin = self.start("stand-in for a model", command, self.environment("sqlite://:memory:"))
        model = {"GEMINI_MODEL": "standin-hang", "GEMINI_FALLBACK_MODEL": ""}
        return {"LLM_KEY": "any", "GEMINI_BASE_URL": f"http://127.0.0.1:{standin.port}", **model}

    def lift_budgets(self, system: System) -> None:
        """Let everybody of this server of ours ask the model as often as they like."""
        self.database.lift_budgets(system.services[0].environment["DATABASE_URL"])

    def sender(self, env: dict[str, str]) -> Service:
        """The command that sends a chat's events to its main server."""
        return self.start("sender", [sys.executable, "manage.py", "send_events", "--metrics-port"], env)

    # --- to compare with

    def textbook(self, seats: Sequence[Seat]) -> tuple[System, System]:
        """The textbook's consumer on uvicorn and on daphne, each with a database of its own."""
        uvicorn = [sys.executable, "-m", "uvicorn", "tests.load.textbook.asgi:application", "--loop", "uvloop"]
        daphne = [sys.executable, "-m", "daphne", "-v", "0", "tests.load.textbook.asgi:application"]
        return (
            self._textbook("textbook Channels, uvicorn", [*uvicorn, "--log-level", "warning", "--port"], seats),
            self._textbook("textbook Channels, daphne", [*daphne, "--port"], seats),
        )

    def _textbook(self, name: str, command: list[str], seats: Sequence[Seat]) -> System:
        return System(name, Dialect(), [self.start(name, command, self.new_textbook(seats))])

    def new_textbook(self, seats: Sequence[Seat]) -> dict[str, str]:
        """The environment of a chat of the textbook's, with these members in these rooms."""
        env = self.environment(self.new_database()) | {"DJANGO_SETTINGS_MODULE": "tests.load.textbook.settings"}
        self._run([sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"], env)
        rooms = max(seat.room_id for seat in seats)
        name = urlsplit(env["DATABASE_URL"]).path.lstrip("/")
        self._insert(f"{name}.textbook_room (id, last_seq)", [f"({room}, 0)" for room in range(1, rooms + 1)])
        self._insert(
            f"{name}.textbook_participant (room_id, member_id, read_seq)",
            [f"({seat.room_id}, {seat.member_id}, 0)" for seat in seats],
        )
        return env

    def peers(self) -> list[System]:
        """What stores nothing: FastAPI's recipe, Node's `ws`, Socket.IO."""
        fastapi = [sys.executable, "-m", "uvicorn", "tests.load.fastapi_rooms:app", "--loop", "uvloop"]
        commands: list[tuple[str, Dialect, list[str]]] = [
            ("FastAPI's recipe, Redis", Dialect(), [*fastapi, "--log-level", "warning", "--port"]),
            ("Node ws, Redis", Dialect(), ["node", str(HERE / "node" / "ws.js")]),
            ("Socket.IO, Redis adapter", SocketIoDialect(), ["node", str(HERE / "node" / "socketio.js")]),
        ]
        return [
            System(name, dialect, [self.start(name, command, {"REDIS_URL": self._new_redis()})])
            for name, dialect, command in commands
        ]

    def floor(self) -> System:
        name = "floor: asyncio writes prepared bytes"
        return System(name, Dialect(), [self.start(name, [sys.executable, "-m", "tests.load.floor"], {})])

    # --- processes

    def start(self, name: str, command: list[str], env: dict[str, str]) -> Service:
        """Start the command, that takes a port last."""
        port = free_port()
        service = Service(name, [*command, str(port)], port, self.logs / f"{port}.log", env)
        service.start()
        self._stack.callback(service.kill)
        return service

    def _run(self, command: list[str], env: dict[str, str]) -> None:
        subprocess.run(command, env=os.environ | env, cwd=PROJECT, check=True)


@contextmanager
def stage(database: DatabaseServer, logs: Path, beside: Path | None = None) -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(stack, database, logs, beside)
