"""What of a message is looked through."""

from messaging.search.said import HAS_FILES, searched
from messaging.wire.marks import Attachment, Marks, stored_marks


def test_the_names_of_files_are_looked_through_behind_the_text() -> None:
    files = tuple(Attachment(file_id=one, name=f"{one}.log", type="text/plain", size=1) for one in (5, 6))
    assert searched("보세요", stored_marks(Marks(attachments=files))) == "보세요\n5.log\n6.log"
    assert searched("보세요", None) == searched("보세요", stored_marks(Marks(mentions=(3,)))) == "보세요"


def test_no_name_looks_like_files() -> None:
    marks = stored_marks(Marks(attachments=(Attachment(file_id=5, name=HAS_FILES, type=HAS_FILES, size=1),)))
    assert marks is not None
    assert marks.count(HAS_FILES) == 1
