"""The demo in a process of its own, with data of one's own, for pictures and measurements of the chat page."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import django

from tests.servers import HOST, free_port

PROJECT = Path(__file__).resolve().parents[2]
READY = "Ctrl-C stops everything."


@contextmanager
def demo(fill: Callable[[], None]) -> Iterator[str]:
    """`make run` on a database of its own, with the demo's members and what `fill` adds; yields its address."""
    with TemporaryDirectory(prefix="chat-demo-") as directory:
        url = f"sqlite:///{directory}/demo.sqlite3"
        files = f"file://{directory}/files"
        os.environ |= {"DEBUG": "1", "DATABASE_URL": url, "FILES_URL": files}
        os.environ["DJANGO_SETTINGS_MODULE"] = "chatproject.settings"
        django.setup()

        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("seed_demo", verbosity=0)
        fill()
        port = free_port()
        command = [sys.executable, "manage.py", "run_demo", "--port", str(port)]
        quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        with subprocess.Popen(command, cwd=PROJECT, **quiet) as process:  # type: ignore[call-overload]
            try:
                next(line for line in process.stdout if READY in line)
                yield f"http://{HOST}:{port}/"
            finally:
                process.terminate()
                process.communicate()
