"""A whole export: what a member finds in it, in words and for programs, and what of others is not in it."""

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from django.conf import settings

from assistant.models import AssistantRun
from messaging.file_models import File
from messaging.models import Message
from messaging.personal.exports import making, messages, reading, sent_files, spool
from messaging.personal.exports.schema import export_schema
from messaging.wire.marks import Attachment, marks_of, stored_marks
from rooms.models import Member, MemberPreferences, Room, RoomsMade
from rooms.moderation_models import JoinRequest, MemberBlock, Objection, Sanction
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room
from tests.messaging.files.having import have_file
from tests.messaging.personal.exports.having import lay, made
from tests.messaging.store.doing import NOW, at, delete, done, edit, hide, react, say

pytestmark = pytest.mark.django_db


def attach(room: Room, file: File) -> None:
    """The first message of the room has it."""
    [first] = Message.objects.filter(room=room, seq=1)
    told = Attachment(file_id=file.pk, name=file.name, type=file.media_type, size=file.size)
    first.marks = stored_marks(msgspec.structs.replace(marks_of(first.marks), attachments=(told,)))
    first.save()


@pytest.fixture
def life(room: Room, alice: Member, bob: Member, charlie: Member, tmp_path: Path) -> Room:
    """Alice talked in the garden and to Bob alone, with all that may become of what one says."""
    say(room, "안녕하세요", "두 줄\n이에요", sender_id=ALICE)
    say(room, "Bob's secret", sender_id=BOB)
    say(room, "지울 말", "숨길 말", sender_id=ALICE, now=at(86_400))
    say(room, "@assistant 어떻게 할까요?", sender_id=ALICE, now=at(86_460))
    say(room, "산책해 보세요.", sender_id=None, reply_to=6, model="gemini-3", now=at(86_470))
    run = {
        "trigger_seq": 6,
        "answer_seq": 7,
        "model_served": "gemini-3-flash",
        "state": "done",
        "created_at": at(86_460),
    }
    AssistantRun.objects.create(run_id="a" * 32, room=room, asker=alice, **run)
    done(edit(room, 2, "세 줄\n이에요", by=ALICE), react(room, 1, by=BOB), now=at(60))
    done(delete(room, 4, by=ALICE), hide(room, 5, by=None), now=at(86_500))
    private = make_private_room(alice, bob)
    say(private, "둘만의 말", sender_id=ALICE, assisted=True)
    photo = have_file(room, ALICE, seq=1, name='노을: "바다"/길.jpg', key="ab" * 16)
    lay(tmp_path, photo.key, b"picture")
    attach(room, photo)
    have_file(room, ALICE, seq=1, name="사라진.pdf", media_type="application/pdf", state="gone")
    lay(tmp_path, have_file(room, BOB, seq=3, name="bob.jpg", key="cd" * 16).key, b"Bob's")
    MemberPreferences.objects.create(member=alice, previews_text=True)
    RoomsMade.objects.create(member=alice, day=NOW.date(), number=2)
    MemberBlock.objects.create(member=bob, blocked=alice, since=NOW)
    MemberBlock.objects.create(member=alice, blocked=charlie, since=NOW)
    mute = Sanction.objects.create(kind="mute", room=room, member=alice, reason="도배", since=NOW, imposed_by=bob)
    Objection.objects.create(sanction=mute, words="아니에요", made_at=NOW, answer="맞아요", decision="upheld")
    JoinRequest.objects.create(room=make_group_room("Quiet"), member=alice, words="들여보내 주세요", made_at=NOW)
    return room


def test_the_text_reads_room_by_room_and_day_by_day(life: Room, tmp_path: Path) -> None:
    whole = made(ALICE, tmp_path)
    head, _, said = whole.text.partition("■ 내가 쓴 글\n")
    assert head.startswith("내 데이터\n\nAlice 님(회원 번호 7)의 데이터예요. 2026-11-30 18:00에 만들었어요.\n")
    assert "- 종류: 채팅 금지 · 채팅방: Garden (" in head.partition("■ 나에게 내려진 제재\n")[2]
    assert "· 사유: 도배 ·" in head
    assert "아니에요" in head
    assert "■ 마지막으로 방을 만든 날의 방 수\n\n- 2026-11-22 · 2\n" in head
    garden, private = life.pk, Room.objects.get(is_group_chat=False).pk
    [photo] = whole.files
    assert (
        said
        == f"""

── Garden ({garden}번 방) ──

2026-11-22 (일요일)
[18:00] 안녕하세요
        파일: 노을: "바다"/길.jpg ({photo})
[18:00] (2026-11-22 18:01에 고침) 세 줄
        이에요
        고치기 전, 2026-11-22 18:00에 쓴 글: 두 줄
        이에요

2026-11-23 (월요일)
[18:00] (2026-11-23 18:01에 지움) 지울 말
[18:00] (2026-11-23 18:01에 가려짐) 숨길 말
[18:01] @assistant 어떻게 할까요?
[18:01] (AI 도우미의 답, gemini-3) 산책해 보세요.

── Alice-Bob ({private}번 방) ──

2026-11-22 (일요일)
[18:00] (AI가 도운 글) 둘만의 말
"""
    )


