"""The way of one file through its check: out of where it came to, past the scanner and the examiner, to its place.

Nothing is written of it in the database here.
"""

import logging
from pathlib import Path

from chatproject.file_errors import NoSuchFile
from chatproject.seldom import Seldom
from messaging.file_models import NAME_MAX_CHARACTERS, File
from messaging.files.checks.leases import Held, Outcome
from messaging.files.checks.scanning import FileTooLongForScanner, Scanner
from messaging.files.examining.running import examine, made
from messaging.files.examining.verdict import WHOLE
from messaging.files.storage.naming import PICTURE_SIZES, coming_name, kept_name
from messaging.files.storage.store import FileStore
from messaging.files.uploads.kinds import named_as

logger = logging.getLogger(__name__)

Reason = File.Reason


class Inspector:
    """Without a scanner nobody looks for harm."""

    def __init__(self, *, store: FileStore, scanner: Scanner | None = None) -> None:
        self._store, self._scanner = store, scanner
        self._seldom = Seldom()

    async def inspect(self, held: Held, folder: Path) -> Outcome:
        """What is found; what members get is in its place then. The folder is for this file alone.

        Raises FileStoreUnavailable, ScannerAway, ScannerBrokeOff, ExaminerFailed: then nothing is known.
        """
        came = folder / "came"
        try:
            size = await self._store.fetch(coming_name(held.key), came)
        except NoSuchFile:
            return Outcome(reason=Reason.FAILED)
        if size != held.size:
            return Outcome(reason=Reason.LENGTH)
        if self._scanner is not None and (reason := await self._scanned(self._scanner, came)):
            return Outcome(reason=reason)
        verdict = await examine(came, media_type=held.media_type, folder=folder)
        if verdict.reason:
            return Outcome(reason=Reason(verdict.reason))
        kind, is_picture = verdict.media_type, verdict.width is not None
        whole = made(folder, WHOLE) if is_picture else came
        await self._store.put(kept_name(held.key), whole, kind)
        kept = [whole]
        for longest in PICTURE_SIZES if is_picture else ():
            kept.append(made(folder, f"{longest}.webp"))
            await self._store.put(kept_name(held.key, longest), kept[-1], "image/webp")
        sizes = [path.stat().st_size for path in kept]
        return Outcome(
            name=named_as(held.name, kind, most_characters=NAME_MAX_CHARACTERS),
            media_type=kind,
            size=sizes[0],
            kept_size=sum(sizes),
            width=verdict.width,
            height=verdict.height,
        )

    async def _scanned(self, scanner: Scanner, path: Path) -> str:
        """Why it is refused, "" where nothing was found."""
        try:
            return Reason.INFECTED if await scanner.finds_harm(path) else ""
        except FileTooLongForScanner:
            if self._seldom.may_say("too long"):
                logger.warning("StreamMaxLength of clamd is below what members may send: set it as FILE_MAX_MB")
            return Reason.FAILED
