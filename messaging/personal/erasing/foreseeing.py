"""What an erasure would take, for who is about to order it; and what would keep it from being forgotten."""

from datetime import datetime
from typing import NamedTuple

from messaging.file_models import File
from messaging.models import Message
from messaging.moderation_models import Case
from messaging.personal.holds import active_holds
from rooms.models import Member, Participant


class Foreseen(NamedTuple):
    """`nickname` "": this server knows no such member. `holds` are those on the member, `cases` the open ones."""

    nickname: str
    rooms: int
    messages: int
    files: int
    holds: int
    cases: int


def foresee(*, member_id: int, now: datetime) -> Foreseen:
    member = Member.objects.filter(pk=member_id).first()
    return Foreseen(
        nickname=member.nickname if member else "",
        rooms=Participant.objects.filter(member_id=member_id).count(),
        messages=Message.objects.filter(sender_id=member_id).count(),
        files=File.objects.filter(uploader_id=member_id).count(),
        holds=active_holds(now).filter(member_id=member_id).count(),
        cases=Case.objects.filter(member_id=member_id, open_key__isnull=False).count(),
    )
