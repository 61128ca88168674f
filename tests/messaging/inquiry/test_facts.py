"""What the database says of Bob and a message of Alice's."""

import json

import pytest
from django.utils import timezone

from chatproject.outgoing.models import Endpoint, OutgoingEvent
from messaging.inquiry.facts import read_facts
from messaging.models import Mention, Message
from rooms.models import Member, Participant, Room
from rooms.moderation_models import MemberBlock, Sanction
from tests.factories import ALICE, BOB, CHARLIE, make_group_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(alice: Member, bob: Member) -> Room:
    room = make_group_room("Garden", alice, bob)
    now = timezone.now()
    Message.objects.create(
        room=room, seq=1, version=3, sender=alice, contents="secret", created_at=now, updated_at=now, edited_at=now
    )
    Room.objects.filter(pk=room.pk).update(last_seq=1, version=3)
    return room


def test_all_that_bears_on_it_is_there_but_its_words(garden: Room) -> None:
    now = timezone.now()
    Participant.objects.filter(member_id=BOB).update(notify="mentions", muted_until=now)
    Mention.objects.create(room=garden, seq=1, member_id=BOB)
    MemberBlock.objects.create(member_id=BOB, blocked_id=ALICE, since=now)
    Sanction.objects.create(room=garden, member_id=BOB, kind="mute", since=now)
    endpoint = Endpoint.objects.create(url="https://main.example/", kinds=["message", "joined"])
    event = {"endpoint_id": endpoint.pk, "room_id": garden.pk, "created_at": now}
    OutgoingEvent.objects.create(**event, kind="joined", member_id=BOB)
    OutgoingEvent.objects.create(**event, kind="message", seq=1, state="dead", attempts=10, last_error="no answer")
    OutgoingEvent.objects.create(**event, kind="mention", seq=1, details=json.dumps({"of": [BOB]}))
    OutgoingEvent.objects.create(**event, kind="mention", seq=1, details=json.dumps({"of": [CHARLIE]}))
    facts = read_facts(room_id=garden.pk, seq=1, member_id=BOB)
    assert facts.message is not None
    assert (facts.message.mentions_member, facts.message.mentions_all) == (True, False)
    assert facts.place is not None
    assert (facts.place.notify, facts.place.muted_until) == ("mentions", now)
    assert facts.blocks_author
    assert [one.what for one in facts.sanctions] == ["mute"]
    assert [one.what for one in facts.comings] == ["joined"]
    assert [(one.kind, one.state, one.last_error) for one in facts.events] == [
        ("message", "dead", "no answer"),
        ("mention", "waiting", ""),
    ]
    assert facts.endpoints == 1
    assert "secret" not in repr(facts)


def test_who_spoke_last_need_not_have_read_what_was_said_before(garden: Room) -> None:
    now = timezone.now()
    Message.objects.create(
        room=garden, seq=2, version=4, sender_id=BOB, contents="?", created_at=now, updated_at=now
    )
    for read_seq, has_only_spoken in ((1, False), (2, True), (3, False)):
        Participant.objects.filter(member_id=BOB).update(read_seq=read_seq)
        assert read_facts(room_id=garden.pk, seq=1, member_id=BOB).has_only_spoken is has_only_spoken


def test_what_is_not_there_is_said(garden: Room) -> None:
    assert not read_facts(room_id=garden.pk + 1, seq=1, member_id=BOB).is_room_known
    strange = read_facts(room_id=garden.pk, seq=2, member_id=CHARLIE)
    assert (strange.is_member_known, strange.message, strange.place) == (False, None, None)
