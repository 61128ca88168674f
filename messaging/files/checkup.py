"""Whether files can be kept, read and taken away where FILES_URL says, and whether the scanner is there."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clamav_client.clamd import ClamdError

from chatproject.doctor.disks import look_at_disk
from chatproject.doctor.findings import Finding, broken, note, ok, warning, words_of
from chatproject.file_errors import FileStoreUnavailable
from messaging.files.checks.scanning import connection_of
from messaging.files.storage.folder import Folder
from messaging.files.storage.places import Place, place_of_settings

WRITTEN = b"written by manage.py doctor"
SIGNATURES_OLD_DAYS = 7


def look_at_files(settings: Any) -> Iterator[Finding]:
    if not settings.FILES.is_on:
        yield note("files are off: members send none")
        return
    place = place_of_settings()
    where = f"the folder {place.path}" if isinstance(place, Folder) else f"the bucket {place.name}"  # type: ignore[attr-defined]
    try:
        yield from _write_and_read(place, where)
    except FileStoreUnavailable as error:
        cause = f": {words_of(error.__cause__)}" if error.__cause__ is not None else ""
        yield broken(
            f"{where} does not take files{cause}",
            "see that FILES_URL is right, and that the user of the server may write, read and delete there",
        )
    if isinstance(place, Folder):
        yield from look_at_disk(place.path, "the files")
        if len(settings.REDIS_URLS) and not place.path.is_mount():
            yield note(
                "files lie in a folder of this machine",
                "servers on other machines need the same folder (a shared file system), or a bucket",
            )


def _write_and_read(place: Place, where: str) -> Iterator[Finding]:
    name = f"doctor-{secrets.token_hex(8)}"
    with TemporaryDirectory(prefix="chat-doctor-") as folder:
        written, read = Path(folder, "written"), Path(folder, "read")
        written.write_bytes(WRITTEN)
        place.put(name, written, "text/plain")
        try:
            place.fetch(name, read)
            is_same = read.read_bytes() == WRITTEN
        finally:
            place.delete([name])
    if not is_same:
        yield broken(f"{where} gives back something else than was written", "look what stands between")
    elif place.size_of(name) is not None:
        yield broken(f"{where} does not delete: erasures would leave files behind", "let its user delete there")
    else:
        yield ok(f"{where} was written to, read, and cleared")


def look_at_scanner(settings: Any) -> Iterator[Finding]:
    if not settings.FILES.is_on:
        return
    if not settings.FILES.scanner:
        yield note("no scanner looks for harmful files", "set CLAMAV_URL to ClamAV's, where members send files")
        return
    clamd = connection_of(settings.FILES.scanner)()
    try:
        told = str(clamd.version())
    except (ClamdError, OSError) as error:
        yield broken(
            f"clamd does not answer: {words_of(error)}",
            "see that it runs and that CLAMAV_URL names it; files wait for it meanwhile",
        )
        return
    finally:
        if (left_open := getattr(clamd, "clamd_socket", None)) is not None:  # where nobody answered
            left_open.close()
    made_at = _made_at(told)
    if made_at is not None and (days := (datetime.now(UTC) - made_at).days) > SIGNATURES_OLD_DAYS:
        yield warning(f"clamd's signatures are {days} days old", "see that freshclam runs")
    yield ok(told)


def _made_at(version: str) -> datetime | None:
    """Of "ClamAV 1.4.1/27500/Sun Nov 29 09:00:00 2026"."""
    try:
        return datetime.strptime(version.rpartition("/")[2].strip(), "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        return None
