"""The constraint that makes an answer unique, kept by the database itself."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from assistant.models import AssistantRun
from rooms.models import Room
from tests.factories import ALICE, BOB


def test_the_database_keeps_one_run_for_a_message(room: Room) -> None:
    now = datetime.now(UTC)
    run = AssistantRun.objects.create(run_id="a", room=room, asker_id=ALICE, trigger_seq=1, created_at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        AssistantRun.objects.create(run_id="b", room=room, asker_id=BOB, trigger_seq=1, created_at=now)
    assert run.state == AssistantRun.State.QUEUED
    assert str(run) == f"{room.room_id}/1"


def test_the_runs_of_a_room_go_with_it(room: Room) -> None:
    AssistantRun.objects.create(run_id="a", room=room, asker_id=ALICE, trigger_seq=1, created_at=datetime.now(UTC))
    room.delete()

    assert not AssistantRun.objects.exists()
