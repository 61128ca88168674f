"""The filter's rules as people make them."""

import pytest
from django.utils import timezone

from chatproject.errors import InvalidInput, ManagersOnly, NotInRoom, RoomNotFound
from chatproject.room_errors import NothingThere
from chatproject.tokens import Caller
from messaging.moderation import rules
from messaging.moderation_models import FilterRule
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation.ranks import staff
from tests.factories import ALICE, BOB, CHARLIE, caller
from tests.rooms.moderation.cast import make_garden

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    return make_garden(alice, charlie, bob)


def make(room: Room, pattern: str = "시발", action: str = "hold", by: Caller | None = None) -> FilterRule:
    by = by or caller(ALICE)
    return rules.make_rule(room_id=room.pk, by=by, pattern=pattern, action=action, note="", now=timezone.now())


@pytest.mark.parametrize(
    "pattern", ["", "가", "**", "a", "가나*다라*마바*사아", "x" * 101, "시발\x00", "시\ud800발"]
)
def test_what_is_no_rule_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_pattern(pattern)


def test_managers_make_and_delete_their_rooms_rules_and_the_log_says_so(garden: Room) -> None:
    rule = make(garden, " 시발 ")
    assert make(garden, action="block").pk == rule.pk
    make(garden, "시발점", "allow", by=caller(CHARLIE))
    shown = rules.rules_of_room(room_id=garden.pk, by=caller(CHARLIE))
    assert [(one["pattern"], one["action"]) for one in shown] == [("시발점", "allow"), ("시발", "block")]
    rules.delete_rule(room_id=garden.pk, rule_id=rule.pk, by=caller(ALICE), now=timezone.now())
    with pytest.raises(NothingThere):
        rules.delete_rule(room_id=garden.pk, rule_id=rule.pk, by=caller(ALICE), now=timezone.now())
    acts = AuditEntry.objects.filter(room_id=garden.pk).values_list("act", "actor_id")
    assert list(acts) == [("filter_changed", ALICE)] * 2 + [("filter_changed", CHARLIE), ("filter_changed", ALICE)]


def test_others_do_not_and_nobody_makes_too_many(garden: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ManagersOnly):
        make(garden, by=caller(BOB))
    with pytest.raises(NotInRoom):
        make(garden, by=caller(999))
    with pytest.raises(RoomNotFound):
        rules.rules_of_room(room_id=999, by=caller(ALICE))
    with pytest.raises(InvalidInput):
        make(garden, action="ban")
    monkeypatch.setattr("messaging.moderation.rules.ROOM_RULES_MOST", 1)
    make(garden)
    with pytest.raises(InvalidInput):
        make(garden, "병신")


def test_a_list_has_one_rule_a_line() -> None:
    text = "# words\n\n시발\n !시발점\n시발\n"
    assert rules.read_list(text, action="hold") == [("시발", "hold"), ("시발점", "allow")]
    with pytest.raises(InvalidInput, match="2"):
        rules.read_list("시발\n가\n", action="hold")


def test_a_list_is_imported_once(garden: Room) -> None:
    found = [("시발", "hold"), ("시발점", "allow")]
    assert rules.import_rules(found, room=None, by=staff(), now=timezone.now()) == 2
    assert rules.import_rules([*found, ("병신", "block")], room=None, by=staff(), now=timezone.now()) == 1
    assert rules.import_rules(found, room=garden, by=staff(), now=timezone.now()) == 2
    assert AuditEntry.objects.filter(act="filter_changed", room_id=0).count() == 2


def test_the_example_in_the_documents_can_be_imported() -> None:
    from tests.messaging.moderation.korean import EXAMPLE

    assert len(rules.read_list(EXAMPLE.read_text(), action="hold")) > 40
