"""What the rules of acts need to know, in the order in which messages are numbered."""

import pytest

from messaging.store.acts import FilesAct, RoomScene
from messaging.store.change_reads import address_of, read_files, read_targets
from rooms.models import Room
from tests.factories import ALICE
from tests.messaging.files.having import have_file
from tests.messaging.store.doing import pin, react, say

pytestmark = pytest.mark.django_db


def test_a_notice_that_another_one_ends_comes_first(room: Room) -> None:
    say(room, "one", "two", "three", sender_id=ALICE)
    scene = RoomScene(room_id=room.pk, is_group_chat=True, pinned_seq=3)
    acts = [react(room, 2, by=ALICE), pin(room, 1, by=ALICE), react(room, 9, by=ALICE)]
    assert [seq for (_room_id, seq), _target in read_targets(acts, {room.pk: scene})] == [3, 2, 1]


def test_files_are_read_for_those_acts_alone_that_are_about_them(room: Room) -> None:
    say(room, "one", sender_id=ALICE)
    file, lost = have_file(room, ALICE, seq=1), have_file(room, ALICE, seq=9)
    scene = RoomScene(room_id=room.pk, is_group_chat=True, pinned_seq=None)
    acts = [react(room, 1, by=ALICE), *(FilesAct(room_id=room.pk, seq=seq) for seq in (1, 9))]
    targets = dict(read_targets(acts, {room.pk: scene}))
    assert read_files(acts[:1], targets) == []
    assert [row.file_id for row in read_files(acts, targets)] == [file.pk, lost.pk]
    assert list(targets[address_of(acts[1])].files) == [file.pk]
