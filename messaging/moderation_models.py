"""The tables of what is looked for in texts, held and reported. Django finds them through `messaging.models`.

Evidence outlives its message, room and people: there stand their numbers, not references.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import IN_OFFICE, NOBODYS, OF_ROOM, OF_STAFF, ROW_GOES, MemberData
from messaging.filter_models import FilterRule as FilterRule


class HeldMessage(models.Model):
    """A message that waits for a manager: not in the room's log yet, and seen by its author and managers only."""

    class Why(models.TextChoices):
        FILTER = "filter", _("word filter")
        FLOOD = "flood", _("flood")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        RELEASED = "released", _("released")
        REJECTED = "rejected", _("rejected")

    held_id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(
        "rooms.Room",
        on_delete=models.CASCADE,
        db_index=False,
        related_name="held_messages",
        verbose_name=_("room"),
    )
    sender = models.ForeignKey(
        "rooms.Member", on_delete=models.CASCADE, related_name="held_messages", verbose_name=_("sender")
    )
    contents = models.TextField(_("contents"))
    client_id = models.CharField(_("client's number"), max_length=32)
    reply_to = models.PositiveBigIntegerField(_("answers"), null=True, default=None)
    mentions = models.TextField(_("mentions"), default="", blank=True)  # JSON: member ids; "" for none
    everyone = models.BooleanField(_("mentions everyone"), default=False)
    assisted = models.BooleanField(_("written with the help of AI"), default=False, db_default=False)
    files = models.TextField(_("files"), default="", blank=True)  # JSON: Attachments as they were; "" for none
    why = models.CharField(_("why"), max_length=6, choices=Why.choices)
    rule_id = models.PositiveBigIntegerField(_("rule"), null=True, default=None)
    matched = models.CharField(_("found"), max_length=100, default="", blank=True)
    held_at = models.DateTimeField(_("held"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=200, default="", blank=True)
    decided_by = models.ForeignKey(
        "rooms.Member",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("decided by"),
    )
    decided_by_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("decided by staff"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, default=None)
    seq = models.PositiveBigIntegerField(_("number"), null=True, default=None)  # once released

    member_data: ClassVar = {
        "sender": MemberData.delete("Nobody is left to say it."),
        "decided_by": IN_OFFICE,
        **dict.fromkeys(("contents", "client_id", "mentions", "files", "matched", "reason"), ROW_GOES),
    }

    class Meta:
        db_table = "chat_held_messages"
        verbose_name = _("held message")
        verbose_name_plural = _("held messages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "sender", "client_id"], name="one_held_message_per_client_id"),
        ]
        indexes: ClassVar = [models.Index(fields=["room", "state", "held_id"], name="held_by_room_and_state")]

    def __str__(self) -> str:
        return f"{self.room_id} · {self.sender_id} · {self.held_id}"


class Case(models.Model):
    """What was reported: one message, member or room, until it is decided. One open case for each."""

    class Subject(models.TextChoices):
        MESSAGE = "message", _("message")
        MEMBER = "member", _("member")
        ROOM = "room", _("room")

    class Outcome(models.TextChoices):
        DISMISSED = "dismissed", _("no breach")
        HIDDEN = "hidden", _("message hidden")
        MEASURE = "measure", _("temporary measure")
        MUTED = "muted", _("muted")
        REMOVED = "removed", _("removed from the room")
        CARED = "cared", _("cared for")

    case_id = models.BigAutoField(primary_key=True)
    subject = models.CharField(_("subject"), max_length=7, choices=Subject.choices)
    room_id = models.PositiveBigIntegerField(_("room number"))
    room_name = models.CharField(_("room"), max_length=100, default="", blank=True)
    seq = models.PositiveBigIntegerField(_("message"), null=True, default=None)
    member_id = models.PositiveBigIntegerField(_("member number"), null=True, default=None)  # who is reported
    member_name = models.CharField(_("member"), max_length=40, default="", blank=True)
    open_key = models.CharField(max_length=64, unique=True, null=True, default=None, editable=False)  # while open
    is_for_staff = models.BooleanField(_("for staff"), default=False)  # managers may not decide it
    is_urgent = models.BooleanField(_("urgent"), default=False)
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("due"))
    claimed_by = models.PositiveBigIntegerField(_("looked at by"), null=True, default=None)  # a member's number
    claimed_by_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("claimed by"),
    )
    claimed_until = models.DateTimeField(_("claimed until"), null=True, default=None)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices, default="", blank=True)
    reason = models.CharField(_("reason"), max_length=500, default="", blank=True)  # told to both sides
    until = models.DateTimeField(_("until"), null=True, default=None)
    decided_by = models.PositiveBigIntegerField(_("decided by"), null=True, default=None)  # a member's number
    decided_by_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, default=None)

    member_data: ClassVar = {
        "room_name": OF_ROOM,
        "member_id": MemberData.keep(
            "A number: reports are decided, answered and counted for half-years (정보통신망법)."
        ),
        "member_name": MemberData.anonymise("Theirs.", of="member_id"),
        "claimed_by": IN_OFFICE,
        "decided_by": IN_OFFICE,
        "open_key": NOBODYS,
        "reason": OF_STAFF,
    }

    class Meta:
        db_table = "chat_cases"
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes: ClassVar = [
            models.Index(fields=["decided_at", "due_at"], name="cases_by_due_time"),
            models.Index(fields=["room_id", "decided_at"], name="cases_by_room"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.subject} · {self.room_id}"


class Report(models.Model):
    """What a member, or the filter, says about a case, with the evidence as it was then."""

    class Source(models.TextChoices):
        MEMBER = "member", _("member")
        FILTER = "filter", _("filter")

    report_id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports", verbose_name=_("case"))
    source = models.CharField(_("by"), max_length=6, choices=Source.choices, default=Source.MEMBER)
    reporter = models.ForeignKey(
        "rooms.Member", on_delete=models.SET_NULL, related_name="+", null=True, verbose_name=_("reporter")
    )
    reason = models.CharField(_("reason"), max_length=20)  # see messaging.moderation.reasons
    words = models.CharField(_("words"), max_length=1000, default="", blank=True)
    evidence = models.TextField(_("evidence"))  # JSON: what was said, by whom, and around it
    made_at = models.DateTimeField(_("reported"))

    member_data: ClassVar = {
        "reporter": MemberData.anonymise("That it was reported is counted."),
        "words": MemberData.anonymise("Their words.", of="reporter"),
        "evidence": MemberData.anonymise("Their lines are taken out of it, others' stay."),
        "reason": NOBODYS,
    }

    class Meta:
        db_table = "chat_reports"
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "reporter"], name="one_report_per_case_and_member"),
        ]
        indexes: ClassVar = [models.Index(fields=["made_at"], name="reports_by_time")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.reason}"
