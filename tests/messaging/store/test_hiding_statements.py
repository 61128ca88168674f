"""The SQL of hidings: looked for and never scanned for, and no row of another message is touched."""

import pytest

from messaging.models import Message
from messaging.store.hiding_statements import read_heads, read_hidings, update_hidden
from messaging.store.statements import run
from rooms.models import Room
from rooms.moderation_models import Sanction
from tests.factories import ALICE, BOB
from tests.messaging.store.doing import NOW, done, hide, role, say
from tests.messaging.store.test_statements import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(room: Room) -> Room:
    role(room, owner=ALICE)
    say(room, *map(str, range(200)), sender_id=BOB)
    return room


@pytest.mark.django_db(transaction=True)  # ANALYZE ends a transaction
def test_what_hides_a_message_is_searched_and_never_scanned_for(room: Room) -> None:
    done(*[hide(room, seq, by=ALICE) for seq in range(1, 201)])
    tables = "chat_sanctions, chat_audit_log"
    for read in (lambda: run(read_hidings([(room.pk, 3), (room.pk, 5)])), lambda: run(read_heads([room.pk]))):
        plan = plan_of(read, tables=tables)
        assert "SCAN chat_" not in str(plan), plan
        assert not [step for step in plan if step.get("type") == "ALL" and "<" not in str(step.get("table"))], plan


def test_hidings_are_read_by_message_without_those_that_were_lifted(room: Room) -> None:
    done(
        hide(room, 1, by=ALICE),
        hide(room, 2, by=ALICE),
        hide(room, 2, by=ALICE, on=False),
        hide(room, 3, by=ALICE),
    )
    Sanction.objects.filter(seq=3).update(kind="mute")  # of another kind
    [found] = run(read_hidings([(room.pk, seq) for seq in (1, 2, 3, 4)]))
    assert [(address, [one.reason for one in some]) for address, some in found.items()] == [
        ((room.pk, 1), ["광고"])
    ]


def test_no_other_message_is_hidden(room: Room) -> None:
    ids = list(Message.objects.order_by("seq").values_list("pk", flat=True))
    run(update_hidden(ids[:2], NOW))
    run(update_hidden(ids[:1], None))
    assert list(Message.objects.exclude(hidden_at=None).values_list("seq", "hidden_at")) == [(2, NOW)]
