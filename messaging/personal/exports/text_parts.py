"""The text of an export from its beginning to its end, some lines at a time: the spool's, under their heads."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from messaging.personal.exports import wording
from messaging.personal.exports.spool import Line, Spool
from messaging.personal.exports.tables import TABLES

SAID = len(TABLES)  # the part of the text with messages; those before are the tables'
_UTF8 = "\ufeff"  # by that Windows knows how it is written


class Order(NamedTuple):
    """What is made."""

    member_id: int
    language: str
    made_at: datetime


def text_parts(spool: Spool, names: wording.Names, order: Order, *, nickname: str) -> Iterator[str]:
    """Each part is asked for while the order's language is active."""
    yield _UTF8 + wording.beginning(nickname=nickname, member_id=order.member_id, made_at=order.made_at)
    for part, table in enumerate(TABLES):
        head = wording.section(table.title)
        for lines in spool.lines(part):
            yield head + "".join(line.text for line in lines)
            head = ""
    head = wording.section(wording.files_title())
    for files in spool.files():
        told = [(msgspec.json.decode(file.item), file.path) for file in files]
        yield head + "".join(wording.file_line(item["name"], item["sentAt"], path) for item, path in told)
        head = ""
    yield wording.section(wording.said_title())
    heads = _Heads(names)
    for lines in spool.lines(SAID):
        yield "".join(heads.before(line) + line.text for line in lines)


class _Heads:
    """The room's and the day's, where another one begins."""

    def __init__(self, names: wording.Names) -> None:
        self._names = names
        self._room, self._day = 0, ""

    def before(self, line: Line) -> str:
        head = ""
        if line.room != self._room:
            self._room, self._day = line.room, ""
            head = wording.room_head(line.room, self._names)
        if line.day != self._day:
            self._day = line.day
            head += wording.day_head(line.day)
        return head
