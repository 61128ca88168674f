"""Pages of a room's cases: none is lost or shown twice while they are decided."""

import pytest
from django.utils import timezone

from messaging import room_cases
from messaging.moderation import cases
from messaging.moderation_models import Case
from rooms.models import Room
from tests.factories import CHARLIE, caller
from tests.messaging.moderation.reported import STAFF, report
from tests.messaging.reported_room import DANA, fill

pytestmark = pytest.mark.django_db


def test_a_page_goes_on_where_the_one_before_ended(room: Room) -> None:
    garden = fill(room, *[f"no. {number}" for number in range(5)])
    for seq in range(1, 6):
        report(garden, by=CHARLIE, seq=seq)

    def page(after: int | None) -> tuple[list[int], int | None]:
        found = room_cases.page(
            room_id=garden.pk, caller=caller(DANA), is_decided=False, after=after, limit=2, now=timezone.now()
        )
        return [case["seq"] for case in found["cases"]], found["next"]

    first, following = page(None)
    assert first == [1, 2]
    for case in Case.objects.filter(seq__in=first):
        cases.close(case, by=STAFF, outcome="dismissed", reason="…", until=None, now=timezone.now())
    second, following = page(following)
    third, end = page(following)
    assert (second, third, end) == ([3, 4], [5], None)
