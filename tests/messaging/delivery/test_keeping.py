"""How a room is kept reaches everybody who listens to it, as it is for each, whatever is lost on the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatproject.errors import StoreUnavailable
from messaging.delivery.keeping import rules_frame
from messaging.server import ChatServer
from messaging.store.drafts import Draft
from messaging.wire.client_frames import Inbox
from messaging.wire.times import wire_time
from rooms.models import Member, Participant, Room
from rooms.moderation import rules
from rooms.moderation.roles import set_role
from rooms.moderation.rules import Rules, set_rules
from rooms.services import leave_group_room
from tests.factories import ALICE, BOB, CHARLIE, caller, give_role
from tests.messaging.lossy import LossyLayer, of_kind
from tests.messaging.people import Person, connect, eventually, in_thread


@pytest.fixture
def garden(room: Room) -> Room:
    give_role(room, ALICE)
    return room


def keep(room: Room, **wanted: Any) -> int:
    version = set_rules(room_id=room.pk, rules=Rules(**wanted), by=caller(ALICE), now=timezone.now())
    assert version is not None
    return version


def make_manager(room: Room) -> int:
    version = set_role(room_id=room.pk, member_id=BOB, role="manager", by=caller(ALICE), now=timezone.now())
    assert version is not None
    return version


async def test_a_change_is_told_at_every_server_to_each_as_they_stand_there(
    here: ChatServer, garden: Room, alice_here: Person, bob_there: Person
) -> None:
    old = await connect(here, BOB, is_v1=True)
    await old.subscribe(garden.pk)
    here.tell_rules(garden.pk, await in_thread(make_manager, garden))
    common = {"type": "room", "roomId": garden.pk, "ownerId": ALICE, "managerIds": [BOB]}
    common["roomName"] = "Garden"
    assert await alice_here.gets("room") == common | {"role": "owner"}
    assert await bob_there.gets("room") == common | {"role": "manager"}
    here.tell_rules(garden.pk, await in_thread(keep, garden, slow_s=30, joining="code"))
    told = await bob_there.sink.until(lambda: bob_there.sink.of_type("room")[1:])
    assert told == [common | {"slowSeconds": 30, "joining": "code", "role": "manager"}]
    await alice_here.say(garden.pk, "and what is said goes on")  # nobody waits for a roster that is known
    await bob_there.hears("and what is said goes on")
    assert old.sink.of_type("room") == []


async def test_whose_inbox_has_the_room_is_told_as_well(
    here: ChatServer, there: ChatServer, garden: Room, alice_here: Person, bob: Member, charlie: Member
) -> None:
    bobs, charlies = await connect(there, BOB), await connect(there, CHARLIE)
    for inbox in (bobs, charlies):
        await there.inboxes.turn(inbox.session, Inbox(on=True))
    here.tell_rules(garden.pk, await in_thread(keep, garden, name="정원"))
    assert (await bobs.gets("room"))["roomName"] == "정원"
    assert (await alice_here.gets("room"))["roomName"] == "정원"
    assert charlies.sink.of_type("room") == []  # who is in no such room


async def test_after_a_change_no_server_stores_by_what_it_was_before(
    here: ChatServer, there: ChatServer, garden: Room, alice_here: Person, bob_there: Person
) -> None:
    def known(server: ChatServer, member_id: int) -> bool:
        return server.writer.remembered.of([Draft(garden.pk, member_id, "", "")]) is not None

    assert known(here, ALICE)
    assert known(there, BOB)
    here.tell_rules(garden.pk, await in_thread(make_manager, garden))
    await bob_there.gets("room")
    assert not known(here, ALICE)
    assert not known(there, BOB)


async def test_the_sweep_finds_what_no_notice_told(
    here: ChatServer, there: ChatServer, lossy: LossyLayer, garden: Room, alice_here: Person, bob_there: Person
) -> None:
    lossy.lose(of_kind("rules"))
    here.tell_rules(garden.pk, await in_thread(keep, garden, is_read_only=True))
    assert (await alice_here.gets("room"))["readOnly"] is True
    assert bob_there.sink.of_type("room") == []
    there._repair.sweep_soon()
    assert (await bob_there.gets("room"))["readOnly"] is True


async def test_who_subscribes_is_told_what_holds_for_them(server: ChatServer, garden: Room, alice: Member) -> None:
    until = timezone.now() + timedelta(hours=1)
    await in_thread(keep, garden, slow_s=5, is_read_only=True)
    bobs = Participant.objects.filter(room=garden, member_id=BOB)
    await in_thread(bobs.update, muted_until=until)
    for since in (None, 99):  # by the reads of many together, and by one's own
        bob = await connect(server, BOB)
        await bob.subscribe(garden.pk, since=since)
        told = await bob.gets("subscribed")
        assert (told["slowSeconds"], told["readOnly"]) == (5, True)
        assert told["mutedUntil"] == wire_time(until)
        assert "role" not in told  # as usual
    alice_comes = await connect(server, ALICE)
    await alice_comes.subscribe(garden.pk)
    assert (await alice_comes.gets("subscribed"))["role"] == "owner"


async def test_an_owner_who_leaves_is_followed_and_the_room_hears_by_whom(
    here: ChatServer, garden: Room, alice_here: Person, bob_there: Person
) -> None:
    here.tell_left(await in_thread(leave_group_room, caller=caller(ALICE), room_id=garden.pk))
    told = await bob_there.gets("room")
    assert (told["ownerId"], told["role"]) == (BOB, "owner")
    assert alice_here.sink.of_type("room") == []


async def test_an_owner_whose_user_is_deleted_is_followed_at_the_next_look(
    here: ChatServer, garden: Room, bob_there: Person
) -> None:
    await in_thread(Participant.objects.filter(room=garden, member_id=ALICE).delete)
    bob_there.server.keeping.tell_soon(garden.pk)
    assert (await bob_there.gets("room"))["ownerId"] == BOB


async def test_what_could_not_be_read_is_told_by_the_next_sweep(
    server: ChatServer, garden: Room, bob_listens: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, fails = server.database.run, [True]

    async def run_or_fail(function: Any, /, *args: Any, **kwargs: Any) -> Any:
        if function is rules.room_rules and fails:
            fails.pop()
            raise StoreUnavailable
        return await run(function, *args, **kwargs)

    monkeypatch.setattr(server.database, "run", run_or_fail)
    server.tell_rules(garden.pk, await in_thread(keep, garden, slow_s=7))
    await eventually(lambda: not fails and not server.keeping._tasks)
    assert bob_listens.sink.of_type("room") == []
    server._repair.sweep_soon()
    assert (await bob_listens.gets("room"))["slowSeconds"] == 7


async def test_of_many_changes_at_once_the_last_state_is_told(
    server: ChatServer, garden: Room, bob_listens: Person
) -> None:
    for seconds in (1, 2, 3, 4, 5):
        server.tell_rules(garden.pk, await in_thread(keep, garden, slow_s=seconds))
    await bob_listens.sink.until(lambda: (bob_listens.sink.of_type("room") or [{}])[-1].get("slowSeconds") == 5)
    server.keeping.tell_soon(99)  # nobody listens there


def test_a_mute_that_is_over_is_none(db: None, room: Room) -> None:
    now = timezone.now()
    Participant.objects.filter(member_id=BOB).update(muted_until=now)
    found = rules.room_rules(room_id=room.pk, member_ids=[BOB])
    assert found is not None
    assert rules_frame(found, found.personal[BOB], now=now).muted_until is None
    assert rules_frame(found, found.personal[BOB], now=now - timedelta(seconds=1)).muted_until is not None
