"""The process itself. What it finds is tested beside each module, in the tests' own process."""

import asyncio
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest

from messaging.files.examining import running
from messaging.files.examining.bounds import CPU_S, MEMORY_BYTES, NICENESS
from messaging.files.examining.running import ROOT, ExaminerFailed, examine, made, reencode_picture
from messaging.files.examining.verdict import Verdict
from tests.messaging.files.examining.drawing import RED, colour, drawn, is_like, png_of_claims, saved, seen
from tests.times import POLL_S, WAIT_S


class Stuck(NamedTuple):
    """An examiner that waits for bytes, which do not come."""

    asking: "asyncio.Task[Verdict]"
    pid: int
    pipe: int


@asynccontextmanager
async def stuck_examiner(folder: Path) -> AsyncIterator[Stuck]:
    os.mkfifo(folder / "came")
    asking = asyncio.create_task(examine(folder / "came", media_type="text/plain", folder=folder))
    pipe = await opened(folder / "came", asking)
    own = os.fsencode(folder)  # that of another test may be about to end
    [pid] = [int(pid) for pid in await asyncio.to_thread(children) if own in command_of(pid)]
    try:
        yield Stuck(asking, pid, pipe)
    finally:
        os.close(pipe)
        asking.cancel()
        await asyncio.wait([asking])


async def opened(pipe: Path, asking: "asyncio.Task[Verdict]") -> int:
    """Its other end, once it opened its own."""
    async with asyncio.timeout(WAIT_S):
        while not asking.done():
            with suppress(OSError):  # nobody has it open
                return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            await asyncio.sleep(POLL_S)
    raise AssertionError(asking.exception())


def children() -> list[str]:
    return " ".join(path.read_text() for path in Path("/proc/self/task").glob("*/children")).split()


def command_of(pid: str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


async def nobody_reads(pipe: int) -> None:
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                os.write(pipe, b"x")
            except BrokenPipeError:
                return
            await asyncio.sleep(POLL_S)


async def test_a_photograph_is_made_anew(tmp_path: Path) -> None:
    path = saved(drawn(width=700, height=500), tmp_path / "came", "JPEG")

    verdict = await examine(path, media_type="image/png", folder=tmp_path)

    assert verdict == Verdict(media_type="image/jpeg", width=700, height=500)
    assert is_like(colour(seen(made(tmp_path, "320.webp"))), RED)


async def test_what_is_refused_says_why(tmp_path: Path) -> None:
    (tmp_path / "came").write_bytes(png_of_claims(50_000, 50_000))

    assert await examine(tmp_path / "came", media_type="image/png", folder=tmp_path) == Verdict(reason="pixels")


async def test_an_archive_is_never_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", bytes(20_000_000))  # a thousand times what it takes here

    verdict = await examine(tmp_path / "bomb.zip", media_type="application/zip", folder=tmp_path)

    assert verdict == Verdict(media_type="application/zip")
    assert sorted(await asyncio.to_thread(os.listdir, tmp_path)) == ["answer", "bomb.zip", "said"]


@pytest.mark.parametrize(
    ("kind", "unknown"), [("application/zip", {"zipfile", "PIL"}), ("image/png", {"zipfile"})]
)
def test_it_knows_neither_the_chat_nor_archives(tmp_path: Path, kind: str, unknown: set[str]) -> None:
    path = tmp_path / "came"
    if kind == "image/png":
        saved(drawn(), path, "PNG")
    else:
        path.write_bytes(b"PK\x05\x06" + bytes(18))
    script = (
        "import sys; from messaging.files.examining.__main__ import main; main(*sys.argv[1:]); print(*sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, kind, str(path), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    answer, modules = done.stdout.splitlines()
    assert f'"media_type": "{kind}"' in answer
    assert set(modules.split()) & (unknown | {"django", "chatproject", "asyncio", "socket"}) == set()


async def test_it_is_bounded_and_knows_no_secret(tmp_path: Path) -> None:
    async with stuck_examiner(tmp_path) as stuck:
        process = Path(f"/proc/{stuck.pid}")
        limits = {
            line[:25].strip(): line[26:].split()[0] for line in (process / "limits").read_text().splitlines()
        }

        assert (process / "environ").read_bytes() in (b"", b"LC_CTYPE=C.UTF-8\0")
        assert limits["Max address space"] == str(MEMORY_BYTES)
        assert limits["Max cpu time"] == str(CPU_S)
        assert limits["Max core file size"] == "0"
        assert os.getpriority(os.PRIO_PROCESS, stuck.pid) >= NICENESS
        assert os.getsid(stuck.pid) == stuck.pid
        if (process / "autogroup").exists():
            assert (process / "autogroup").read_text().endswith(f"nice {NICENESS}\n")
        assert (process / "fd" / "0").readlink() == Path("/dev/null")


async def test_it_ends_with_whoever_asked(tmp_path: Path) -> None:
    async with stuck_examiner(tmp_path) as stuck:
        stuck.asking.cancel()

        await nobody_reads(stuck.pipe)


async def test_it_is_killed_when_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "WITHIN_S", 0.5)
    os.mkfifo(tmp_path / "came")  # which nobody writes to

    with pytest.raises(ExaminerFailed, match="-9"):
        await examine(tmp_path / "came", media_type="text/plain", folder=tmp_path)


async def test_one_that_is_killed_gave_no_answer(tmp_path: Path) -> None:
    async with stuck_examiner(tmp_path) as stuck:
        os.kill(stuck.pid, signal.SIGKILL)

        with pytest.raises(ExaminerFailed, match="-9"):
            await stuck.asking


async def test_what_it_leads_to_instead_of_making_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "file").symlink_to("/etc/passwd")

    with pytest.raises(ExaminerFailed):
        made(tmp_path, "file")


async def test_a_picture_of_the_web_becomes_a_small_one() -> None:
    raw = BytesIO()
    drawn(width=2000, height=1000).save(raw, "PNG")

    preview = await reencode_picture(raw.getvalue())

    assert preview is not None
    assert preview[1:] == (640, 320)
    assert preview.webp.startswith(b"RIFF")


@pytest.mark.parametrize("raw", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"PK\x05\x06" + bytes(18)])
async def test_what_is_no_picture_has_no_preview(raw: bytes) -> None:
    assert await reencode_picture(raw) is None
