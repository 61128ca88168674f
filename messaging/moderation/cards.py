"""The card that says where people help, for whom somebody is concerned about. Nobody else sees it."""

from datetime import datetime

from django.db.models import QuerySet

from messaging.care_models import Concern


def open_card(*, member_id: int) -> Concern | None:
    """The newest concern whose card this member has not put away."""
    return _cards(member_id).order_by("-pk").first()


def close_cards(*, member_id: int, now: datetime) -> None:
    _cards(member_id).update(card_closed_at=now)


def _cards(member_id: int) -> QuerySet[Concern]:
    about = Concern.objects.filter(member_id=member_id, card_closed_at=None)
    return about.exclude(state=Concern.State.CLOSED).exclude(source=Concern.Source.FAILURE)
