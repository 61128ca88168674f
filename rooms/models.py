"""Who may be where: members, rooms, participants. Tables and columns are those of the replaced server.

Every rule that the database can keep stands here as a constraint. What `on_delete` says of a reference to a member
is done by the database itself (see `references`): the main server deletes its users by itself.
"""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import NOBODYS, OF_ROOM, OF_STAFF, ROW_GOES, MemberData
from rooms import audit_models, deleted_models, invite_models, moderation_models  # noqa: F401 - Django looks here
from rooms.member_models import MemberAge as MemberAge
from rooms.member_models import MemberPreferences as MemberPreferences
from rooms.member_models import RoomsMade as RoomsMade

ROOM_NAME_LENGTHS = range(2, 51)  # characters, after trimming
DESCRIPTION_MAX_CHARACTERS = 200
NICKNAME_MAX_CODE_POINTS = 40  # twenty characters, and "#{member_id}" where another member holds the name
NAMELESS = "회원"  # "member", whose nickname shows nothing


def shown_nickname(nickname: str | None, *, member_id: int) -> str:
    """The nickname, or "회원#7" for a user whom the main server gave none (yet)."""
    return nickname if nickname and not nickname.isspace() else f"{NAMELESS}#{member_id}"


class Member(models.Model):
    """A community user. The main server owns it, and the table, where it shares its database with us.

    There nothing is written to it (see `users`) and no constraint of ours holds: two may have one nickname. In a
    table of our own it is a mirror that a token's claims make and refresh.
    """

    class Role(models.TextChoices):
        USER = "USER", _("member")
        ADMIN = "ADMIN", _("moderator")

    member_id = models.BigIntegerField(_("member number"), primary_key=True, db_column="user_id")
    nickname = models.CharField(_("nickname"), max_length=NICKNAME_MAX_CODE_POINTS, unique=True)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.USER)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    member_data: ClassVar = {
        "member_id": MemberData.delete(
            "Where the table is ours, and when nothing of theirs is left; else the main server deletes it."
        ),
        "nickname": ROW_GOES,
    }

    class Meta:
        db_table = "users"
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return self.nickname

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        member = super().from_db(db, field_names, values, **options)
        if "nickname" in member.__dict__:
            member.nickname = shown_nickname(member.nickname, member_id=member.member_id)
        return member


