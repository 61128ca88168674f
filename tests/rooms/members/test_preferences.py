"""What members choose for all rooms."""

import pytest

from rooms.members.preferences import preferences_of, set_preferences
from rooms.models import Member, MemberPreferences
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("alice", "bob")
def test_each_choice_is_the_member_s_own_and_stays() -> None:
    assert preferences_of(member_id=ALICE).hides_presence is False
    _chosen, is_seen_otherwise = set_preferences(member_id=ALICE, hides_presence=None, previews_text=True)
    assert is_seen_otherwise is False
    chosen, is_seen_otherwise = set_preferences(member_id=ALICE, hides_presence=True, previews_text=None)

    assert (chosen.hides_presence, chosen.previews_text, is_seen_otherwise) == (True, True, True)
    assert set_preferences(member_id=ALICE, hides_presence=True, previews_text=None)[1] is False
    assert MemberPreferences.objects.filter(member_id=BOB).exists() is False


@pytest.mark.usefixtures("alice")
def test_choosing_what_is_usual_keeps_no_row() -> None:
    set_preferences(member_id=ALICE, hides_presence=False, previews_text=False)

    assert not MemberPreferences.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_once_are_both_heard(alice: Member, all_at_once: AllAtOnce) -> None:
    all_at_once(
        lambda: set_preferences(member_id=alice.pk, hides_presence=True, previews_text=None),
        lambda: set_preferences(member_id=alice.pk, hides_presence=None, previews_text=True),
    )

    chosen = preferences_of(member_id=alice.pk)
    assert (chosen.hides_presence, chosen.previews_text) == (True, True)
