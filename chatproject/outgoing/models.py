"""Who is told of what happens here, and what waits to be told.

An event's row holds numbers only: its body is made when it is sent, of what the database says by then. So a text
that was deleted meanwhile never leaves, and nothing that anybody said lies in the queue.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import NOBODYS, OF_STAFF, MemberData
from chatproject.outgoing.addresses import URL_MAX_CHARACTERS


class Kind(models.TextChoices):
    """What can be subscribed to; and `test`, which is not subscribed to but asked for."""

    MESSAGE = "message", _("a message")
    MENTION = "mention", _("somebody to notify")
    CHANGED = "changed", _("a message changed")
    FILE = "file", _("a file that was sent")
    JOINED = "joined", _("a member came in")
    LEFT = "left", _("a member left")
    SANCTION = "sanction", _("a sanction")
    REPORT = "report", _("a report")
    CONCERN = "concern", _("somebody may need help")
    READ = "read", _("a read mark")
    ERASED = "erased", _("a member was erased")
    TEST = "test", _("a test")


class Endpoint(models.Model):
    """An address of the main server that events are sent to."""

    endpoint_id = models.BigAutoField(primary_key=True)
    url = models.CharField(_("address"), max_length=URL_MAX_CHARACTERS)
    description = models.CharField(_("description"), max_length=100, default="", blank=True)
    kinds = models.JSONField(_("kinds"), default=list)  # values of Kind
    with_text = models.BooleanField(_("with the texts of messages"), default=True)
    is_enabled = models.BooleanField(_("active"), default=True)
    ended_why = models.CharField(_("ended because"), max_length=200, default="", blank=True, editable=False)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    member_data: ClassVar = {
        "url": OF_STAFF,
        "description": OF_STAFF,
        "kinds": NOBODYS,
        "ended_why": NOBODYS,
    }

    class Meta:
        db_table = "chat_event_endpoints"
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")

    def __str__(self) -> str:
        return self.description or self.url


class EndpointSecret(models.Model):
    """What events to an endpoint are signed with: each that has not ended, so that one can replace another."""

    secret_id = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="secrets")
    secret = models.CharField(max_length=100)  # "whsec_" and base64, as Standard Webhooks writes it
    made_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True, default=None)

    member_data: ClassVar = {"secret": NOBODYS}

    class Meta:
        db_table = "chat_event_secrets"

    def __str__(self) -> str:
        return f"{self.endpoint_id} · {self.secret_id}"


class EndpointState(models.Model):
    """Which process sends to an endpoint now, and how that goes. Apart, so that no form writes over it."""

    endpoint = models.OneToOneField(Endpoint, on_delete=models.CASCADE, primary_key=True, related_name="state")
    holder = models.CharField(max_length=64, default="")
    held_until = models.DateTimeField(null=True, default=None)  # by the database's clock
    failures = models.PositiveIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True, default=None)  # None: something gets through
    retry_at = models.DateTimeField(null=True, default=None)  # until then no request, and then one at a time
    last_success_at = models.DateTimeField(null=True, default=None)
    last_failure_at = models.DateTimeField(null=True, default=None)
    last_error = models.CharField(max_length=200, default="")
    test_id = models.BigIntegerField(null=True, default=None)  # the event that was asked for last: it goes first

    member_data: ClassVar = {"holder": NOBODYS, "last_error": NOBODYS}

    class Meta:
        db_table = "chat_event_states"

    def __str__(self) -> str:
        return f"{self.endpoint_id} · {self.holder}"


class OutgoingEvent(models.Model):
    """An event for one endpoint. Rows of a room are made under its lock: their numbers rise as they commit."""

    class State(models.TextChoices):
        WAITING = "waiting", _("to be sent")
        DELIVERED = "delivered", _("delivered")
        DEAD = "dead", _("given up")

    event_id = models.BigAutoField(_("number"), primary_key=True)
    # no key: a row for an endpoint that was deleted just now must not fail what it is written with
    endpoint_id = models.BigIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    room_id = models.BigIntegerField(_("room"), null=True, default=None)
    seq = models.BigIntegerField(_("message"), null=True, default=None)
    version = models.BigIntegerField(null=True, default=None)
    member_id = models.BigIntegerField(_("member"), null=True, default=None)
    details = models.TextField(null=True, default=None)  # JSON of numbers and words of ours, never of members
    created_at = models.DateTimeField(_("happened"))
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.WAITING, db_default=State.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    due_at = models.DateTimeField(_("next try"), null=True, default=None)  # None: at once
    prev_id = models.BigIntegerField(null=True, default=None)  # the room's event that was sent before this
    sent_at = models.DateTimeField(_("sent"), null=True, default=None)
    last_status = models.PositiveSmallIntegerField(_("last status"), null=True, default=None)
    last_error = models.CharField(_("last error"), max_length=200, default="", db_default="")

    member_data: ClassVar = {
        "member_id": MemberData.keep(
            "A number; what is sent of them is read when it is sent, and rows are kept for days."
        ),
        "details": NOBODYS,
        "last_error": NOBODYS,
    }

    class Meta:
        db_table = "chat_events"
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes: ClassVar = [
            models.Index(fields=["endpoint_id", "state", "event_id"], name="events_by_endpoint_and_state")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.kind}"


class RoomStream(models.Model):
    """How far an endpoint was told of a room, by the last event's number. Kept as long as one of the room's is."""

    endpoint_id = models.BigIntegerField()
    room_id = models.BigIntegerField()
    last_event_id = models.BigIntegerField()

    class Meta:
        db_table = "chat_event_streams"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint_id", "room_id"], name="one_stream_per_endpoint_and_room")
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} · {self.room_id} · {self.last_event_id}"
