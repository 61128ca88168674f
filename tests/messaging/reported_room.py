"""A garden where things are reported: Alice owns, Dana manages, Bob said an insult, Charlie is in."""

from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, make_member
from tests.messaging.store.doing import say

DANA = 21


def fill(room: Room, *texts: str) -> Room:
    for member_id, role in ((CHARLIE, "member"), (DANA, "manager")):
        member = Member.objects.filter(pk=member_id).first() or make_member(member_id, "Dana")
        Participant.objects.create(room=room, member=member, role=role)
    Participant.objects.filter(room=room, member_id=ALICE).update(role=Participant.Role.OWNER)
    say(room, *(texts or ("an insult",)), sender_id=BOB)
    return room
