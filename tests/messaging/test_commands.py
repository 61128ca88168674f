"""The commands: seed_demo makes demo data, rename_deployment tells a copy of a database from its original,
new_epoch ends what was counted before a backup was put back, index_messages makes the search quick."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from messaging.models import Message
from messaging.moderation_models import FilterRule
from messaging.search.signatures import CHUNK_MESSAGES
from messaging.search_models import SearchSignature
from messaging.store.deployment import deployment_name
from messaging.store.epochs import current_epoch
from rooms.models import Member, Participant, Room
from tests.factories import make_group_room, make_member

TABLES = (Member, Room, Participant, Message, FilterRule)


@pytest.fixture(autouse=True)
def _in_debug(db: None, settings: Any) -> None:
    settings.DEBUG = True  # the test runner turns it off


def seed(*arguments: str) -> list[int]:
    call_command("seed_demo", *arguments)
    return [table._default_manager.count() for table in TABLES]


def test_there_is_someone_to_talk_to_and_something_to_read() -> None:
    members, rooms, places, messages, _rules = seed()
    assert (members, rooms) == (5, 4)
    assert places > rooms
    assert messages > rooms
    assert Member.objects.get(nickname="민수").role == "ADMIN"
    assert Room.objects.get(is_group_chat=False).pair_key == "1:2"


def test_one_room_is_kept_as_a_counselling_room() -> None:
    seed()
    room = Room.objects.get(is_counselling=True)
    roles = {place.member.nickname: place.role for place in room.participants.select_related("member")}
    assert (room.name, roles["민수"], roles["하늘"], roles["지은"]) == ("고민상담방", "owner", "manager", "member")
    assert room.filter_rules.count() == 4


def test_seeding_again_adds_nothing() -> None:
    assert seed() == seed()


def test_what_is_there_already_is_completed() -> None:
    make_group_room("고민상담방", make_member(99, "지은"))
    seed()
    assert Room.objects.get(name="고민상담방").participants.count() == 4
    assert Member.objects.get(member_id=2).nickname == "지은#2"


def test_outside_debug_it_needs_force(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--force"):
        seed()
    assert seed("--force")[0] == 5


def test_a_copy_of_a_database_is_given_a_name_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    original = deployment_name()
    call_command("rename_deployment")
    assert deployment_name() != original
    assert "Restart the servers" in capsys.readouterr().out


def test_messages_from_before_the_search_are_made_quick_to_search(capsys: pytest.CaptureFixture[str]) -> None:
    seed()
    seeded = {pk // CHUNK_MESSAGES for pk in Message.objects.values_list("pk", flat=True)}
    newest = Message.objects.order_by("-pk").first()
    assert newest is not None
    newest.pk += 3 * CHUNK_MESSAGES
    newest.seq += 1
    newest.client_id = None
    newest.save(force_insert=True)
    for _run in range(2):
        call_command("index_messages")
        assert set(SearchSignature.objects.values_list("chunk", flat=True)) == seeded
    done = (newest.pk // CHUNK_MESSAGES - min(seeded)) * CHUNK_MESSAGES
    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == [
        f"Done: {done:,} messages were made quick to search.",
        "Done: 0 messages were made quick to search.",
    ]


def test_another_epoch_begins_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    before = current_epoch()
    call_command("new_epoch")
    assert capsys.readouterr().out == f"Epoch {before} is over, {current_epoch()} began.\n"
    assert current_epoch() != before
