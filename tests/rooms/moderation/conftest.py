"""Alice owns the garden, Bob manages it, Charlie is in, Dora is a stranger and Eve an ADMIN who is not in it."""

import pytest

from rooms.models import Member, Room
from tests.factories import make_member
from tests.rooms.moderation.cast import DORA, EVE, make_garden


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    make_member(DORA, "Dora")
    make_member(EVE, "Eve", role="ADMIN")
    return make_garden(alice, bob, charlie)
