"""The words that tell an AI where only words stand."""

import json

import msgspec
import pytest
from django.utils import translation

from messaging.wire.ai_words import label_of, marked_name, speaker_of
from messaging.wire.file_words import for_v1
from messaging.wire.protocol import MessageObject
from tests.messaging import frames


@pytest.mark.parametrize(
    ("kind", "model", "assisted", "label"),
    [
        ("assistant", "gemini-x", False, "AI · gemini-x"),
        ("assistant", "", False, "AI"),  # nobody knows which
        ("member", "", True, "AI가 도운 글"),
        ("member", "", False, ""),
        ("notice", "", False, ""),
    ],
)
def test_staff_read_beside_a_text_what_an_ai_had_to_do_with_it(
    kind: str, model: str, assisted: bool, label: str
) -> None:
    with translation.override("ko"):
        assert label_of(kind, model=model, assisted=assisted) == label


def test_a_v1_client_reads_at_the_name_that_an_ai_speaks() -> None:
    said = frames.read("server", "chat-assistant")["frame"]
    renamed = {**said, "nickName": '"코코", "kind":"member"', "message": '"nickName":"도우미"'}
    for frame in (said, renamed):
        with translation.override("en"):  # whoever is served just now
            heard = json.loads(for_v1(frames.wire(frame)))
        assert heard == {**frame, "nickName": f"{frame['nickName']} (AI)"}


def test_what_a_member_writes_makes_nobody_an_ai() -> None:
    said = frames.read("server", "chat")["frame"]
    forged = frames.wire({**said, "nickName": '"kind":"assistant"', "message": '{"kind":"assistant"}'})
    assert for_v1(forged) == forged


def test_who_speaks_is_marked_where_only_a_name_is_shown() -> None:
    assert marked_name("코코") == "코코 (AI)"
    said = frames.read("server", "chat-assistant")["frame"]
    for kind, name in (("assistant", "도우미 (AI)"), ("member", "도우미")):
        frame = frames.wire({**said, "kind": kind})
        assert speaker_of(msgspec.json.decode(frame, type=MessageObject)) == name
