"""Which tables hold something of a member: and what of each an export has. No queries.

Messages, answers of the assistant and files have modules of their own. A test walks through all models that name a
member, and finds those of which neither `tables` nor `left_out` says anything.
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.care_models import Concern
from messaging.personal.exports.assistant_tables import OF_ASSISTANT
from messaging.personal.exports.table import Table

TABLES = (
    Table(
        model="rooms.Participant",
        by="member_id",
        name="rooms",
        title=_("Rooms I am in"),
        columns=(
            "room_id",
            "role",
            "notify",
            "joined_seq",
            "read_seq",
            "muted_until",
            "said_at",
            "on_duty",
            "is_pinned",
            "hidden_seq",
            "is_marked_unread",
        ),
    ),
    Table(
        model="rooms.Room",
        by="creator_id",
        name="roomsMade",
        title=_("Rooms I made"),
        columns=("room_id", "name", "description", "created_at"),
    ),
    Table(
        model="rooms.MemberPreferences",
        by="member_id",
        name="preferences",
        title=_("What I chose for all rooms"),
        columns=("hides_presence", "previews_text"),
    ),
    Table(
        model="rooms.MemberAge",
        by="member_id",
        name="age",
        title=_("Whether I am under 14, as I was told to be"),
        columns=("is_under14", "said_at"),
    ),
    Table(model="messaging.Keyword", by="member_id", name="keywords", title=_("My keywords"), columns=("word",)),
    Table(
        model="messaging.PushSubscription",
        by="member_id",
        name="browsers",
        title=_("Browsers that are notified"),
        columns=("language", "seen_at"),
    ),
    Table(
        model="rooms.MemberBlock",
        by="member_id",
        name="blocked",
        title=_("Members I blocked"),
        columns=("blocked_id", "since"),
        called={"blocked_id": "member_id"},
    ),
    Table(
        model="messaging.Reaction",
        by="member_id",
        name="reactions",
        title=_("My reactions"),
        columns=("message__room_id", "message__seq", "key", "reacted_at"),
        called={"message__room_id": "room_id", "message__seq": "seq"},
    ),
    Table(
        model="messaging.Mention",
        by="member_id",
        name="mentions",
        title=_("Messages that mention me"),
        columns=("room_id", "seq"),
        order=("room_id", "seq"),
    ),
    Table(
        model="messaging.Pin",
        by="pinned_by_id",
        name="notices",
        title=_("Notices I put up"),
        columns=("room_id", "seq", "pinned_at", "unpinned_at"),
    ),
    Table(
        model="messaging.HeldMessage",
        by="sender_id",
        name="heldMessages",
        title=_("Messages of mine that waited for a manager"),
        columns=(
            "room_id",
            "seq",
            "contents",
            "assisted",
            "reply_to",
            "why",
            "held_at",
            "state",
            "reason",
            "decided_at",
        ),
    ),
    Table(
        model="messaging.Report",
        by="reporter_id",
        name="reports",
        title=_("What I reported"),
        columns=(
            "case__subject",
            "case__room_id",
            "case__seq",
            "reason",
            "words",
            "made_at",
            "case__outcome",
            "case__reason",
            "case__decided_at",
        ),
        called={
            "case__subject": "about",
            "case__room_id": "room_id",
            "case__seq": "seq",
            "case__outcome": "outcome",
            "case__reason": "decision",
            "case__decided_at": "decided_at",
        },
    ),
    Table(
        model="rooms.Sanction",
        by="member_id",
        name="sanctions",
        title=_("Sanctions that met me"),
        columns=("kind", "room_id", "seq", "reason", "since", "until", "lifted_at"),
        only=Q(is_told=True),
    ),
    Table(
        model="rooms.Objection",
        by="sanction__member_id",
        name="objections",
        title=_("My objections"),
        columns=("sanction__kind", "sanction__room_id", "words", "made_at", "decision", "answer", "decided_at"),
        called={"sanction__kind": "kind", "sanction__room_id": "room_id"},
    ),
    Table(
        model="rooms.JoinRequest",
        by="member_id",
        name="joinRequests",
        title=_("Rooms I asked to join"),
        columns=("room_id", "words", "made_at", "admitted", "reason", "decided_at"),
    ),
    Table(
        model="rooms.Invite",
        by="made_by_id",
        name="invitations",
        title=_("Invitations I made"),
        columns=("room_id", "made_at", "expires_at", "uses", "used"),
    ),
    Table(
        model="rooms.DeletedPlace",
        by="member_id",
        name="deletedRooms",
        title=_("Rooms I was in that were deleted"),
        columns=("room_id", "room__name", "room__why", "room__deleted_at"),
        called={"room__name": "name", "room__why": "why", "room__deleted_at": "deleted_at"},
    ),
    Table(
        model="messaging.Concern",
        by="member_id",
        name="concerns",
        title=_("When somebody was to look after me"),
        columns=("room_id", "seq", "raised_at", "state", "seen_at", "closed_at"),
        only=~Q(source=Concern.Source.REPORT),
    ),
    *OF_ASSISTANT,
    Table(
        model="rooms.RoomsMade",
        by="member_id",
        name="roomsMadeInADay",
        title=_("How many rooms I made on the last day with any"),
        columns=("day", "number"),
    ),
    Table(
        model="messaging.FilesAnnounced",
        by="member_id",
        name="filesSentInADay",
        title=_("How much I sent on the last day with files"),
        columns=("day", "size"),
    ),
    Table(
        model="messaging.SlowedReporter",
        by="member_id",
        name="slowedReports",
        title=_("When I could report less"),
        columns=("since", "until"),
    ),
    Table(
        model="chatproject.Revocation",
        by="member_id",
        name="signedOut",
        title=_("When I was signed out everywhere"),
        columns=("issued_before", "made_at"),
    ),
    Table(
        model="messaging.Export",
        by="member_id",
        name="exports",
        title=_("When my data was asked for"),
        columns=("asked_by_kind", "asked_at", "state"),
        called={"asked_by_kind": "asked_by"},
    ),
)

# what modules of their own write
WRITTEN = {
    "rooms.Member": "member",
    "messaging.Message": "messages, assistantAnswers",
    "messaging.EarlierText": "messages: earlierTexts",
    "messaging.File": "files",
}
