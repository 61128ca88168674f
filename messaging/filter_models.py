"""The table of words that are not said as they are. Django finds it through `messaging.models`."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import IN_OFFICE, OF_STAFF


class FilterRule(models.Model):
    """Words that are not said as they are; without a room on the whole site. See `messaging.moderation`."""

    class Action(models.TextChoices):
        BLOCK = "block", _("refuse")
        HOLD = "hold", _("hold for a manager")
        FLAG = "flag", _("only flag")
        ALLOW = "allow", _("allow")  # what other rules find inside of it is innocent

    rule_id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(
        "rooms.Room",
        on_delete=models.CASCADE,
        related_name="filter_rules",
        null=True,
        default=None,
        blank=True,
        verbose_name=_("room"),
    )
    pattern = models.CharField(_("words"), max_length=100)
    action = models.CharField(_("action"), max_length=5, choices=Action.choices, default=Action.HOLD)
    note = models.CharField(_("note"), max_length=200, default="", blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    made_by = models.ForeignKey(
        "rooms.Member",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("made by"),
    )
    made_by_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("made by staff"),
    )
    made_at = models.DateTimeField(_("made"))
    updated_at = models.DateTimeField(_("updated"), auto_now=True, db_index=True)

    member_data: ClassVar = {
        "made_by": IN_OFFICE,
        "pattern": OF_STAFF,
        "note": OF_STAFF,
    }

    class Meta:
        db_table = "chat_filter_rules"
        verbose_name = _("filter rule")
        verbose_name_plural = _("filter rules")

    def __str__(self) -> str:
        return self.pattern
