"""`make run`: demo data, the stand-in for Gemini where no key is set, one server, and what to try next."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging.management.commands.seed_demo import GROUP_ROOMS, MEMBERS
from rooms.selectors import group_room_named

HOST = "127.0.0.1"
START_TIMEOUT_S = 60.0
SHOWN_MEMBER_IDS = (1, 2)

NEXT_STEPS = """
Chat server (demo) on {address}
  chat          {address}/  (pick a member; in a second window, another one)
  admin         {address}/admin/  (make an account: DEBUG=1 {python} manage.py createsuperuser)
  assistant     {assistant}

Two members of room {room_id}, "{room}", want to talk. Open two more terminals here and start a client in each:

{clients}

Then type in both, a line each:

{{"type": "subscribe", "roomId": {room_id}}}
{{"type": "chat", "roomId": {room_id}, "message": "안녕하세요!"}}
{{"type": "ask", "roomId": {room_id}, "message": "첫 출근을 앞두고 긴장돼요."}}

And REST:

curl -H "access: {token}" {address}/v1/chat/my/rooms

The tokens are good for a day. Ctrl-C stops everything.
"""


class Command(BaseCommand):
    help = "Fill the database with demo data, start a server (and a stand-in for Gemini) and say what to try."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *, port: int, **_options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has known secrets: it runs with DEBUG=1 only.")
        if not _is_free(port):
            raise CommandError(f"Port {port} is taken: choose another one, as in `make run PORT=8090`.")
        call_command("migrate", verbosity=0)
        call_command("seed_demo", stdout=self.stdout)
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            self._serve(port)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def _serve(self, port: int) -> None:
        with ExitStack() as processes:
            environment, assistant, standin = _assistant(processes)
            server = processes.enter_context(
                _running("serve", "--host", HOST, "--port", str(port), env=environment)
            )
            _wait_until_healthy(server, f"http://{HOST}:{port}/v1/healthz")
            if standin is not None:  # whoever is told to ask it can
                _wait_until_healthy(standin, environment["GEMINI_BASE_URL"])
            self.stdout.write(_next_steps(port, assistant))
            self.stdout.flush()
            sys.exit(server.wait())


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


@contextmanager
def _running(*arguments: str, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A `manage.py` command beside this one, ended with it."""
    manage = str(Path(settings.BASE_DIR) / "manage.py")
    with subprocess.Popen([sys.executable, manage, *arguments], env=env) as process:  # noqa: S603  # our own command
        try:
            yield process
        finally:
            process.terminate()


def _assistant(processes: ExitStack) -> tuple[dict[str, str], str, "subprocess.Popen[bytes] | None"]:
    """The server's environment, what answers, and the stand-in, which is started where no key is set."""
    environment = dict(os.environ) | {"PYTHONUNBUFFERED": "1", "DEMO": "1"}
    if settings.ASSISTANT_PROVIDER == "openai":
        return environment, f"{settings.OPENAI_MODEL} at {settings.OPENAI_BASE_URL}", None
    if settings.LLM_KEY:
        return environment, f"{settings.GEMINI_MODEL} at {settings.GEMINI_BASE_URL}", None
    with closing(socket.create_server((HOST, 0))) as probe:
        port = str(probe.getsockname()[1])
    standin = processes.enter_context(_running("gemini_standin", "--port", port, env=environment))
    environment |= {"LLM_KEY": "stand-in", "GEMINI_BASE_URL": f"http://{HOST}:{port}", "ASSISTANT_WHOSE": "연습용"}
    return environment, "a stand-in without any model behind it, because LLM_KEY is not set", standin


def _wait_until_healthy(server: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310  # our own server
                return
        except OSError:
            time.sleep(0.05)
    raise CommandError("The server did not start; its own words are above.")


def _next_steps(port: int, assistant: str) -> str:
    room = next(iter(GROUP_ROOMS))
    python = os.path.relpath(sys.executable)
    tokens = {member_id: _token(member_id) for member_id in SHOWN_MEMBER_IDS}
    clients = [
        f'# {MEMBERS[member_id][0]}\n{python} -m websockets "ws://{HOST}:{port}/v2/chat/connect?access={token}"'
        for member_id, token in tokens.items()
    ]
    return NEXT_STEPS.format(
        address=f"http://{HOST}:{port}",
        python=python,
        assistant=assistant,
        room=room,
        room_id=group_room_named(name=room).room_id,
        clients="\n\n".join(clients),
        token=tokens[SHOWN_MEMBER_IDS[0]],
    )


def _token(member_id: int) -> str:
    role = MEMBERS[member_id][1]
    call_command("issue_token", str(member_id), role=role, stdout=(output := StringIO()))
    return output.getvalue().strip()
