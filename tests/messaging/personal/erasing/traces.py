"""Somebody who used every capability, and said one word everywhere; and everybody else, who said another."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from assistant.models import AssistantRun, Consent, Scope, Usage
from chatproject.outgoing.models import OutgoingEvent
from chatproject.server_api.models import IdempotentCall, ServerKey
from messaging.care_models import Concern
from messaging.file_models import File, FilesAnnounced
from messaging.files.storage.naming import export_name, names_of
from messaging.filter_models import FilterRule
from messaging.models import EarlierText, Keyword, Mention, Message
from messaging.moderation_models import HeldMessage
from messaging.personal_models import Export
from messaging.push_models import PushSubscription
from messaging.report_models import SlowedReporter
from messaging.search.index import index_newer, progress
from messaging.search.signatures import CHUNK_MESSAGES
from messaging.store.services import Draft
from rooms.deleted_models import DeletedPlace, DeletedRoom
from rooms.invite_models import Invite
from rooms.models import Member, MemberAge, MemberPreferences, Participant, Room, RoomsMade
from rooms.moderation_models import JoinRequest, MemberBlock, Objection, Sanction
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room
from tests.messaging.files.having import have_file
from tests.messaging.moderation.reported import report
from tests.messaging.store.doing import NOW, at, done, edit, hide, pin, react, role, say

WORD = "무지개떡"  # whatever Bob wrote has it in it
NAME = "밥돌이네"  # what he is called
OTHERS = "모두의말"  # what others said, and is to stay
DAY = timedelta(days=1)


def leave_traces(room: Room, folder: Path) -> Room:
    """Bob's traces in the room, beside Alice; returns their private room."""
    alice, bob, charlie = (Member.objects.get(pk=one) for one in (ALICE, BOB, CHARLIE))
    Member.objects.filter(pk=BOB).update(nickname=NAME)
    bob.refresh_from_db()
    role(room, owner=ALICE, manager=BOB)
    private = make_private_room(alice, bob)
    _say(room, private)
    _send(room, folder)
    _take_along(folder)
    _keep_rooms(room, bob, alice, charlie)
    _be_kept(room, bob, alice)
    _choose(room, bob, alice)
    _be_on_record(room, bob)
    return private


def _say(room: Room, private: Room) -> None:
    progress()  # from here on what is said is indexed
    Message.objects.filter(room=room).delete()
    say(room, f"{OTHERS} 하나", sender_id=ALICE, mentions=(BOB,))  # seq 1
    say(room, f"{WORD} 둘", f"처음 {WORD}", f"지워질 {WORD}", f"가려질 {WORD}", sender_id=BOB)  # 2 to 5
    done(edit(room, 3, f"고친 {WORD}", by=BOB), now=at(20))
    done(*_deleted(room, 4), hide(room, 5, by=ALICE, reason="광고"), now=at(30))
    done(Draft(room.pk, ALICE, f"{OTHERS} 답장", "a" * 32, reply_to=2), now=at(31))  # 6
    done(react(room, 6, by=BOB), react(room, 2, by=ALICE), react(room, 6, "thumb", by=ALICE), now=at(40))
    done(pin(room, 2, by=ALICE), now=at(41))
    done(Draft(room.pk, None, f"{WORD}에 대한 답", "b" * 32, kind="assistant", reply_to=2), now=at(42))  # 7
    AssistantRun.objects.create(
        run_id="b" * 32,
        room=room,
        asker_id=BOB,
        trigger_seq=2,
        state=AssistantRun.State.DONE,
        answer_seq=7,
        created_at=NOW,
    )
    say(private, f"둘만의 {WORD}", sender_id=BOB, now=at(43))
    say(private, f"{OTHERS} 둘만", sender_id=ALICE, now=at(44))


def _deleted(room: Room, seq: int) -> list[Any]:
    from tests.messaging.store.doing import delete

    return [delete(room, seq, by=BOB)]


def fill_a_chunk() -> None:
    """So many messages of others that the search has a signature of Bob's too."""
    newest = Message.objects.order_by("-pk").first()
    assert newest is not None
    room = make_group_room("Crowd", Member.objects.get(pk=ALICE))
    Message.objects.bulk_create(
        Message(
            message_id=newest.pk + number,
            room=room,
            seq=number,
            version=number,
            sender_id=ALICE,
            contents=OTHERS,
            created_at=NOW,
            updated_at=NOW,
        )
        for number in range(1, CHUNK_MESSAGES + 2)
    )
    while index_newer(now=timezone.now()):
        pass


def _send(room: Room, folder: Path) -> None:
    sent = [
        have_file(room, BOB, seq=2, name=f"{WORD}.jpg", alt=WORD),
        have_file(room, BOB, name=f"{WORD}-안보냄.jpg"),
        have_file(room, BOB, name=f"{WORD}-기다림.jpg", is_held=True),
    ]
    for file in sent:
        for name in names_of(file.key):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(WORD)
    Message.objects.filter(room=room, seq=2).update(
        marks=json.dumps({"attachments": [{"fileId": sent[0].pk, "name": f"{WORD}.jpg", "type": "x", "size": 1}]})
    )
    FilesAnnounced.objects.create(member_id=BOB, day=NOW.date(), size=5)


