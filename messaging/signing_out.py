"""Revoking what members were given, in somebody's name: by staff, by the main server. Each is in the site's log.

The domain call; whoever makes it tells the live sockets by `ChatServer.tell_revoked`. Without that they end at the
processes' next look.
"""

from datetime import datetime

from chatproject.access.revoking import Revoked, revoke_member, revoke_token
from chatproject.transactions import in_one_transaction
from rooms.moderation import audit
from rooms.moderation.audit import Actor, Deed


@in_one_transaction
def sign_out(*, member_id: int, issued_before: datetime, by: Actor, now: datetime, reason: str = "") -> Revoked:
    """Revoke every token of the member that was issued before that moment. Raises InvalidInput for a later one."""
    revoked = revoke_member(member_id=member_id, issued_before=issued_before, now=now)
    details = {"issuedBefore": issued_before.isoformat()}
    audit.record(
        Deed(
            room_id=audit.SITE,
            act="tokens_revoked",
            by=by,
            at=now,
            member_id=member_id,
            reason=reason,
            details=details,
        )
    )
    return revoked


@in_one_transaction
def sign_out_token(*, jti: str, expires_at: datetime, by: Actor, now: datetime, reason: str = "") -> Revoked:
    """Revoke the token of that `jti`, which is not logged: whose it is, nobody knows here."""
    revoked = revoke_token(jti=jti, expires_at=expires_at, now=now)
    audit.record(Deed(room_id=audit.SITE, act="token_revoked", by=by, at=now, until=expires_at, reason=reason))
    return revoked
