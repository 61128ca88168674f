"""What becomes of held messages, decided over REST or in the admin; then told to whom it concerns."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from chatproject.tokens import Caller
from messaging.acting import let_go
from messaging.moderation import held as held_messages
from messaging.moderation_models import HeldMessage
from messaging.store.drafts import Draft, Release
from messaging.wire.content import client_id_from_hex
from messaging.wire.marks import attachments_of
from messaging.wire.room_frames import Held
from rooms.moderation.ranks import Acting
from rooms.moderation.rights import Rank
from rooms.telling import tell

if TYPE_CHECKING:
    from messaging.server import ChatServer


def decide(
    request: HttpRequest | Request, *, room_id: int, held_id: int, by: Caller | Acting, release: bool, reason: str
) -> HeldMessage:
    """Let it go or reject it. Of two at once one wins. Raises NothingThere, AlreadyDecided, InvalidInput for a
    rejection without a reason, NotInRoom where its author left meanwhile, and as `require_right`."""
    if release:
        held = _release(request, room_id=room_id, held_id=held_id, by=by, reason=reason)
    else:
        held = held_messages.reject(room_id=room_id, held_id=held_id, by=by, reason=reason, now=timezone.now())
    tell(request, lambda server: _tell(server, held))
    return held


def _release(
    request: HttpRequest | Request, *, room_id: int, held_id: int, by: Caller | Acting, reason: str
) -> HeldMessage:
    held, acting = held_messages.require_held(room_id=room_id, held_id=held_id, by=by)
    reason = held_messages.require_reason(reason) if reason.strip() else ""
    files = attachments_of(held.files)
    draft = Draft(
        room_id=room_id,
        sender_id=held.sender_id,
        contents=held.contents,
        client_id=held.client_id,
        reply_to=held.reply_to,
        mentions=held_messages.mentions_of(held),
        everyone=held.everyone,
        assisted=held.assisted,
        attachments=tuple(one.file_id for one in files),
        held_files=files,
        release=Release(held_id, acting.logged, reason, is_admin=acting.rank == Rank.STAFF),
    )
    let_go(request, draft)
    held.refresh_from_db()
    return held


def _tell(server: "ChatServer", held: HeldMessage) -> None:
    decided = Held(
        held_id=held.held_id,
        room_id=held.room_id,
        client_id=client_id_from_hex(held.client_id),
        state="released" if held.state == HeldMessage.State.RELEASED else "rejected",
        reason=held.reason,
        seq=held.seq,
    )
    server.tell_members([held.sender_id], decided)
    server.screens.tell_waiting(held.room_id)
