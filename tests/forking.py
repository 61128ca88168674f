"""`python manage.py …` as a process of its own, without the second that importing takes each time.

Each is forked from an interpreter that has imported what others wrote and no setting changes. What is ours, the
settings and the applications are imported by each anew, with its own environment. For tests with many cases; that
the same comes of an interpreter that begins with nothing is tested in tests/chatproject/test_settings.
"""

import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

ENDS_WITHIN_S = 60  # or is killed
PROJECT = Path(__file__).resolve().parents[1]
PREPARED = (
    "attr",
    "channels",
    "django.core.handlers.asgi",
    "django.core.management",
    "django.db.backends.sqlite3.base",
    "django.forms",
    "django.template.backends.django",
    "django.test",
    "environ",
    "httpx",
    "jwt",
    "msgspec",
    "prometheus_client",
    "redis.asyncio",
    "stamina",
    "structlog",
    "uvicorn",
)


Fork = Callable[..., "subprocess.CompletedProcess[str]"]


@contextmanager
def forks() -> Iterator[Fork]:
    """Yields `fork("manage.py", "check", DEBUG="1")`: in the project's folder, with exactly these variables.

    What to run is a script or `-c program`, and its arguments. One at a time.
    """
    command = [sys.executable, __file__]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    where = {"PATH": os.environ["PATH"]}
    with TemporaryDirectory() as directory, subprocess.Popen(command, env=where, **pipes) as process:
        outputs = [Path(directory, name) for name in ("stdout", "stderr")]

        def fork(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
            print(
                json.dumps([arguments, where | environment, list(map(str, outputs))]),
                file=process.stdin,
                flush=True,
            )
            assert process.stdout is not None
            code = int(process.stdout.readline())
            return subprocess.CompletedProcess(arguments, code, *(path.read_text() for path in outputs))

        yield fork
        process.communicate()  # it ends where nobody asks any more


def _serve() -> None:
    """Fork for every line."""
    sys.path.pop(0)  # this folder
    for name in PREPARED:
        import_module(name)
    assert not import_module("django.conf").settings.configured, "what is prepared knows no settings"
    gc.freeze()  # looking for garbage in what is shared would copy it
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(*json.loads(line))
        _pid, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(arguments: list[str], env: dict[str, str], outputs: list[str]) -> NoReturn:
    """End as Python does, but without taking everything to pieces first, which takes a third of a second."""
    signal.alarm(ENDS_WITHIN_S)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, path in enumerate(outputs, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
    os.chdir(PROJECT)
    os.environ.clear()
    os.environ.update(env)
    sys.path.insert(0, str(PROJECT))
    code = 1
    try:
        _run(*arguments)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else bool(end.code)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(what: str, *arguments: str) -> None:
    if what == "-c":
        sys.argv = ["-c", *arguments[1:]]
        exec(compile(arguments[0], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = [what, *arguments]
        runpy.run_path(what, run_name="__main__")


if __name__ == "__main__":
    _serve()
