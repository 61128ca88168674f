"""What the assistant did: one row for each answer in a room. Who, when and how it went; no prompt, no answer."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.models import Member, Room


class AssistantRun(models.Model):
    """One answer in a room, from the claim to its end.

    The row is the claim: who can insert it for a trigger answers, and nobody answers twice. What says how it ended
    is empty until then; `answer_seq` is the answer's number in the room.
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
    asker = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="assistant_runs", verbose_name=_("asked by")
    )
    trigger_seq = models.PositiveBigIntegerField(_("answers message"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    model_asked = models.CharField(_("model asked"), max_length=100, default="", blank=True)
    model_served = models.CharField(_("model served"), max_length=100, default="", blank=True)
    total_tokens = models.PositiveIntegerField(_("tokens"), null=True, default=None, blank=True)
    error_code = models.CharField(_("error"), max_length=10, default="", blank=True)
    answer_seq = models.PositiveBigIntegerField(_("answer"), null=True, default=None, blank=True)
    created_at = models.DateTimeField(_("asked at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, default=None, blank=True)

    class Meta:
        db_table = "assistant_runs"
        verbose_name = _("assistant run")
        verbose_name_plural = _("assistant runs")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "trigger_seq"], name="one_run_per_trigger"),
        ]
        indexes: ClassVar = [models.Index(fields=["room", "state"], name="run_by_room_and_state")]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.trigger_seq}"
