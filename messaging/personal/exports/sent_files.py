"""The files that a member sent, the newest first, some at a time: what is told of each, and what it is called."""

from datetime import datetime
from typing import Any, NamedTuple

from messaging.file_models import File
from messaging.files.downloads.presenting import saved_name
from messaging.personal.exports.reading import ROWS_AT_ONCE
from messaging.wire.times import wire_time

NAME_MAX_BYTES = 200  # of UTF-8: file systems have 255, and the number stands before it
_NOWHERE_GOOD = str.maketrans(dict.fromkeys('<>:"|?*', "_"))  # in names of files on Windows


class FileRow(NamedTuple):
    """By the names that the ORM has for it."""

    pk: int
    room_id: int
    seq: int | None
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    alt: str
    state: str
    reason: str
    key: str
    created_at: datetime

    @property
    def is_there(self) -> bool:
        return self.state == File.State.READY

    @property
    def path(self) -> str:
        """In the archive: each has its own, whatever it is called."""
        name = saved_name(self.name, self.media_type).translate(_NOWHERE_GOOD)
        stem, dot, end = name.rpartition(".")
        stem, end = (stem, f".{end}") if dot and len(end) <= 10 else (name, "")
        short = stem.encode()[: NAME_MAX_BYTES - len(end)].decode(errors="ignore")
        return f"files/{self.pk}-{short}{end}"

    def item(self, path: str) -> dict[str, Any]:
        """`path` "": its bytes are not in the archive."""
        return {
            "fileId": self.pk,
            "roomId": self.room_id,
            "seq": self.seq,
            "name": self.name,
            "type": self.media_type,
            "size": self.size,
            "width": self.width,
            "height": self.height,
            "alt": self.alt,
            "state": self.state,
            "reason": self.reason,
            "sentAt": wire_time(self.created_at),
            "path": path or None,
        }


class FilePage(NamedTuple):
    files: list[FileRow]
    before: tuple[datetime, int] | None


def read_files(*, member_id: int, before: tuple[datetime, int] | None = None) -> FilePage:
    """The next older ones. Pictures of links are not the member's."""
    theirs = File.objects.filter(uploader_id=member_id, is_preview=False)
    if before is not None:
        moment, number = before
        theirs = theirs.filter(created_at__lte=moment).exclude(created_at=moment, pk__gte=number)
    some = theirs.order_by("-created_at", "-pk").values_list(*FileRow._fields)[:ROWS_AT_ONCE]
    rows = [FileRow(*row) for row in some]
    return FilePage(rows, (rows[-1].created_at, rows[-1].pk) if len(rows) == ROWS_AT_ONCE else None)
