"""ClamAV's daemon, where there is one: whether what a file holds is known to be harmful."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urlsplit

from clamav_client.clamd import BufferTooLongError, ClamdError, ClamdNetworkSocket, ClamdUnixSocket

ANSWER_WITHIN_S = 60  # of each step, such as the look itself; clamd's own limit is two minutes for all of it


class ScannerAway(Exception):
    """It cannot be asked now, or gives no answer: nobody knows."""


class FileTooLongForScanner(Exception):
    """Its StreamMaxLength is shorter than what members may send."""


class ScannerBrokeOff(Exception):
    """It ended the connection amid the file: it died, or the file is far longer than its StreamMaxLength."""


class Scanner:
    """`url` is tcp://host:port, of a name or an IPv4 address, or unix:///path."""

    def __init__(self, url: str) -> None:
        self._connect = connection_of(url)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="files-scanner")

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def finds_harm(self, path: Path) -> bool:
        """Raises ScannerAway, ScannerBrokeOff, FileTooLongForScanner."""
        return await asyncio.wrap_future(self._thread.submit(self._finds_harm, path))

    def _finds_harm(self, path: Path) -> bool:
        try:
            with path.open("rb") as file:
                answer = self._connect().instream(file)
        except BufferTooLongError as error:
            raise FileTooLongForScanner(str(error)) from error
        except (ClamdError, OSError) as error:
            # it says "Error connecting" of a connection that there is none of; what broke amid the file is bare,
            # or what the failed reading of the answer comes from
            broke = isinstance(error, ConnectionError) or (
                isinstance(error.__cause__, ConnectionResetError) and "reading" in str(error)
            )
            raise (ScannerBrokeOff if broke else ScannerAway)(str(error)) from error
        if not answer:
            raise ScannerBrokeOff("no answer")
        status, found = answer["stream"]
        if status not in ("OK", "FOUND"):
            raise ScannerAway(found)
        return status == "FOUND"


def connection_of(url: str) -> Callable[[], ClamdNetworkSocket]:
    """A new one each time: it holds its socket, and clamd answers one question on each."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return lambda: ClamdUnixSocket(unquote(parts.path), timeout=ANSWER_WITHIN_S)
    host, port = parts.hostname or "", parts.port or 0
    return lambda: ClamdNetworkSocket(host, port, timeout=ANSWER_WITHIN_S)
