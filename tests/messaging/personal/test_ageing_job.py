"""The background job that forgets what is old: each in its turn, a little at a time, and holds' ends at once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from messaging.models import Message
from messaging.personal import ageing, ageing_job
from messaging.personal.ageing_job import ForgetOld
from messaging.personal_models import HeldRecord, LegalHold
from messaging.store.database import Database
from rooms.audit_models import AuditEntry
from rooms.deleted_models import DeletedRoom
from rooms.deleted_rooms import note_deleted
from rooms.invite_models import Invite
from rooms.models import Member, Room
from rooms.moderation import audit
from rooms.moderation.audit import SITE, Actor, Deed
from tests.factories import ALICE
from tests.messaging.conftest import StartProcess
from tests.messaging.people import in_thread
from tests.messaging.store.doing import NOW, delete, done, say

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = NOW + timedelta(days=2_000)


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database(readers=1)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def _little_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ageing_job, "FIRST_LOOK_WITHIN_S", 0)
    monkeypatch.setattr(ageing, "MESSAGES_LOOKED_AT", 1)


def old_things(room: Room) -> None:
    say(room, "하나", "둘", sender_id=ALICE)
    done(delete(room, 1, by=ALICE), delete(room, 2, by=ALICE))
    Session.objects.create(session_key="a", session_data="", expire_date=NOW)
    audit.record(*[Deed(room_id=where, act="mute", by=Actor.staff(1), at=NOW) for where in (SITE, room.pk)])
    hold = LegalHold.objects.create(room_id=room.pk, reason="수사", made_at=NOW, until=TODAY - timedelta(days=1))
    HeldRecord.objects.create(hold=hold, kind="other", contents="{}", made_at=NOW, kept_at=NOW)


def left(room: Room) -> tuple[list[str], int, int, list[str]]:
    texts = list(Message.objects.values_list("contents", flat=True))
    acts = sorted(AuditEntry.objects.values_list("act", flat=True))
    return texts, Session.objects.count(), HeldRecord.objects.count(), acts


async def test_a_process_forgets_invites_that_ended_and_why_rooms_were_deleted(
    start_process: StartProcess, room: Room
) -> None:
    process = start_process()

    def end_both() -> None:
        Invite.objects.create(room=room, made_by_id=ALICE, digest="a", made_at=NOW, expires_at=NOW)
        note_deleted(room, why="광고", now=NOW - timedelta(days=365))

    await in_thread(end_both)
    await process.worker.work()
    assert not await in_thread(lambda: Invite.objects.exists() or DeletedRoom.objects.exists())


async def test_all_that_is_old_goes_then_nothing_is_left_to_do_for_an_hour(
    database: Database, room: Room, alice: Member
) -> None:
    await database.run(old_things, room)
    asked: list[datetime] = []

    def also(*, now: datetime) -> int:
        asked.append(now)
        return 0

    job = ForgetOld(database=database, also=[also], clock=lambda: TODAY)
    steps = 0
    while await job.step():
        steps += 1
        assert steps < 100
    assert await database.run(left, room) == (["", ""], 0, 0, ["log_pruned", "log_pruned"])
    assert asked == [TODAY]
    assert TODAY.tzinfo is UTC
