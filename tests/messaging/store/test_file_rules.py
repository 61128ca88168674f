"""What becomes of a message's files and its preview, by the rules alone."""

from datetime import UTC, datetime

import pytest

from chatproject.errors import InvalidInput
from messaging.store.file_rules import as_rows_say, of_another_text, pictures_of, require_something
from messaging.store.file_statements import FileRow
from messaging.wire.marks import NO_MARKS, Attachment, LinkPreview, Marks

CAT = FileRow(
    *(5, 1, 4, 7, False, False, "cat.jpg", "image/jpeg", 90, 1280, 960, "", "ready", "", True),
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
    expires_at=datetime(2027, 11, 22, tzinfo=UTC),
)
CHECKED = Marks(attachments=(Attachment(file_id=5, name="cat.jpg", type="image/jpeg", size=99, state="checking"),))
PAGE = LinkPreview(url="https://example.com/a", title="A", file_id=6, width=320, height=200)


def test_a_message_says_of_its_files_what_their_rows_say() -> None:
    [ready] = as_rows_say(CHECKED, {5: CAT}).attachments
    assert (ready.state, ready.size, ready.width, ready.name) == ("ready", 90, 1280, "cat.jpg")
    [refused] = as_rows_say(CHECKED, {5: CAT._replace(state="refused", reason="damaged")}).attachments
    assert (refused.state, refused.reason) == ("refused", "damaged")
    [gone] = as_rows_say(CHECKED, {}).attachments
    assert (gone.state, gone.name) == ("gone", "cat.jpg")


def test_a_file_that_no_message_names_is_not_shown() -> None:
    assert as_rows_say(NO_MARKS, {5: CAT}) == NO_MARKS
    [only] = as_rows_say(CHECKED, {5: CAT, 6: CAT._replace(file_id=6)}).attachments
    assert only.file_id == 5


@pytest.mark.parametrize(("state", "shown"), [("ready", 6), ("gone", None), (None, None)])
def test_a_preview_whose_picture_is_gone_is_shown_without(state: str | None, shown: int | None) -> None:
    rows = {6: CAT._replace(file_id=6, is_preview=True, state=state)} if state else {}
    preview = as_rows_say(Marks(preview=PAGE), rows).preview
    assert preview is not None
    assert (preview.title, preview.file_id) == ("A", shown)


def test_a_preview_goes_with_its_address() -> None:
    assert of_another_text(Marks(preview=PAGE), "look: https://example.com/a!").preview == PAGE
    assert of_another_text(Marks(preview=PAGE), "look").preview is None
    assert list(pictures_of(PAGE, None, LinkPreview(url="b", title="B"))) == [6]


def test_only_a_message_with_files_has_no_text() -> None:
    require_something("", CHECKED)
    require_something("a", NO_MARKS)
    with pytest.raises(InvalidInput):
        require_something("", NO_MARKS)
