"""What was said. One row per message, never one per reader. The table is that of the replaced server."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import IN_OFFICE, NOBODYS, ROW_GOES, MemberData
from messaging import (  # noqa: F401 - Django looks for tables here
    care_models,
    file_models,
    moderation_models,
    personal_models,
    push_models,
    report_models,
    search_models,
)
from messaging.mention_models import Keyword as Keyword
from messaging.mention_models import Mention as Mention
from rooms.models import Member, Room


class Message(models.Model):
    """One message of a room.

    `seq` numbers the messages of a room 1, 2, 3 …; `version` is the number of the message's last change among all
    changes of the room. Both are given by `messaging.store.services.store_messages` under the room's lock.
    """

    class Kind(models.TextChoices):
        MEMBER = "member", _("member")
        ASSISTANT = "assistant", _("assistant")
        NOTICE = "notice", _("notice")

    message_id = models.BigAutoField(primary_key=True, db_column="chat_message_id")
    room = models.ForeignKey(
        Room,
        on_delete=models.CASCADE,
        db_column="chat_room_id",
        db_index=False,  # both constraints below begin with it
        related_name="messages",
        verbose_name=_("room"),
    )
    seq = models.PositiveBigIntegerField(_("number"))
    version = models.PositiveBigIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.MEMBER)
    sender = models.ForeignKey(  # of a member's message None: that member is gone
        Member,
        on_delete=models.SET_NULL,
        db_column="user_id",
        related_name="messages",
        null=True,
        blank=True,
        verbose_name=_("sender"),
    )
    contents = models.TextField(_("contents"))
    client_id = models.CharField(_("client id"), max_length=32, null=True, default=None)
    reply_to = models.PositiveBigIntegerField(_("reply to"), null=True, default=None)
    created_at = models.DateTimeField(_("sent"))
    updated_at = models.DateTimeField(_("updated"))
    edited_at = models.DateTimeField(_("edited"), null=True, default=None)
    deleted_at = models.DateTimeField(_("deleted"), null=True, default=None)
    hidden_at = models.DateTimeField(_("hidden"), null=True, default=None)  # why: see rooms' Sanction
    marks = models.TextField(
        null=True, default=None, editable=False
    )  # see messaging.wire.marks; None: it has none

    member_data: ClassVar = {
        "sender": MemberData.anonymise("A tombstone stays, so that others' talk keeps its order."),
        "contents": MemberData.anonymise("Their words."),
        "client_id": MemberData.anonymise("Their client's."),
        "marks": MemberData.anonymise(
            "Mentions, files and previews are part of their words; their reactions to others are taken out."
        ),
    }

    class Meta:
        db_table = "chat_messages"
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions: ClassVar = [("ask_delivery", "Can ask how a message was delivered")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_per_room_and_seq"),
            models.UniqueConstraint(fields=["room", "sender", "client_id"], name="one_message_per_client_id"),
        ]
        indexes: ClassVar = [models.Index(fields=["room", "version"], name="message_by_version")]

    def __str__(self) -> str:
        return str(_("message %(seq)d of room %(room_id)d")) % {"seq": self.seq, "room_id": self.room_id}


class EarlierText(models.Model):
    """What a message said before an edit; for moderators only, and the newest EARLIER_TEXTS_KEPT of them."""

    earlier_text_id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="earlier_texts", verbose_name=_("message")
    )
    contents = models.TextField(_("contents"))
    written_at = models.DateTimeField(_("written"))
    replaced_at = models.DateTimeField(_("replaced"))

    member_data: ClassVar = {
        "contents": MemberData.delete("Their words."),
    }

    class Meta:
        db_table = "chat_earlier_texts"
        verbose_name = _("earlier text")
        verbose_name_plural = _("earlier texts")

    def __str__(self) -> str:
        return f"{self.message_id} · {timezone.localtime(self.written_at):%Y-%m-%d %H:%M:%S}"


class Reaction(models.Model):
    """A member's reaction to a message. What the room is told of them all is in `Message.marks`."""

    reaction_id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(
        Message,
        on_delete=models.CASCADE,
        db_index=False,  # the constraint below begins with it
        related_name="reactions",
        verbose_name=_("message"),
    )
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+", verbose_name=_("member"))
    key = models.CharField(_("reaction"), max_length=32)
    reacted_at = models.DateTimeField(_("reacted"))

    member_data: ClassVar = {
        "member": MemberData.delete("Theirs; its message is told again without."),
        "key": ROW_GOES,
    }

    class Meta:
        db_table = "chat_reactions"
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "key", "member"], name="one_reaction_per_key_and_member"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} · {self.key} · {self.member_id}"


class Pin(models.Model):
    """A message was the room's notice, from when to when; at most one of a room is not taken down yet."""

    pin_id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="pins", verbose_name=_("room"))
    seq = models.PositiveBigIntegerField(_("number"))
    pinned_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, related_name="+", null=True, verbose_name=_("pinned by")
    )
    pinned_at = models.DateTimeField(_("pinned"))
    unpinned_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, related_name="+", null=True, default=None, verbose_name=_("unpinned by")
    )
    unpinned_at = models.DateTimeField(_("unpinned"), null=True, default=None)

    member_data: ClassVar = {
        "pinned_by": IN_OFFICE,
        "unpinned_by": IN_OFFICE,
    }

    class Meta:
        db_table = "chat_pins"
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"{self.room_id}/{self.seq}"


class Deployment(models.Model):
    """The one row that names this database's deployment; made by whichever process needs it first.

    Deployments that share a Redis are told apart by it. A copy of a database has the same name: see the command
    `rename_deployment`.
    """

    ONLY = 1

    deployment_id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    name = models.CharField(max_length=32)
    # which history the rooms' versions count in: it changes when the database went backwards. "" until first told
    epoch = models.CharField(max_length=16, default="", db_default="")

    member_data: ClassVar = {"name": NOBODYS, "epoch": NOBODYS}

    class Meta:
        db_table = "chat_deployment"

    def __str__(self) -> str:
        return self.name


class SecondLook(models.Model):
    """Some to be notified of a message were looking just then: whether they read it is looked at again later."""

    look_id = models.BigAutoField(primary_key=True)
    endpoint_id = models.BigIntegerField()
    room_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    due_at = models.DateTimeField(db_index=True)
    details = models.TextField(default="")  # JSON: of whom, and why they are notified

    member_data: ClassVar = {
        "details": MemberData.keep("Numbers, for some seconds."),
    }

    class Meta:
        db_table = "chat_second_looks"

    def __str__(self) -> str:
        return f"{self.room_id} · {self.seq}"
