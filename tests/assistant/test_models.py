"""What the database keeps by itself: one answer for an attempt, one line of use for a day."""

from datetime import UTC, date, datetime
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from assistant.models import AssistantRun, Budget, Consent, RoomSettings, Scope, Switch, Usage
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.store.doing import delete, done, react, read, say


def test_the_database_keeps_one_run_for_an_attempt_at_a_message(room: Room) -> None:
    now = datetime.now(UTC)
    run = AssistantRun.objects.create(run_id="a", room=room, asker_id=ALICE, trigger_seq=1, created_at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        AssistantRun.objects.create(run_id="b", room=room, asker_id=BOB, trigger_seq=1, created_at=now)
    AssistantRun.objects.create(run_id="c", room=room, asker_id=BOB, trigger_seq=1, attempt=2, created_at=now)
    assert run.state == AssistantRun.State.QUEUED
    assert str(run) == f"채팅방 {room.room_id}의 1번째 메시지에 대한 답"


def test_the_runs_of_a_room_go_with_it(room: Room) -> None:
    AssistantRun.objects.create(run_id="a", room=room, asker_id=ALICE, trigger_seq=1, created_at=datetime.now(UTC))
    room.delete()

    assert not AssistantRun.objects.exists()


def test_the_database_keeps_one_line_of_use_for_a_day(db: None) -> None:
    use = Usage.objects.create(scope=Scope.MEMBER, subject_id=ALICE, day=date(2026, 11, 22))

    with pytest.raises(IntegrityError), transaction.atomic():
        Usage.objects.create(scope=Scope.MEMBER, subject_id=ALICE, day=use.day)
    Usage.objects.create(scope=Scope.ROOM, subject_id=ALICE, day=use.day)
    assert str(use) == "member 7 2026-11-22"


def test_settings_go_with_their_room_and_consent_with_its_member(room: Room) -> None:
    charlie = Member.objects.get(member_id=CHARLIE)
    settings, consent = RoomSettings.objects.create(room=room), Consent.objects.create(member=charlie)
    assert (settings.mode, settings.is_stopped, consent.readable) == ("on_call", False, True)
    assert (str(settings), str(consent)) == ("점심", str(CHARLIE))
    room.delete()
    charlie.delete()

    assert not RoomSettings.objects.exists()
    assert not Consent.objects.exists()


def test_budgets_and_the_switch_have_names_for_people() -> None:
    assert (str(Budget(scope=Scope.EVERYWHERE)), str(Switch())) == ("전체", "스위치")


def test_answers_of_before_are_given_their_models(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    naming = import_module("assistant.migrations.0009_models_of_answers")
    monkeypatch.setattr(naming, "RUNS_AT_ONCE", 2)
    said = [say(room, f"answer {number}", sender_id=None)[0].message.seq for number in range(5)]
    say(room, "a member's", sender_id=ALICE)
    done(react(room, 2, by=ALICE), delete(room, 3, by=ALICE, is_admin=True))
    for seq in (*said, 6):
        served = "" if seq == 4 else f"served-{seq}"
        AssistantRun.objects.create(
            run_id=f"{seq:032x}",
            room=room,
            trigger_seq=seq,
            created_at=datetime.now(UTC),
            answer_seq=None if seq == 5 else seq,
            model_asked="asked",
            model_served=served,
        )
    for _again in range(2):
        naming.name_models(apps, SimpleNamespace(connection=connection))
    told = [read(room, seq) for seq in (*said, 6)]
    assert [one.model for one in told] == ["served-1", "served-2", "served-3", "asked", "", ""]
    assert (told[1].reactions[0].member_ids, told[2].deleted_by) == ((ALICE,), "moderator")
