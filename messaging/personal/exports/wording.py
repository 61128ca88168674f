"""The text of an export, for reading: its lines, in the language that is active. Pure, but for models' labels."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from messaging.personal.exports.messages import AssistantAnswer, OwnMessage
from messaging.personal.exports.reading import Row, field_of
from messaging.personal.exports.table import Table

Names = Mapping[int, str]  # of rooms, by number
Paths = Mapping[int, str]  # of files in the archive, by number

INDENT = "        "


def beginning(*, nickname: str, member_id: int, made_at: datetime) -> str:
    lines = (
        _("My data"),
        "",
        _("Of %(name)s, member number %(number)d; made on %(when)s.")
        % {"name": nickname, "number": member_id, "when": when(made_at)},
        _(
            "This text is for reading; export.json has the same, and some numbers more, for programs. Files that"
            " I sent are in the folder “files”. What others said is not in it, but for the assistant's answers to"
            " me."
        ),
        _("Times are those of %(zone)s.") % {"zone": timezone.get_current_timezone_name()},
    )
    return "\n".join(lines) + "\n"


def section(title: Any) -> str:
    return f"\n\n■ {title}\n\n"


def said_title() -> str:
    return _("What I said, room by room")


def files_title() -> str:
    return _("Files I sent")


def room_head(room_id: int, names: Names) -> str:
    return f"\n── {room_named(room_id, names)} ──\n"


def room_named(room_id: int, names: Names) -> str:
    numbered = _("room %(number)d") % {"number": room_id}
    return f"{names[room_id]} ({numbered})" if names.get(room_id) else numbered


def day_head(day: str) -> str:
    """ "2026-11-29 (일요일)"."""
    return f"\n{formats.date_format(date.fromisoformat(day), 'Y-m-d (l)')}\n"


def when(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def row_line(table: Table, row: Row, names: Names) -> str:
    """What has a label for people, and a value; the rest is for programs. Where nothing has one, the values."""
    fields = {column: field_of(table, column) for column in table.columns if row[column] not in (None, "")}
    labels = {column: f"{one.verbose_name}: " for column, one in fields.items() if _is_label(one.verbose_name)}
    labels = labels or dict.fromkeys(fields, "")
    said = [f"{label}{_shown(column, fields[column], row[column], names)}" for column, label in labels.items()]
    return f"- {' · '.join(said)}\n"


def _is_label(verbose_name: Any) -> bool:
    """Else Django made it of the column's name."""
    return isinstance(verbose_name, Promise)


def _shown(column: str, field: Any, value: Any, names: Names) -> str:
    if column.endswith("room_id"):
        return room_named(value, names)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return when(value)
    return _indented(str(dict(field.flatchoices).get(value, value)))


def message_line(message: OwnMessage, paths: Paths) -> str:
    about = [
        _("reply to message %(number)d") % {"number": message.reply_to} if message.reply_to else "",
        _("written with the help of AI") if message.assisted else "",
        _dated(_("edited on %(when)s"), message.edited_at),
        _dated(_("hidden on %(when)s"), message.hidden_at),
        _dated(_deleted_by(message), message.deleted_at),
    ]
    below = [_("Before, written at %(when)s: %(text)s") % _earlier(one) for one in message.earlier_texts]
    below += [_file_words(one.name, paths.get(one.file_id)) for one in message.attachments]
    return _said(message.sent_at, message.text, about=about, below=below)


def answer_line(answer: AssistantAnswer) -> str:
    by = _("AI, the assistant (%(model)s)") % {"model": answer.model} if answer.model else _("AI, the assistant")
    about = [by, _dated(_("deleted on %(when)s"), answer.deleted_at)]
    return _said(answer.sent_at, answer.text, about=about, below=())


def file_line(name: str, sent: str, path: str) -> str:
    return f"- {when(datetime.fromisoformat(sent))} · {_file_words(name, path or None)}\n"


def _said(sent_at: str, text: str, *, about: Iterable[str], below: Iterable[str]) -> str:
    marks = "".join(f"({one}) " for one in about if one)
    lines = [f"[{_clock(sent_at)}] {marks}{_indented(text)}", *(f"{INDENT}{_indented(one)}" for one in below)]
    return "\n".join(lines) + "\n"


def _earlier(earlier: Any) -> dict[str, str]:
    return {"when": when(datetime.fromisoformat(earlier.written_at)), "text": earlier.text}


def _file_words(name: str, path: str | None) -> str:
    where = path or _("not in this export")
    return _("File: %(name)s (%(where)s)") % {"name": name, "where": where}


def _deleted_by(message: OwnMessage) -> str:
    if message.deleted_by == "moderator":
        return _("deleted by a moderator on %(when)s")
    return _("deleted on %(when)s")


def _dated(what: str, moment: str | None) -> str:
    return what % {"when": when(datetime.fromisoformat(moment))} if moment else ""


def _clock(moment: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(moment)):%H:%M}"


def _indented(text: str) -> str:
    """No line of what somebody wrote begins where a line of ours would."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", f"\n{INDENT}")
