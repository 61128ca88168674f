"""What frames ask for, as acts in their senders' names."""

import pytest

from messaging.store.acts import Act, DeleteAct, EditAct, PinAct, ReactAct, act_of
from messaging.wire.client_frames import Delete, Edit, Pin, React
from tests.factories import ALICE, caller


@pytest.mark.parametrize(
    ("frame", "act"),
    [
        (
            Edit(room_id=1, seq=2, message="x"),
            EditAct(room_id=1, seq=2, member_id=ALICE, contents="x", mentions=None, everyone=None),
        ),
        (
            Edit(room_id=1, seq=2, message="x", mentions=(7,), everyone=False),
            EditAct(room_id=1, seq=2, member_id=ALICE, contents="x", mentions=(7,), everyone=False),
        ),
        (Delete(room_id=1, seq=2), DeleteAct(room_id=1, seq=2, member_id=ALICE)),
        (
            React(room_id=1, seq=2, key="heart", on=False),
            ReactAct(room_id=1, seq=2, member_id=ALICE, key="heart", on=False),
        ),
        (Pin(room_id=1, seq=2), PinAct(room_id=1, seq=2, member_id=ALICE, on=True)),
    ],
)
def test_a_frame_becomes_an_act(frame: Edit | Delete | React | Pin, act: Act) -> None:
    assert act_of(frame, caller=caller(ALICE)) == act


def test_a_moderator_acts_as_one() -> None:
    assert act_of(Delete(room_id=1, seq=2), caller=caller(ALICE, role="ADMIN")).is_admin