class Room(models.Model):
    """A group room or the private room of two members, with the counters that order what happens in it."""

    class Joining(models.TextChoices):
        OPEN = "open", _("open to everyone")
        CODE = "code", _("with a code")
        APPROVAL = "approval", _("by approval")

    room_id = models.BigAutoField(_("room number"), primary_key=True, db_column="chat_room_id")
    # None: a private room, which is called by its members' nicknames, see `selectors.private_room_names`
    name = models.CharField(_("name"), max_length=100, unique=True, null=True, default=None, blank=True)
    description = models.CharField(
        _("description"), max_length=DESCRIPTION_MAX_CHARACTERS, default="", db_default="", blank=True
    )
    is_group_chat = models.BooleanField(_("group room"), default=True)
    last_seq = models.PositiveBigIntegerField(_("messages"), default=0)  # seq of the newest message
    version = models.PositiveBigIntegerField(_("version"), default=0)  # number of the newest change
    roster_version = models.PositiveBigIntegerField(_("roster version"), default=0)  # counts joins and leaves
    pinned_seq = models.PositiveBigIntegerField(_("notice"), null=True, default=None, editable=False)
    pair_key = models.CharField(_("pair"), max_length=40, unique=True, null=True, default=None, editable=False)
    creator = models.ForeignKey(
        Member, on_delete=models.SET_NULL, related_name="+", null=True, default=None, verbose_name=_("made by")
    )
    # somebody was made its owner: when they go another follows, see moderation.roles
    is_owned = models.BooleanField(default=False, db_default=False, editable=False)
    # what stands at the assistant's messages here; empty: settings.ASSISTANT_NAME
    assistant_name = models.CharField(_("name of the assistant"), max_length=20, default="", blank=True)
    slow_s = models.PositiveSmallIntegerField(_("slow mode"), default=0, db_default=0)  # seconds, 0: off
    is_read_only = models.BooleanField(_("read-only"), default=False, db_default=False)  # but for managers
    joining = models.CharField(
        _("joining"), max_length=8, choices=Joining.choices, default=Joining.OPEN, db_default=Joining.OPEN
    )
    join_code = models.CharField(_("join code"), max_length=16, default="", db_default="", blank=True)
    is_counselling = models.BooleanField(_("counselling room"), default=False, db_default=False)  # staff say so
    # whether notifications may show what was said; in a counselling room none does
    allows_previews = models.BooleanField(_("texts in notifications"), default=True, db_default=True)
    # days; None: as the settings say, 0: for good
    keeps_messages = models.PositiveSmallIntegerField(_("messages are kept"), null=True, default=None, blank=True)
    first_seq = models.PositiveBigIntegerField(default=1, db_default=1, editable=False)  # older ones went
    # days; None: as the settings say, 0: for as long as their messages
    keeps_files = models.PositiveSmallIntegerField(_("files are kept"), null=True, default=None, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    member_data: ClassVar = {
        "name": OF_ROOM,
        "description": OF_ROOM,
        "pair_key": MemberData.anonymise(
            "A member of the same number would find the private rooms of the former one."
        ),
        "creator": MemberData.anonymise("The room is everybody's in it."),
        "assistant_name": OF_STAFF,
        "join_code": NOBODYS,
    }

    class Meta:
        db_table = "chat_rooms"
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        # the newest group rooms are few among many private ones
        indexes: ClassVar = [models.Index(fields=["is_group_chat", "room_id"], name="group_rooms_by_age")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(is_group_chat=True, name__isnull=False)
                | models.Q(is_group_chat=False, name=None),
                name="group_rooms_have_names",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("private room %(number)s")) % {"number": self.room_id}

    @property
    def kept_messages(self) -> int:
        """How many there are, deleted ones too: they are numbered without a gap, so no query counts them."""
        return self.last_seq + 1 - self.first_seq


class Participant(models.Model):
    """A member's place in a room, and how far the member has read there."""

    class Notify(models.TextChoices):
        ALL = "all", _("everything")
        MENTIONS = "mentions", _("mentions and keywords")
        NONE = "none", _("nothing")

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")  # 방장; at most one in a room, none in a private one
        MANAGER = "manager", _("manager")  # 부방장
        MEMBER = "member", _("member")

    participant_id = models.BigAutoField(primary_key=True, db_column="chat_participant_id")
    member = models.ForeignKey(
        Member,
        on_delete=models.CASCADE,
        db_column="user_id",
        related_name="participations",
        verbose_name=_("member"),
    )
    room = models.ForeignKey(
        Room,
        on_delete=models.CASCADE,
        db_column="chat_room_id",
        db_index=False,  # the constraint below begins with it
        related_name="participants",
        verbose_name=_("room"),
    )
    read_seq = models.PositiveBigIntegerField(_("read up to"), default=0)
    joined_seq = models.PositiveBigIntegerField(
        _("joined after"), default=0, db_default=0
    )  # 0 too: joined before it was kept
    notify = models.CharField(
        _("notification"), max_length=8, choices=Notify.choices, default=Notify.ALL, db_default=Notify.ALL
    )
    role = models.CharField(
        _("role"), max_length=7, choices=Role.choices, default=Role.MEMBER, db_default=Role.MEMBER
    )
    muted_until = models.DateTimeField(_("muted until"), null=True, default=None)
    said_at = models.DateTimeField(null=True, default=None, editable=False)  # last; kept in rooms with slow mode
    on_duty = models.BooleanField(_("on duty"), default=True, db_default=True)  # of managers: told of concerns
    is_pinned = models.BooleanField(default=False, db_default=False, editable=False)  # above in the member's list
    hidden_seq = models.PositiveBigIntegerField(
        null=True, default=None, editable=False
    )  # hidden until a newer one
    is_marked_unread = models.BooleanField(default=False, db_default=False, editable=False)  # until it is read
    ai_told_at = models.DateTimeField(null=True, default=None, editable=False)  # that an AI is in the room

    member_data: ClassVar = {
        "member": MemberData.delete("They are taken out of all rooms, which are told."),
    }

    class Meta:
        db_table = "chat_participants"
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "member"], name="one_place_per_member_and_room"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} · {self.room_id}"
