"""Starts the process that examines a file, and ends it. What comes back is believed no more than the file."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from messaging.files.examining.verdict import Verdict

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]  # of the project, for `-m`
WITHIN_S = 120.0  # of the clock on the wall: a busy machine gives a nice process little
ANSWER_MAX_BYTES = 4096
SAID_MAX_CHARACTERS = 500
PREVIEW_LONGEST_PX = 640
PREFIX = "chat-file-"  # of temporary folders

# one for the checker, and one for link previews
_threads = ThreadPoolExecutor(2, thread_name_prefix="files-examiner")


class ExaminerFailed(Exception):
    """It ended without an answer: killed by one of its bounds or by the system, or broken."""


class Preview(NamedTuple):
    webp: bytes
    width: int
    height: int


async def examine(path: Path, *, media_type: str, folder: Path) -> Verdict:
    """What the file is that was announced as `media_type`. A picture is in the folder then, made anew.

    It is `folder / WHOLE`, with smaller ones beside it, such as `320.webp`. Raises ExaminerFailed.
    """
    return await _ask([media_type, str(path), str(folder)], folder)


async def reencode_picture(raw: bytes, *, longest_px: int = PREVIEW_LONGEST_PX) -> Preview | None:
    """A picture of the web as a WebP of at most so many pixels a side. None where it is none that we show."""
    with TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        path = folder / "came"
        await asyncio.to_thread(path.write_bytes, raw)
        try:
            verdict = await _ask(["image/*", str(path), name, str(longest_px)], folder)
            if verdict.reason or not (verdict.width and verdict.height):
                return None
            return Preview(made(folder, f"{longest_px}.webp").read_bytes(), verdict.width, verdict.height)
        except ExaminerFailed:
            return None


def made(folder: Path, name: str) -> Path:
    """The path of what the examiner made. Raises ExaminerFailed where that is no file of its own."""
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise ExaminerFailed(f"no {name} was made")
    return path


async def _ask(arguments: Sequence[str], folder: Path) -> Verdict:
    run = _Run(arguments, folder)
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, run)
    finally:
        run.kill()  # where nobody waits for it any more


class _Run:
    """One process. Called on a thread: no signal handler of the event loop's has to know of it."""

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self._arguments, self._folder = arguments, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False

    def __call__(self) -> Verdict:
        answer, said = self._folder / "answer", self._folder / "said"
        with answer.open("wb") as output, said.open("wb") as errors:  # in files, which its bounds hold small
            self._process = subprocess.Popen(  # noqa: S603 - our own, and no shell
                [sys.executable, "-s", "-B", "-m", "messaging.files.examining", *self._arguments],
                cwd=ROOT,
                env={},  # no secret goes along
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
            if self._is_over:
                self.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(WITHIN_S)
            self.kill()
            code = self._process.wait()
        if code != 0:
            raise ExaminerFailed(f"it ended with {code}, saying {_end_of(said)!r}")
        with answer.open("rb") as output:
            return _verdict(output.read(ANSWER_MAX_BYTES))

    def kill(self) -> None:
        """It, and whatever it started. Does nothing where it ended."""
        self._is_over = True
        if self._process is not None and self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _verdict(raw: bytes) -> Verdict:
    try:
        return msgspec.json.decode(raw, type=Verdict)
    except msgspec.DecodeError as error:
        raise ExaminerFailed("its answer is none") from error


def _end_of(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - SAID_MAX_CHARACTERS))
        return file.read(SAID_MAX_CHARACTERS).decode(errors="replace")
