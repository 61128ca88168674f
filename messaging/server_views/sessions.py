"""A member's sockets and tokens, for the main server: whether there are any, and their end on every process."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from asgiref.sync import async_to_sync
from msgspec import Meta
from rest_framework.request import Request

from chatproject.errors import MemberNotFound, StoreUnavailable
from chatproject.http.api import parse_body, parse_id
from chatproject.http.openapi import INTEGER_ID, NOTHING, Json, object_of, optional
from chatproject.server_api.endpoints import ServerView, reads, writes
from chatproject.server_api.models import Scope
from chatproject.tokens import TOKEN_MAX_BYTES
from messaging.server_views.described import FLAG, MEMBER_ID_IN_PATH, TIME, acting_of
from messaging.signing_out import sign_out, sign_out_token
from messaging.store.database import RETRY_AFTER_S
from messaging.wire.protocol import CloseCode
from messaging.wire.times import moment_of, wire_time
from rooms.moderation import audit
from rooms.selectors import require_member
from rooms.telling import tell

TOKEN_ID_MAX = TOKEN_MAX_BYTES  # whatever token is taken can be revoked
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOSINGS = {  # the close code, and what is said with it
    "signed_out": (CloseCode.UNAUTHENTICATED, "signed out"),
    "shut_out": (CloseCode.SHUT_OUT, "shut out"),
}
PRESENCE = object_of(memberId=INTEGER_ID, online=FLAG, lastSeenAt=optional(TIME))
REASON: Json = {
    "type": "string",
    "enum": list(CLOSINGS),
    "description": "`signed_out`: 4401, clients ask for a fresh token. `shut_out`: 4403, they stay away.",
}
ISSUED_BEFORE = {
    "type": "object",
    "properties": {"issuedBefore": {**optional(TIME), "description": "Default: now."}},
}
TOKEN = object_of(
    tokenId={"type": "string", "minLength": 1, "maxLength": TOKEN_ID_MAX, "description": "Its `jti`."},
    expiresAt={**TIME, "description": "The token's own end: until then it is refused."},
)


class DisconnectionBody(msgspec.Struct, frozen=True):
    reason: Literal["signed_out", "shut_out"]


class RevocationBody(msgspec.Struct, frozen=True, rename="camel"):
    issued_before: str | None = None


class TokenBody(msgspec.Struct, frozen=True, rename="camel"):
    token_id: Annotated[str, Meta(min_length=1, max_length=TOKEN_ID_MAX)]
    expires_at: str


class ServerPresence(ServerView):
    @reads(
        "Whether a member has a socket anywhere, or when they had one",
        scope=Scope.MEMBERS,
        parameters=[MEMBER_ID_IN_PATH],
        data=PRESENCE,
        example={"memberId": 3, "online": False, "lastSeenAt": "2026-11-29T09:00:00.123456Z"},
        refusals=[MemberNotFound],
    )
    def get(self, request: Request, member_id: str) -> Any:
        number = require_member(member_id=parse_id(member_id, name="memberId")).member_id
        server = getattr(request, "scope", {}).get("chat_server")
        if server is None:  # nobody here knows
            raise StoreUnavailable(retry_after=RETRY_AFTER_S)
        is_online, seen_at = async_to_sync(server.presence.of)([number])[number]
        return {"memberId": number, "online": is_online, "lastSeenAt": seen_at and wire_time(seen_at)}


class ServerDisconnection(ServerView):
    @writes(
        "End all sockets of a member, on every process; their tokens stay as good as they are",
        scope=Scope.SESSIONS,
        parameters=[MEMBER_ID_IN_PATH],
        body=object_of(reason=REASON),
        data=NOTHING,
    )
    def post(self, request: Request, member_id: str) -> Any:
        number, reason = parse_id(member_id, name="memberId"), parse_body(request, DisconnectionBody).reason
        deed = audit.Deed(
            room_id=audit.SITE,
            act="disconnected",
            by=acting_of(request).logged,
            at=self.now,
            member_id=number,
            details={"reason": reason},
        )
        audit.record(deed)
        code, words = CLOSINGS[reason]
        tell(request, lambda server: server.end_sockets(number, code, words))


class ServerRevocation(ServerView):
    @writes(
        "Revoke every token of a member that was issued before now or that moment; their sockets end",
        scope=Scope.SESSIONS,
        parameters=[MEMBER_ID_IN_PATH],
        body=ISSUED_BEFORE,
        data=NOTHING,
    )
    def post(self, request: Request, member_id: str) -> Any:
        number, before = parse_id(member_id, name="memberId"), parse_body(request, RevocationBody).issued_before
        revoked = sign_out(
            member_id=number,
            issued_before=self.now if before is None else _moment(before),
            by=acting_of(request).logged,
            now=self.now,
        )
        tell(request, lambda server: server.tell_revoked(revoked))


class ServerTokenRevocation(ServerView):
    @writes(
        "Revoke one token by its `jti`; its sockets end",
        scope=Scope.SESSIONS,
        body=TOKEN,
        data=NOTHING,
    )
    def post(self, request: Request) -> Any:
        body = parse_body(request, TokenBody)
        revoked = sign_out_token(
            jti=body.token_id, expires_at=_moment(body.expires_at), by=acting_of(request).logged, now=self.now
        )
        tell(request, lambda server: server.tell_revoked(revoked))


def _moment(text: str) -> datetime:
    """No token is older than the clocks that date it, and no database keeps all years. Raises InvalidInput."""
    return max(moment_of(text), EPOCH)
