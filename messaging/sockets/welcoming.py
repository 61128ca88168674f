"""What a v2 client is told first: who it is, until when, and what it may do here."""

from django.conf import settings

from messaging.delivery.sessions import Session
from messaging.limits import Limits
from messaging.wire import client_frames, protocol
from messaging.wire.content import MESSAGE_MAX_CHARACTERS
from messaging.wire.marks import ATTACHMENTS_MAX
from messaging.wire.times import wire_time_of_epoch


def welcome(
    session: Session, limits: Limits, *, silent_s: float, has_assistant: bool, epoch: str
) -> protocol.Welcome:
    """`silent_s`: how long a socket may say nothing at first."""
    return protocol.Welcome(
        member_id=session.member_id,
        nick_name=session.nickname,
        expires_at=wire_time_of_epoch(session.caller.expires_at),
        limits={
            "frameBytes": protocol.FRAME_MAX_BYTES,
            "messageCharacters": MESSAGE_MAX_CHARACTERS,
            "framesPerSecond": limits.frames_per_second,
            "sendsPerSecond": limits.sends_per_second,
            "roomsPerSocket": limits.rooms_per_socket,
            "unacknowledged": protocol.UNACKNOWLEDGED_MAX,
            "firstFrameSeconds": int(silent_s),
            "editWithinSeconds": 3_600 * settings.EDIT_WITHIN_HOURS,
            "deleteWithinSeconds": 3_600 * settings.DELETE_WITHIN_HOURS,
            "watchedMembers": client_frames.WATCHED_MAX if settings.PRESENCE else 0,
            "attachments": ATTACHMENTS_MAX,
            "fileBytes": settings.FILES.most_bytes if settings.FILES.is_on else 0,
        },
        assistant=has_assistant,
        reactions=settings.REACTION_KEYS,
        push=settings.PUSH.public_key or None,
        epoch=epoch,
    )
