"""The scanner: a real clamd, over both kinds of sockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from messaging.files.checks import scanning
from messaging.files.checks.scanning import FileTooLongForScanner, Scanner, ScannerAway, ScannerBrokeOff
from tests.messaging.files.clamd import HARMFUL, LONGEST_BYTES, Clamd
from tests.servers import HOST, free_port


@pytest.fixture
async def scanner(request: pytest.FixtureRequest, clamd: Clamd) -> AsyncIterator[Scanner]:
    scanner = Scanner(clamd.unix_url if getattr(request, "param", "") == "unix" else clamd.url)
    yield scanner
    scanner.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "came"
    path.write_bytes(b"nothing but a harmless line")
    return path


async def fill(file: Path, content: bytes) -> None:
    await asyncio.to_thread(file.write_bytes, content)


@pytest.mark.parametrize("scanner", ["tcp", "unix"], indirect=True)
async def test_what_is_known_to_be_harmful_is_found(scanner: Scanner, file: Path) -> None:
    assert not await scanner.finds_harm(file)

    await fill(file, b"Before. " + HARMFUL + b" Behind.")

    assert await scanner.finds_harm(file)


async def test_what_is_longer_than_it_takes_is_known(scanner: Scanner, file: Path) -> None:
    await fill(file, bytes(LONGEST_BYTES + 1))
    with pytest.raises(FileTooLongForScanner):
        await scanner.finds_harm(file)

    await fill(file, bytes(20 * LONGEST_BYTES))  # it does not even wait for the end
    with pytest.raises((ScannerBrokeOff, FileTooLongForScanner)):
        await scanner.finds_harm(file)


@pytest.mark.parametrize("kind", ["tcp", "unix"])
async def test_one_that_is_away_is_known_to_be(file: Path, kind: str) -> None:
    url = f"tcp://{HOST}:{free_port()}" if kind == "tcp" else "unix:///nowhere/clamd.ctl"

    with pytest.raises(ScannerAway):
        await Scanner(url).finds_harm(file)


async def test_one_that_hangs_is_away(
    clamd: Clamd, scanner: Scanner, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "ANSWER_WITHIN_S", 0.2)

    with clamd.paused(), pytest.raises(ScannerAway):
        await scanner.finds_harm(file)
