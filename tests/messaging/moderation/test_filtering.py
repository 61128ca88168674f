"""The filter's rules: whose they are, and which one counts."""

from itertools import pairwise

import pytest

from messaging.moderation.filtering import Filters, Rule, read_filters, read_state
from messaging.moderation.normalising import Text
from messaging.moderation_models import FilterRule
from rooms.models import Room
from tests.messaging.moderation.rules import make_rule

GARDEN, OTHER = 1, 2


def look(filters: Filters, room_id: int, text: str) -> str | None:
    found = filters.look(room_id, Text(text))
    return found and found.rule.action


def test_the_heaviest_rule_counts() -> None:
    filters = Filters(
        [Rule(1, None, "시발", "flag"), Rule(2, None, "병신", "block"), Rule(3, GARDEN, "광고", "hold")]
    )
    assert look(filters, GARDEN, "시발 광고") == "hold"
    assert look(filters, GARDEN, "시발 광고 병신") == "block"
    assert look(filters, OTHER, "시발 광고") == "flag"
    assert look(filters, OTHER, "안녕") is None


def test_what_was_found_is_told_as_it_was_written() -> None:
    found = Filters([Rule(1, None, "시발", "hold")]).look(OTHER, Text("아 시♡발 진짜"))
    assert found is not None
    assert found.matched == "시♡발"


def test_a_room_cannot_excuse_what_the_site_forbids_but_the_site_can_for_all() -> None:
    rules = [Rule(1, None, "시발", "block"), Rule(2, GARDEN, "시발점", "allow"), Rule(3, GARDEN, "발점", "hold")]
    assert look(Filters(rules), GARDEN, "시발점") == "block"
    rules.append(Rule(4, None, "시발점", "allow"))
    assert look(Filters(rules), GARDEN, "시발점") is None


def test_a_rule_that_got_past_the_check_finds_nothing() -> None:
    assert look(Filters([Rule(1, None, "가", "block"), Rule(2, None, "*", "allow")]), GARDEN, "가") is None


@pytest.mark.django_db
def test_rules_in_force_are_read_and_every_change_shows(room: Room) -> None:
    states = [read_state()]
    rule = make_rule("시발", room=room)
    states.append(read_state())
    assert look(read_filters(), room.pk, "시발") == "hold"
    rule.is_active = False
    rule.save()
    states.append(read_state())
    assert look(read_filters(), room.pk, "시발") is None
    FilterRule.objects.all().delete()
    states.append(read_state())
    assert all(one != other for one, other in pairwise(states))
