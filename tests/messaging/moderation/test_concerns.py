"""What is raised beside messages, who hears of it, and for how long the assistant steps back."""

from datetime import UTC, datetime, timedelta

import pytest

from messaging.care_models import Concern
from messaging.moderation import concerns
from messaging.moderation.concerns import STEPS_BACK_FOR
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def concern(room: Room, member_id: int | None = ALICE, **fields: object) -> Concern:
    usual = {"source": "words", "raised_at": NOW}
    return Concern.objects.create(room_id=room.pk, member_id=member_id, **{**usual, **fields})


def give(room: Room, member_id: int, role: str, *, on_duty: bool = True) -> None:
    Participant.objects.filter(room=room, member_id=member_id).update(role=role, on_duty=on_duty)


def told(room: Room, about_id: int | None) -> list[int]:
    return concerns.managers_to_tell(room_id=room.pk, about_id=about_id)


def test_a_report_raises_a_concern_in_any_room_once_while_it_is_not_closed(room: Room) -> None:
    about = {"room_id": room.pk, "member_id": BOB, "seq": 4, "now": NOW}
    number = concerns.raise_from_report(**about)  # type: ignore[arg-type]

    assert concerns.raise_from_report(**about) == number  # type: ignore[arg-type]
    assert concerns.raise_from_assistant(**about) != number  # type: ignore[arg-type]
    raised = Concern.objects.get(pk=number)
    assert (raised.room_id, raised.member_id, raised.seq, raised.source) == (room.pk, BOB, 4, "report")
    Concern.objects.update(state="closed")
    assert concerns.raise_from_report(**about) != number  # type: ignore[arg-type]


def test_managers_on_duty_hear_of_it_and_where_nobody_is_all_do(room: Room, charlie: Member) -> None:
    Participant.objects.create(room=room, member=charlie)
    assert told(room, CHARLIE) == []  # staff alone
    give(room, ALICE, "owner")
    give(room, BOB, "manager", on_duty=False)

    assert told(room, CHARLIE) == [ALICE]
    give(room, ALICE, "owner", on_duty=False)
    assert told(room, CHARLIE) == [ALICE, BOB]


def test_who_it_is_about_is_not_told_of_it_as_a_manager(room: Room) -> None:
    give(room, ALICE, "owner")
    give(room, BOB, "manager", on_duty=False)

    assert told(room, ALICE) == [BOB]
    give(room, BOB, "member")
    assert told(room, ALICE) == []


def test_the_assistant_steps_back_until_it_is_closed_or_a_day_is_over(room: Room) -> None:
    raised = concern(room)

    def steps_back(member_id: int, now: datetime = NOW) -> bool:
        return concerns.standing_back(room_id=room.pk, member_ids=[member_id], now=now) is not None

    assert (steps_back(ALICE), steps_back(BOB)) == (True, False)
    assert steps_back(ALICE, NOW + STEPS_BACK_FOR - timedelta(seconds=1))
    assert not steps_back(ALICE, NOW + STEPS_BACK_FOR)
    raised.state = "seen"
    raised.save()
    assert steps_back(ALICE)
    raised.state = "closed"
    raised.save()
    assert not steps_back(ALICE)
    concern(room, BOB, source="failure")
    assert steps_back(ALICE)  # nobody knows of whom it was


def test_news_are_what_was_raised_after_a_number(room: Room) -> None:
    assert concerns.newest_concern_id(before=NOW) == 0
    first, second = concern(room), concern(room, None, source="failure")

    news = concerns.raised_since(concern_id=first.pk)
    assert [(one.concern_id, one.has_card) for one in news.raised] == [(second.pk, False)]
    assert news.open_count == 2
    assert concerns.newest_concern_id(before=NOW) == 0
    assert concerns.newest_concern_id(before=NOW + timedelta(seconds=1)) == second.pk
    [about_alice, _] = concerns.raised_since(concern_id=0).raised
    assert (about_alice.member_id, about_alice.has_card) == (ALICE, True)
