"""Words that are no message: whoever takes them away, a hold has them once, of a room and of who wrote them."""

import json

import pytest

from messaging.models import Message
from messaging.moderation_models import Case, HeldMessage
from messaging.personal.ageing import KEPT
from messaging.personal.erasing import orders
from messaging.personal.erasing.parts import Erased
from messaging.personal.erasing.rows import ROWS, WRITTEN, all_named
from messaging.personal_models import HeldRecord, LegalHold
from rooms.models import Member, Room
from rooms.moderation.audit import Actor
from rooms.moderation_models import JoinRequest, Objection, Sanction
from tests.factories import ALICE, BOB
from tests.messaging.moderation.reported import report
from tests.messaging.personal.test_ageing import LONG_AGO
from tests.messaging.store.doing import NOW, say

pytestmark = pytest.mark.django_db


def erase(member_id: int) -> None:
    """What the models' own words suffice for."""
    order = orders.ask(member_id=member_id, by=Actor.staff(None), now=NOW).order
    while ROWS.take(Erased(order.pk, member_id, NOW)) is not None:
        pass


def kept() -> list[tuple[int | None, int | None, str]]:
    rows = [(one.room_id, one.member_id, json.loads(one.contents)) for one in HeldRecord.objects.order_by("pk")]
    return sorted((room_id, member_id, said["of"]) for room_id, member_id, said in rows)


@pytest.fixture
def hold(room: Room, alice: Member, bob: Member, charlie: Member) -> LegalHold:
    """Of the room, where Bob wrote four things and decided about what Charlie wrote."""
    sanction = Sanction.objects.create(kind="mute", room=room, member=bob, since=LONG_AGO, until=LONG_AGO)
    Objection.objects.create(sanction=sanction, words="억울해요", made_at=LONG_AGO)
    say(room, "앨리스의 말", sender_id=ALICE)
    report(room, by=BOB, seq=Message.objects.get().seq, words="욕했어요")
    for number, one in enumerate((bob, charlie)):
        waits = {"client_id": f"{number}", "why": "filter", "held_at": LONG_AGO, "decided_by": bob}
        HeldMessage.objects.create(room=room, sender=one, contents="기다린 말", decided_at=LONG_AGO, **waits)
        JoinRequest.objects.create(room=room, member=one, words="들어갈래요", made_at=LONG_AGO, decided_by=bob)
    return LegalHold.objects.create(room_id=room.pk, reason="수사", made_at=NOW, until=NOW.replace(year=2100))


OF_BOB = ["messaging.HeldMessage", "messaging.Report", "rooms.JoinRequest", "rooms.Objection"]


def test_a_rooms_hold_has_what_its_author_wrote_there_when_they_are_erased(hold: LegalHold) -> None:
    erase(BOB)
    assert kept() == [(hold.room_id, BOB, of) for of in OF_BOB], "nothing of Charlie's as Bob's"


def test_what_two_ways_take_away_is_kept_once(hold: LegalHold) -> None:
    Case.objects.update(open_key=None, decided_at=LONG_AGO)
    JoinRequest.objects.update(decided_at=LONG_AGO)
    HeldMessage.objects.update(state=HeldMessage.State.REJECTED)
    for one in KEPT:
        if one.keep is not None:
            one.keep(list(one.old(NOW)), NOW)
    of_bob = HeldRecord.objects.filter(member_id=BOB)
    assert of_bob.count() == len(OF_BOB)
    erase(BOB)
    assert of_bob.count() == len(OF_BOB)


def test_of_every_table_with_members_words_it_is_said_whose_they_are() -> None:
    """And that of one member each: those of whoever decided about them are somebody else's."""
    columns = {named.name: {field.name for field in named.model._meta.concrete_fields} for named in all_named()}
    with_words = {name.rsplit(".", 1)[0] for name, some in columns.items() if some & {"contents", "words"}}
    assert WRITTEN.keys() <= columns.keys()
    assert sorted(name.rsplit(".", 1)[0] for name in WRITTEN) == sorted(with_words)