def test_it_is_written_in_the_members_language(life: Room, tmp_path: Path) -> None:
    text = made(ALICE, tmp_path, language="en").text
    assert "(AI, the assistant (gemini-3)) 산책해 보세요." in text
    assert "2026-11-23 (Monday)" in text


def test_the_json_is_as_its_schema_says(life: Room, tmp_path: Path) -> None:
    whole = made(ALICE, tmp_path)
    jsonschema.Draft202012Validator(export_schema()).validate(whole.told)
    assert whole.told["member"]["nickName"] == "Alice"
    assert [one["text"] for one in whole.told["messages"]] == [
        "안녕하세요",
        "세 줄\n이에요",
        "지울 말",
        "숨길 말",
        "@assistant 어떻게 할까요?",
        "둘만의 말",
    ]
    assert whole.told["messages"][0]["reactions"] == [{"key": "heart", "count": 1}]
    assert whole.told["messages"][2]["deletedBy"] == "author"
    assert [one.get("assisted", False) for one in whole.told["messages"]] == [False] * 5 + [True]
    [answer] = whole.told["assistantAnswers"]
    assert (answer["model"], answer["madeByAi"], answer["replyTo"]) == ("gemini-3", True, 6)
    assert whole.told["blocked"] == [{"memberId": CHARLIE, "since": "2026-11-22T09:00:00.000000Z"}]
    assert whole.told["preferences"] == [{"hidesPresence": False, "previewsText": True}]


def test_what_lies_in_the_docs_is_that_schema() -> None:
    kept = (settings.BASE_DIR / "docs" / "export.schema.json").read_text()
    assert json.loads(kept) == json.loads(json.dumps(export_schema())), "make contracts"


def test_nothing_of_others_is_in_it(life: Room, tmp_path: Path) -> None:
    whole = made(ALICE, tmp_path)
    everything = json.dumps(whole.told, ensure_ascii=False) + whole.text
    assert "secret" not in everything
    assert "bob.jpg" not in everything
    assert list(whole.files.values()) == [b"picture"]
    bobs = made(BOB, tmp_path)
    assert [one["text"] for one in bobs.told["messages"]] == ["Bob's secret"]
    assert "안녕하세요" not in bobs.text
    strangers = made(CHARLIE, tmp_path)
    assert (strangers.told["messages"], strangers.told["blocked"], strangers.files) == ([], [], {})


def test_what_comes_in_many_steps_is_whole(life: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = made(ALICE, tmp_path)
    for module in (reading, messages, sent_files):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(spool, "LINES_AT_ONCE", 1)
    monkeypatch.setattr(making, "COPIED_AT_ONCE", 3)
    bit_by_bit = made(ALICE, tmp_path)
    assert (bit_by_bit.told, bit_by_bit.text, bit_by_bit.files) == (at_once.told, at_once.text, at_once.files)


def test_where_all_files_are_too_much_the_newest_are_in_it(
    life: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = have_file(life, ALICE, seq=2, name="새것.jpg", key="ef" * 16, created_at=at(60))
    lay(tmp_path, newer.key, b"newer")
    monkeypatch.setattr(making, "FILES_MOST", 1)
    whole = made(ALICE, tmp_path)
    assert list(whole.files.values()) == [b"newer"]
    assert [bool(one["path"]) for one in whole.told["files"]] == [False, False, True]
    assert "사라진.pdf (이 내보내기에 없음)" in whole.text


def test_a_file_that_ended_meanwhile_is_told_as_missing(life: Room, tmp_path: Path) -> None:
    (tmp_path / "kept").rename(tmp_path / "elsewhere")
    whole = made(ALICE, tmp_path)
    assert (whole.files, [one["path"] for one in whole.told["files"]]) == ({}, [None, None])
