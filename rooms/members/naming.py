"""The main server names its members before their first token does. Only where the table of members is ours."""

import math
from datetime import datetime

from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from chatproject.nicknames import mend_nickname
from chatproject.server_api.errors import MembersElsewhere
from chatproject.tokens import NO_TOKEN, Caller, Role
from chatproject.transactions import in_one_transaction
from rooms.members import users
from rooms.models import Member
from rooms.moderation import audit
from rooms.moderation.ranks import Acting
from rooms.services import mirror_member


@in_one_transaction
def name_member(*, member_id: int, nickname: str, role: Role, acting: Acting, now: datetime) -> Member:
    """The member, made or changed as a token with these claims would; a nickname that is taken gets a number.

    Logged where something differs, without the name. Raises MembersElsewhere, and InvalidInput for a nickname of
    which nothing can be shown.
    """
    if not users.may_be_written():
        raise MembersElsewhere
    if not (shown := mend_nickname(nickname)):
        raise InvalidInput(_("A nickname needs something visible."))
    before = Member.objects.filter(member_id=member_id).values_list("nickname", "role").first()
    named = Caller(member_id, role, expires_at=math.inf, nickname=shown, issued_at=NO_TOKEN)
    member = mirror_member(caller=named)
    if before != (member.nickname, member.role):
        deed = audit.Deed(
            room_id=audit.SITE,
            act="member_named",
            by=acting.logged,
            at=now,
            member_id=member_id,
            details={"made": before is None, "role": str(member.role)},
        )
        audit.record(deed)
    return member
