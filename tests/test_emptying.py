"""What a test that commits leaves to the next one."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from rooms.models import Member
from tests.emptying import empty
from tests.factories import ALICE, make_member


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_gone_and_what_migrate_made_stays() -> None:
    make_member(ALICE, "Alice")
    empty(connection)
    assert not Member.objects.exists()
    assert ContentType.objects.filter(app_label="rooms", model="member").exists()
