"""Rules of the filter for tests, in few words."""

from django.utils import timezone

from messaging.moderation_models import FilterRule
from rooms.models import Room


def make_rule(pattern: str, action: str = "hold", *, room: Room | None = None) -> FilterRule:
    return FilterRule.objects.create(pattern=pattern, action=action, room=room, made_at=timezone.now())
