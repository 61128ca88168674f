"""What a member chose for all rooms: who may see them online, whether notifications show texts."""

from django.db import IntegrityError

from chatproject.transactions import in_one_transaction
from rooms.models import MemberPreferences


def preferences_of(*, member_id: int) -> MemberPreferences:
    """Of who chose nothing, what is usual."""
    return MemberPreferences.objects.filter(member_id=member_id).first() or MemberPreferences(member_id=member_id)


def set_preferences(
    *, member_id: int, hides_presence: bool | None, previews_text: bool | None
) -> tuple[MemberPreferences, bool]:
    """The member's choices with these, and whether they hide since now, or no longer. None stays as it is."""
    before = preferences_of(member_id=member_id)
    chosen = {"hides_presence": hides_presence, "previews_text": previews_text}
    changes = {
        name: value for name, value in chosen.items() if value is not None and value != getattr(before, name)
    }
    if changes and not MemberPreferences.objects.filter(member_id=member_id).update(**changes):
        _begin(member_id, changes)
    return preferences_of(member_id=member_id), "hides_presence" in changes


def _begin(member_id: int, changes: dict[str, bool]) -> None:
    try:
        _create(member_id, changes)
    except IntegrityError:  # another device was first
        MemberPreferences.objects.filter(member_id=member_id).update(**changes)


@in_one_transaction
def _create(member_id: int, changes: dict[str, bool]) -> None:
    MemberPreferences.objects.create(member_id=member_id, **changes)
