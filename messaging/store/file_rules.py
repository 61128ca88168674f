"""What the files of a message, and the preview of a page, make of its marks. Pure."""

from collections.abc import Iterator, Mapping

from msgspec import structs

from chatproject.errors import InvalidInput, MessageDeleted
from messaging.store.acts import PreviewAct, Target
from messaging.store.file_statements import FileRow, attachment_of
from messaging.wire.content import NOTHING_VISIBLE
from messaging.wire.marks import Attachment, LinkPreview, Marks


def require_something(contents: str, marks: Marks) -> None:
    """Raises InvalidInput where a message would have neither text nor files."""
    if not contents and not marks.attachments:
        raise InvalidInput(NOTHING_VISIBLE)


def as_rows_say(marks: Marks, rows: Mapping[int, FileRow]) -> Marks:
    """The marks with their files as they are; one that has no row any more is gone."""
    if not marks.attachments and marks.preview is None:
        return marks
    attachments = tuple(_now(one, rows.get(one.file_id)) for one in marks.attachments)
    return structs.replace(marks, attachments=attachments, preview=_with_its_picture(marks.preview, rows))


def _now(attachment: Attachment, row: FileRow | None) -> Attachment:
    return structs.replace(attachment, state="gone") if row is None else attachment_of(row)


def _with_its_picture(preview: LinkPreview | None, rows: Mapping[int, FileRow]) -> LinkPreview | None:
    if preview is None or preview.file_id is None:
        return preview
    row = rows.get(preview.file_id)
    is_there = row is not None and row.state == "ready"
    return preview if is_there else structs.replace(preview, file_id=None, width=None, height=None)


def show_preview(act: PreviewAct, target: Target) -> None:
    """Nothing changes where the text does not hold that address any more. Raises MessageDeleted."""
    if target.row.deleted_at is not None:
        raise MessageDeleted
    if act.preview is None or act.preview.url in target.row.contents:
        target.marks = structs.replace(target.marks, preview=act.preview)


def of_another_text(marks: Marks, contents: str) -> Marks:
    """The marks after an edit: a preview goes with its address."""
    if marks.preview is None or marks.preview.url in contents:
        return marks
    return structs.replace(marks, preview=None)


def pictures_of(*previews: LinkPreview | None) -> Iterator[int]:
    """The files of their pictures."""
    for preview in previews:
        if preview is not None and preview.file_id is not None:
            yield preview.file_id
