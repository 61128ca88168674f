"""What the tables of erasures, exports and holds keep by themselves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from messaging.personal_models import HeldRecord, LegalHold

NOW = timezone.now()


def hold(**whose: int) -> LegalHold:
    return LegalHold.objects.create(
        reason="수원지방법원 2026카기1", made_at=NOW, until=NOW + timedelta(days=90), **whose
    )


@pytest.mark.parametrize("whose", [{}, {"member_id": 7, "room_id": 1}])
def test_a_hold_is_of_a_member_or_of_a_room(db: None, whose: dict[str, int]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        hold(**whose)


def test_what_a_hold_kept_goes_with_it(db: None) -> None:
    ended, going_on = hold(member_id=7), hold(room_id=1)
    for each in (ended, going_on):
        HeldRecord.objects.create(
            hold=each, kind=HeldRecord.Kind.MESSAGE, room_id=1, seq=1, contents="{}", made_at=NOW, kept_at=NOW
        )

    ended.delete()

    assert list(HeldRecord.objects.values_list("hold", flat=True)) == [going_on.pk]
