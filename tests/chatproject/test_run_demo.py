"""`make run`: one command, and what it prints works when pasted."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.servers import HOST, free_port
from tests.times import WAIT_S

ROOT = Path(settings.BASE_DIR)
LAST_WORDS = "Ctrl-C stops everything."


@contextmanager
def demo(directory: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """The running demo in a process group of its own, its port, and what it printed until it was ready."""
    port = free_port()
    given = {"PATH": os.environ["PATH"], "DEBUG": "1", "DATABASE_URL": f"sqlite:///{directory}/demo.sqlite3"}
    with subprocess.Popen(
        [sys.executable, "manage.py", "run_demo", "--port", str(port)],
        env=given | environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=heed_ctrl_c,
    ) as process:
        try:
            yield process, port, read_until_ready(process)
        finally:
            os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None


def heed_ctrl_c() -> None:
    """As at a terminal: what a shell runs in the background ignores it, and so do the children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def read_until_ready(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if LAST_WORDS in line:
            return printed
    raise AssertionError(f"the demo did not start:\n{printed}")


def commands(printed: str, begin: str) -> list[str]:
    return [line for line in printed.splitlines() if line.split(" ")[0].endswith(begin)]


def test_the_printed_clients_talk_to_each_other_and_to_the_stand_in(tmp_path: Path) -> None:
    with demo(tmp_path) as (_process, _port, printed):
        one, other = commands(printed, "python")
        lines = [line for line in printed.splitlines() if line.startswith("{")]

        with subprocess.Popen(
            shlex.split(one), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as client:
            assert client.stdin is not None
            assert client.stdout is not None
            client.stdin.write("\n".join(lines) + "\n")
            client.stdin.flush()
            seen = ""
            for line in client.stdout:
                seen += line
                if '"kind":"assistant"' in line:
                    break
            client.kill()

    assert "안녕하세요!" in seen
    assert "a stand-in without any model behind it, because LLM_KEY is not set" in printed
    assert one != other


def test_the_printed_request_works(tmp_path: Path) -> None:
    with demo(tmp_path, LLM_KEY="a-key") as (_process, _port, printed):
        (curl,) = commands(printed, "curl")
        _curl, _dash_h, header, url = shlex.split(curl)
        request = urllib.request.Request(url, headers=dict([header.split(": ")]))
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
            body = answer.read().decode()

    assert "고민상담방" in body
    assert "tand-in" not in printed
    assert "gemini" in printed


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_ending_it_ends_everything_it_started(tmp_path: Path, by: signal.Signals) -> None:
    with demo(tmp_path) as (process, port, printed):
        ports = [port, *map(int, re.findall(r"GEMINI_BASE_URL=http://[\d.]+:(\d+)", printed))]
        process.send_signal(by)
        process.communicate(timeout=WAIT_S)

    assert process.returncode == 0
    assert len(ports) == 2
    for used in ports:
        with closing(socket.socket()) as probe:
            assert probe.connect_ex((HOST, used)) != 0


@pytest.mark.django_db
def test_a_taken_port_is_named(settings: object) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken"):
            call_command("run_demo", port=port)


def test_there_is_no_demo_in_production() -> None:
    with pytest.raises(CommandError, match="DEBUG=1 only"):
        call_command("run_demo")
