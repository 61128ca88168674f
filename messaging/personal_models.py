"""The tables of erasures, exports and holds. Django finds them through `messaging.models`.

They outlive members and rooms, so they hold numbers; who asked is told as in the audit log.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import NOBODYS, OF_STAFF, ROW_GOES, MemberData
from rooms.audit_models import AuditEntry


class Erasure(models.Model):
    """All that a member said and left here is erased: the order to do so, and the receipt of what was done.

    It is done in parts, by whichever process holds it; one that ends is followed by another.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")

    erasure_id = models.BigAutoField(_("receipt"), primary_key=True)
    member_id = models.PositiveBigIntegerField(_("member number"), db_index=True)
    asked_by_kind = models.CharField(_("asked by"), max_length=9, choices=AuditEntry.Actor.choices)
    asked_by_id = models.PositiveBigIntegerField(_("number of who asked"), null=True, default=None)
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.WAITING)
    counts = models.TextField(_("counts"), default="{}")  # JSON: how many of what were erased, anonymised, held
    holder = models.CharField(max_length=64, default="", editable=False)  # the process that does it
    held_until = models.DateTimeField(null=True, default=None, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, default=None)

    member_data: ClassVar = {
        "member_id": MemberData.keep("The receipt: whose, for who asks, and to be done again after a restore."),
        "asked_by_id": MemberData.keep("A number: who answers for it."),
        "counts": NOBODYS,
        "holder": NOBODYS,
    }

    class Meta:
        db_table = "chat_erasures"
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        indexes: ClassVar = [models.Index(fields=["state", "erasure_id"], name="erasures_by_state")]

    def __str__(self) -> str:
        return f"{self.erasure_id} · {self.member_id}"


class Export(models.Model):
    """What this server has of a member, packed into one file of the store that can be had for a day."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        MAKING = "making", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        GONE = "gone", _("no longer kept")

    export_id = models.BigAutoField(_("number"), primary_key=True)
    member_id = models.PositiveBigIntegerField(_("member number"), db_index=True)
    asked_by_kind = models.CharField(_("asked by"), max_length=9, choices=AuditEntry.Actor.choices)
    asked_by_id = models.PositiveBigIntegerField(_("number of who asked"), null=True, default=None)
    asked_at = models.DateTimeField(_("asked"))
    language = models.CharField(max_length=5, default="ko")  # of the readable text
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.WAITING)
    key = models.CharField(max_length=32, unique=True)  # random hexadecimal digits: its name in the store
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    holder = models.CharField(max_length=64, default="", editable=False)  # the process that makes it
    held_until = models.DateTimeField(null=True, default=None, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    ready_at = models.DateTimeField(_("ready since"), null=True, default=None)
    expires_at = models.DateTimeField(_("kept until"), null=True, default=None)

    member_data: ClassVar = {
        "member_id": MemberData.delete("It is taken away with its file."),
        "asked_by_id": ROW_GOES,
        "language": NOBODYS,
        "key": NOBODYS,
        "holder": NOBODYS,
    }

    class Meta:
        db_table = "chat_exports"
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes: ClassVar = [models.Index(fields=["state", "expires_at"], name="exports_by_state")]

    def __str__(self) -> str:
        return f"{self.export_id} · {self.member_id}"


class LegalHold(models.Model):
    """What a member said, or what was said in a room, is kept until this ends, whoever erases or deletes it.

    Exactly one of `member_id` and `room_id` is set.
    """

    hold_id = models.BigAutoField(_("number"), primary_key=True)
    member_id = models.PositiveBigIntegerField(_("member number"), null=True, default=None, blank=True)
    room_id = models.PositiveBigIntegerField(_("room number"), null=True, default=None, blank=True)
    reason = models.CharField(_("reason"), max_length=500)  # the law or order behind it
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("ordered by staff"),
    )
    made_at = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    lifted_at = models.DateTimeField(_("lifted"), null=True, default=None)

    member_data: ClassVar = {
        "member_id": MemberData.keep("A law or an order wants it, until its end."),
        "reason": OF_STAFF,
    }

    class Meta:
        db_table = "chat_legal_holds"
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(member_id__isnull=False, room_id=None)
                | models.Q(member_id=None, room_id__isnull=False),
                name="holds_are_of_a_member_or_a_room",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member_id", "until"], name="holds_by_member"),
            models.Index(fields=["room_id", "until"], name="holds_by_room"),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id} · {self.member_id or self.room_id}"


class HeldRecord(models.Model):
    """A copy of what was erased or deleted while a hold asked for it. It goes with its hold."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("message")
        EARLIER_TEXT = "earlier", _("earlier text")
        FILE = "file", _("file")
        OTHER = "other", _("other")

    record_id = models.BigAutoField(_("number"), primary_key=True)
    hold = models.ForeignKey(LegalHold, on_delete=models.CASCADE, related_name="records", verbose_name=_("hold"))
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices)
    room_id = models.PositiveBigIntegerField(_("room number"), null=True, default=None)
    seq = models.PositiveBigIntegerField(_("message"), null=True, default=None)
    member_id = models.PositiveBigIntegerField(_("member number"), null=True, default=None)
    contents = models.TextField(_("contents"))  # JSON
    made_at = models.DateTimeField(_("said"))
    kept_at = models.DateTimeField(_("kept since"))

    member_data: ClassVar = {
        "member_id": MemberData.keep("A law or an order wants it, until its hold ends."),
        "contents": MemberData.keep("A law or an order wants it, until its hold ends."),
    }

    class Meta:
        db_table = "chat_held_records"
        verbose_name = _("record kept by a hold")
        verbose_name_plural = _("records kept by holds")
        indexes: ClassVar = [models.Index(fields=["hold", "room_id", "seq"], name="records_by_message")]

    def __str__(self) -> str:
        return f"{self.record_id} · {self.kind}"
