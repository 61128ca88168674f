"""Files that several send, check and delete at once: each with a connection of its own, as processes have."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest

from messaging.file_models import File
from messaging.files.checks.leases import Outcome, finish, take_next
from messaging.models import Message
from messaging.store.acts import DeleteAct, FilesAct
from messaging.store.drafts import Draft
from messaging.store.objects import message_objects
from messaging.store.services import store_batch
from rooms.models import Room
from tests.conftest import AllAtOnce
from tests.factories import ALICE
from tests.messaging.files.having import have_file

pytestmark = pytest.mark.django_db(transaction=True)

FILES = 12
FOUND = Outcome(name="sea.jpg", media_type="image/jpeg", size=5)


@pytest.fixture
def files(room: Room) -> list[int]:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return [have_file(room, ALICE, state="checking", expires_at=tomorrow).pk for _ in range(FILES)]


def send(room: Room, *file_ids: int) -> str:
    draft = Draft(room.pk, ALICE, "", uuid4().hex, attachments=file_ids)
    [outcome] = store_batch([draft], now=datetime.now(UTC))
    return getattr(outcome, "code", "sent")


def check_next() -> bool:
    held = take_next(holder="checker")
    return held is not None and finish(file_id=held.file_id, holder="checker", outcome=FOUND).is_written


def test_whoever_names_a_file_first_has_it_and_nobody_else(
    room: Room, files: list[int], all_at_once: AllAtOnce
) -> None:
    one, two = files[:2]
    orders = [(one, two), (two, one), (one,), (two,), (two, one), (one, two)]
    outcomes = all_at_once(*[partial(send, room, *order) for order in orders])
    assert set(outcomes) == {"sent", "E-FI005"}
    said = [one.file_id for message in message_objects(Message.objects.all()) for one in message.attachments]
    assert sorted(said) == [one, two]
    assert Message.objects.count() == outcomes.count("sent")


def test_no_check_is_lost_whether_the_message_was_before_it_or_after(
    room: Room, files: list[int], all_at_once: AllAtOnce
) -> None:
    def send_all() -> None:
        assert [send(room, file_id) for file_id in files] == ["sent"] * FILES

    def check_all() -> None:
        assert [check_next() for _ in files] == [True] * FILES

    def tell_all() -> None:
        acts = [FilesAct(room_id=room.pk, seq=seq) for seq in range(1, FILES + 1)]
        for act in acts:
            store_batch([act], now=datetime.now(UTC))

    assert all_at_once(send_all, check_all, tell_all) == [None] * 3
    untold = set(File.objects.filter(is_untold=True).values_list("seq", flat=True))
    told = {one.seq for one in message_objects(Message.objects.all()) if one.attachments[0].state == "ready"}
    assert untold | told == set(range(1, FILES + 1))
    tell_all()
    assert all(one.attachments[0].state == "ready" for one in message_objects(Message.objects.all()))
    assert not File.objects.filter(is_untold=True).exists()


def test_what_is_deleted_while_it_is_checked_takes_its_files_along(
    room: Room, files: list[int], all_at_once: AllAtOnce
) -> None:
    for file_id in files:
        send(room, file_id)
    now = datetime.now(UTC)
    deletions = [DeleteAct(room_id=room.pk, seq=seq, member_id=ALICE) for seq in range(1, FILES + 1)]
    assert all_at_once(partial(store_batch, deletions, now=now), *[check_next] * 5)[1:] == [True] * 5
    assert set(File.objects.values_list("expires_at", flat=True)) == {now}
    assert {one.attachments for one in message_objects(Message.objects.all())} == {()}
