"""What of a message is looked through: its text, and the names of its files. Pure."""

from messaging.wire.marks import marks_of

HAS_FILES = '"attachments":['  # in stored marks; nothing else in them can hold it, for quotes are escaped


def searched(contents: str, marks: str | None) -> str:
    """`marks` as they are stored."""
    if marks is None or HAS_FILES not in marks:
        return contents
    return "\n".join([contents, *(one.name for one in marks_of(marks).attachments)])
