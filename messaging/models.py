"""What was said. One row per message, never one per reader. The table is that of the replaced server."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

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

    class Meta:
        db_table = "chat_messages"
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_per_room_and_seq"),
            models.UniqueConstraint(fields=["room", "sender", "client_id"], name="one_message_per_client_id"),
        ]
        indexes: ClassVar = [models.Index(fields=["room", "version"], name="message_by_version")]

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

    class Meta:
        db_table = "chat_deployment"

    def __str__(self) -> str:
        return self.name
