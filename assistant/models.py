"""What the assistant may do, what it did and what it used. Nothing here holds a prompt, an answer or a key."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import NOBODYS, OF_STAFF, MemberData
from rooms.models import Member, Room


class RoomSettings(models.Model):
    """How the assistant behaves in one room; a room without a row has the defaults. Its name is the room's own."""

    class Mode(models.TextChoices):
        ON_CALL = "on_call", _("answers when called")
        DRAFTS = "drafts", _("drafts and summaries only")
        OFF = "off", _("off")

    room = models.OneToOneField(
        Room,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="assistant_settings",
        verbose_name=_("room"),
    )
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.ON_CALL)
    persona = models.CharField(_("persona"), max_length=500, default="", blank=True)
    is_stopped = models.BooleanField(
        _("stopped"),
        default=False,
        help_text=_("Whatever the mode says, the assistant does nothing in this room."),
    )

    member_data: ClassVar = {"persona": OF_STAFF}

    class Meta:
        db_table = "assistant_rooms"
        verbose_name = _("assistant in a room")
        verbose_name_plural = _("assistant in rooms")

    def __str__(self) -> str:
        return str(self.room)


class Consent(models.Model):
    """Whether the assistant may read what a member says, in any room; a member without a row may be read."""

    member = models.OneToOneField(
        Member,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="assistant_consent",
        verbose_name=_("member"),
    )
    readable = models.BooleanField(_("may be read"), default=True)

    member_data: ClassVar = {
        "member": MemberData.delete("Theirs alone."),
    }

    class Meta:
        db_table = "assistant_consents"
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self) -> str:
        return str(self.member_id)


class AssistantRun(models.Model):
    """One answer in a room, from the claim to its end, and the receipt of what went into it.

    The row is the claim: who can insert it for a trigger and an attempt answers, and nobody answers twice. A
    trigger as such claims attempt 1; asking again about the same message claims the next. What says how it
    ended is empty until then; `answer_seq` is the answer's number in the room, and `run_id` its client id.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("answered")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")
        BLOCKED = "blocked", _("blocked for safety")

    UNDER_WAY: ClassVar = (State.QUEUED, State.RUNNING)

    run_id = models.CharField(_("run"), max_length=32, primary_key=True)  # a UUID's hexadecimal digits
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="assistant_runs", verbose_name=_("room"))
    asker = models.ForeignKey(  # None: that member is gone
        Member, on_delete=models.SET_NULL, related_name="assistant_runs", null=True, verbose_name=_("asked by")
    )
    trigger_seq = models.PositiveBigIntegerField(_("answers message"))
    attempt = models.PositiveIntegerField(_("attempt"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    model_asked = models.CharField(_("model asked"), max_length=100, default="", blank=True)
    model_served = models.CharField(_("model served"), max_length=100, default="", blank=True)
    read_seqs = models.JSONField(_("read messages"), default=list, blank=True)  # [[first, last], …], oldest first
    withheld = models.PositiveIntegerField(_("withheld messages"), default=0)
    tokens_reserved = models.PositiveIntegerField(_("tokens reserved"), default=0)
    prompt_tokens = models.PositiveIntegerField(_("tokens read"), null=True, default=None, blank=True)
    output_tokens = models.PositiveIntegerField(_("tokens written"), null=True, default=None, blank=True)
    total_tokens = models.PositiveIntegerField(_("tokens"), null=True, default=None, blank=True)
    retries = models.PositiveIntegerField(_("retries"), default=0)
    first_word_ms = models.PositiveIntegerField(_("first word after (ms)"), null=True, default=None, blank=True)
    error_code = models.CharField(_("error"), max_length=10, default="", blank=True)
    answer_seq = models.PositiveBigIntegerField(_("answer"), null=True, default=None, blank=True)
    owner = models.CharField(_("process"), max_length=32, default="", blank=True)  # a UUID's hexadecimal digits
    lease_until = models.DateTimeField(_("lease ends"), null=True, default=None, blank=True)
    stop_requested = models.BooleanField(_("asked to stop"), default=False)
    created_at = models.DateTimeField(_("asked at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, default=None, blank=True)

    member_data: ClassVar = {
        "asker": MemberData.anonymise("What it cost is counted."),
        **dict.fromkeys(("run_id", "model_asked", "model_served", "read_seqs", "error_code", "owner"), NOBODYS),
    }

    class Meta:
        db_table = "assistant_runs"
        verbose_name = _("assistant run")
        verbose_name_plural = _("assistant runs")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "trigger_seq", "attempt"], name="one_run_per_attempt"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["room", "state"], name="run_by_room_and_state"),
            models.Index(fields=["state", "lease_until"], name="run_by_lease"),  # those whose process died
            models.Index(fields=["created_at"], name="run_by_time"),
        ]

    def __str__(self) -> str:
        numbers = {"seq": self.trigger_seq, "room_id": self.room_id}
        return str(_("answer to message %(seq)d of room %(room_id)d")) % numbers


class Scope(models.TextChoices):
    MEMBER = "member", _("one member")
    ROOM = "room", _("one room")
    EVERYWHERE = "everywhere", _("everywhere")


class Budget(models.Model):
    """How much each member, each room and everybody together may use in a minute and in a day. 0 is no limit."""

    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices, primary_key=True)
    calls_per_minute = models.PositiveIntegerField(_("calls per minute"))
    calls_per_day = models.PositiveIntegerField(_("calls per day"))
    tokens_per_minute = models.PositiveBigIntegerField(_("tokens per minute"))
    tokens_per_day = models.PositiveBigIntegerField(_("tokens per day"))

    class Meta:
        db_table = "assistant_budgets"
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")

    def __str__(self) -> str:
        return self.get_scope_display()


class Usage(models.Model):
    """What a member, a room or everybody used on one day, and in the latest minute of it with any use."""

    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices)
    subject_id = models.PositiveBigIntegerField(_("number"))  # of the member or room; 0 for everywhere
    day = models.DateField(_("day"))
    calls = models.PositiveIntegerField(_("calls"), default=0)
    tokens = models.PositiveBigIntegerField(_("tokens"), default=0)
    minute = models.PositiveSmallIntegerField(_("minute of the day"), default=0)
    minute_calls = models.PositiveIntegerField(_("calls in that minute"), default=0)
    minute_tokens = models.PositiveBigIntegerField(_("tokens in that minute"), default=0)

    member_data: ClassVar = {
        "subject_id": MemberData.delete("What a member used; the site's use is counted apart."),
    }

    class Meta:
        db_table = "assistant_usage"
        verbose_name = _("use")
        verbose_name_plural = _("use")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "subject_id", "day"], name="one_usage_per_subject_and_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["scope", "day"], name="usage_by_scope_and_day")]

    def __str__(self) -> str:
        return f"{self.scope} {self.subject_id} {self.day}"


class Switch(models.Model):
    """The one row that stops the assistant everywhere, at once."""

    is_stopped = models.BooleanField(
        _("stopped everywhere"),
        default=False,
        help_text=_("No answer, draft or summary anywhere; answers under way stop within seconds."),
    )

    class Meta:
        db_table = "assistant_switch"
        verbose_name = _("switch")
        verbose_name_plural = _("switch")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
