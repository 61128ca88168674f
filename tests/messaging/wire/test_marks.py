"""What a message carries beside its text."""

import pytest

from messaging.wire.marks import (
    NO_MARKS,
    Attachment,
    LinkPreview,
    Marks,
    Reaction,
    attachments_of,
    marks_of,
    stored_attachments,
    stored_marks,
)

FILE = Attachment(file_id=5, name="고양이.jpg", type="image/jpeg", size=9, state="checking")


def test_a_plain_message_stores_nothing() -> None:
    assert stored_marks(Marks()) is None
    assert marks_of(None) is NO_MARKS


@pytest.mark.parametrize(
    "marks",
    [
        Marks(reactions=(Reaction(key="heart", count=2, member_ids=(3, 7)),)),
        Marks(mentions=(3, 7), everyone=True),
        Marks(pinned_at="2026-11-22T09:03:00.000000Z"),
        Marks(deleted_by="author"),
        Marks(attachments=(FILE,), preview=LinkPreview(url="https://example.com", title="예")),
    ],
)
def test_what_is_stored_comes_back(marks: Marks) -> None:
    assert marks_of(stored_marks(marks)) == marks


def test_it_is_stored_with_the_keys_of_the_wire() -> None:
    marks = Marks(reactions=(Reaction(key="heart", count=1, member_ids=(7,)),), deleted_by="moderator")
    assert stored_marks(marks) == (
        '{"reactions":[{"key":"heart","count":1,"memberIds":[7]}],"deletedBy":"moderator"}'
    )


def test_attachments_alone_come_back_too() -> None:
    assert stored_attachments(()) == ""
    assert attachments_of("") == ()
    assert attachments_of(stored_attachments([FILE])) == (FILE,)
