"""What stands for files where only words do, in the site's language."""

import json

import pytest
from django.utils import translation

from messaging.wire.file_words import for_v1, in_words, words_of
from messaging.wire.marks import Attachment
from messaging.wire.protocol import MessageObject
from tests.messaging import frames


def files(*types: str) -> list[Attachment]:
    return [
        Attachment(file_id=number, name="비밀.x", type=one, size=1) for number, one in enumerate(types, start=1)
    ]


@pytest.mark.parametrize(
    ("types", "words"),
    [
        ([], ""),
        (["image/png"], "(사진)"),
        (["image/png", "image/heic"], "(사진 2장)"),
        (["application/pdf"], "(파일)"),
        (["text/plain", "image/png", "application/zip"], "(사진)(파일 2개)"),
    ],
)
def test_files_are_told_by_what_they_are_and_never_by_name(types: list[str], words: str) -> None:
    with translation.override("en"):  # whoever asks
        assert words_of(files(*types)) == words


def test_a_text_stands_for_itself() -> None:
    assert in_words("look", files("image/png")) == "look"
    assert in_words("", files("image/png")) == "(사진)"


def test_a_v1_client_reads_no_empty_message() -> None:
    frame = frames.read("server", "chat-attachments")["frame"]
    heard = json.loads(for_v1(frames.wire(frame)))
    assert heard == {**frame, "message": "(사진)(파일)"}
    assert MessageObject.__struct_fields__[-2:] == ("attachments", "preview")
    page = {**frame, "preview": {"url": "https://example.com", "title": "A"}}
    assert json.loads(for_v1(frames.wire(page)))["message"] == "(사진)(파일)"
    for said in ("look", '","message":"","attachments":['):
        written = frames.wire({**frame, "message": said})
        assert for_v1(written) == written
    deleted = frames.wire(frames.read("server", "changed-deleted")["frame"])
    assert for_v1(deleted) == deleted
