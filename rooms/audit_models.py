"""The table of the audit log. Django finds it through `rooms.models`.

It outlives rooms and members, so it holds their numbers and no references.
"""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import NOBODYS, MemberData


class AppendOnly(models.QuerySet["AuditEntry"]):
    """Nobody changes the log."""

    def update(self, **_changes: Any) -> NoReturn:
        raise TypeError("The audit log is only appended to.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit log is only appended to.")


class AuditEntry(models.Model):
    """One act of a manager, of staff, of the filter, the assistant, the clock or the main server. See
    `rooms.moderation.audit`.

    Numbered 1, 2, 3 … within its room, `room_id` 0 being the site; `digest` chains it to the entry before.
    """

    class Actor(models.TextChoices):
        MEMBER = "member", _("member")
        STAFF = "staff", _("staff")
        FILTER = "filter", _("filter")
        ASSISTANT = "assistant", _("assistant")
        CLOCK = "clock", _("clock")  # an end that came
        SERVER = "server", _("main server")

    entry_id = models.BigAutoField(primary_key=True)
    room_id = models.PositiveBigIntegerField(_("room number"), default=0)
    number = models.PositiveBigIntegerField(_("number"))
    at = models.DateTimeField(_("at"))
    act = models.CharField(_("act"), max_length=32)
    actor_kind = models.CharField(_("who"), max_length=9, choices=Actor.choices)
    actor_id = models.PositiveBigIntegerField(
        _("number of who"), null=True, default=None
    )  # member, staff account, or key of the main server
    member_id = models.PositiveBigIntegerField(_("member number"), null=True, default=None)  # whom it met
    seq = models.PositiveBigIntegerField(_("message"), null=True, default=None)
    reason = models.CharField(_("reason"), max_length=500, default="", blank=True)
    until = models.DateTimeField(_("until"), null=True, default=None)
    details = models.TextField(_("details"), default="", blank=True)  # JSON, "" for none
    digest = models.CharField(_("digest"), max_length=64)

    objects = AppendOnly.as_manager()

    member_data: ClassVar = {
        "actor_id": MemberData.keep("A number: who answers for an act is known as long as the log is kept."),
        "member_id": MemberData.keep("A number: whom an act met is known as long as the log is kept."),
        "reason": MemberData.keep(
            "Nobody changes the log, which is chained: a word less would break it. It ends with the log."
        ),
        "act": NOBODYS,
        "details": NOBODYS,
        "digest": NOBODYS,
    }

    class Meta:
        db_table = "chat_audit_log"
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room_id", "number"], name="one_audit_entry_per_number"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member_id", "entry_id"], name="audit_by_member"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return str(_("entry %(number)d")) % {"number": self.number}

    def save(self, *args: Any, **options: Any) -> None:
        if self.pk is not None:
            raise TypeError("The audit log is only appended to.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError("The audit log is only appended to.")