def _take_along(folder: Path) -> None:
    """An export that can be had."""
    key, dates = "ef" * 16, {"asked_at": NOW, "ready_at": NOW, "expires_at": timezone.now() + DAY}
    Export.objects.create(member_id=BOB, asked_by_kind="member", asked_by_id=BOB, state="ready", key=key, **dates)
    path = folder / export_name(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(WORD)


def _keep_rooms(room: Room, bob: Member, alice: Member, charlie: Member) -> None:
    """What he did as a manager."""
    Sanction.objects.create(
        kind="mute", room=room, member=charlie, imposed_by=bob, lifted_by=bob, reason="도배", since=NOW
    )
    FilterRule.objects.create(room=room, pattern="광고", made_by=bob, made_at=NOW)
    JoinRequest.objects.create(room=room, member=charlie, made_at=NOW, admitted=False, decided_by=bob)
    Invite.objects.create(room=room, made_by=bob, digest="c" * 64, made_at=NOW, expires_at=NOW + DAY)
    HeldMessage.objects.create(
        room=room,
        sender=charlie,
        contents="기다린 말",
        client_id="d" * 32,
        why="flood",
        held_at=NOW,
        decided_by=bob,
    )
    done(pin(room, 6, by=BOB), pin(room, 6, by=BOB, on=False), pin(room, 2, by=ALICE), now=at(50))
    case = report(room, by=ALICE).case
    case.claimed_by = case.decided_by = BOB
    case.save()
    Concern.objects.create(room_id=room.pk, member_id=CHARLIE, source="words", raised_at=NOW, seen_by=BOB)


def _be_kept(room: Room, bob: Member, alice: Member) -> None:
    """What others did to him, and what he said to it."""
    sanction = Sanction.objects.create(kind="mute", room=room, member=bob, reason="욕설", since=NOW)
    Objection.objects.create(sanction=sanction, words=f"억울한 {WORD}", answer=f"{WORD}라고 하셨지만", made_at=NOW)
    JoinRequest.objects.create(room=room, member=bob, words=f"들여보내줘 {WORD}", made_at=NOW)
    HeldMessage.objects.create(
        room=room,
        sender=bob,
        contents=f"멈춘 {WORD}",
        client_id="e" * 32,
        matched=WORD,
        files=json.dumps([{"fileId": 1, "name": WORD, "type": "x", "size": 1}]),
        why="filter",
        held_at=NOW,
    )
    report(room, by=ALICE, seq=2)  # with his words around it
    report(room, by=ALICE, seq=7)  # with what the assistant answered him
    report(room, by=ALICE, member_id=BOB)
    report(room, by=BOB, seq=6, words=f"신고하는 {WORD}")
    Concern.objects.create(room_id=room.pk, member_id=BOB, source="words", raised_at=NOW, note=f"{NAME} 걱정")
    SlowedReporter.objects.create(member=bob, reason="많이 신고", since=NOW, until=NOW + DAY)


def _choose(room: Room, bob: Member, alice: Member) -> None:
    Keyword.objects.create(member=bob, word=WORD)
    MemberPreferences.objects.create(member=bob, hides_presence=True)
    MemberAge.objects.create(member=bob, is_under14=True, said_at=NOW)
    RoomsMade.objects.create(member=bob, day=NOW.date(), number=1)
    MemberBlock.objects.create(member=bob, blocked=alice, since=NOW)
    MemberBlock.objects.create(member=alice, blocked=bob, since=NOW)
    Consent.objects.create(member=bob, readable=False)
    PushSubscription.objects.create(
        member=bob,
        endpoint=f"https://push.example/{WORD}",
        endpoint_digest="f" * 64,
        p256dh="x",
        auth="y",
        language="ko",
        seen_at=NOW,
    )
    Room.objects.filter(pk=room.pk).update(creator=bob)


def _be_on_record(room: Room, bob: Member) -> None:
    Usage.objects.create(scope=Scope.MEMBER, subject_id=BOB, day=NOW.date(), calls=1)
    Usage.objects.create(scope=Scope.ROOM, subject_id=BOB, day=NOW.date(), calls=1)  # a room of that number
    gone = DeletedRoom.objects.create(room_id=9_999, name="옛 방", deleted_at=NOW)
    DeletedPlace.objects.create(room=gone, member=bob)
    OutgoingEvent.objects.create(endpoint_id=1, kind="message", room_id=room.pk, seq=2, created_at=NOW)
    key = ServerKey.objects.create(name="main", prefix="p", digest="g" * 64)
    answer = {"members": [{"memberId": BOB, "nickName": NAME}, {"memberId": ALICE, "nickName": OTHERS}]}
    IdempotentCall.objects.create(
        key=key, digest="h", fingerprint="i", runner="", begun_at=NOW, status=200, answer=json.dumps(answer)
    )
    staff = get_user_model().objects.create(username="staff")
    kinds = ((Member, BOB, NAME), (File, File.objects.filter(uploader=bob)[0].pk, f"{WORD}.jpg"))
    for model, number, words in kinds:
        LogEntry.objects.create(
            user_id=staff.pk,
            content_type=ContentType.objects.get_for_model(model),
            object_id=str(number),
            object_repr=words,
            action_flag=CHANGE,
        )


def had_everything() -> None:
    """What the test is about was there."""
    assert EarlierText.objects.exists()
    assert Export.objects.exists()
    assert Mention.objects.filter(member_id=BOB).exists()
    assert Participant.objects.filter(member_id=BOB).count() == 2
