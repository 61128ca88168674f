"""The table of who reports too much. Django finds it through `messaging.models`."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.days import day_of
from chatproject.member_data import ROW_GOES, MemberData


class SlowedReporter(models.Model):
    """A member whose reports staff want fewer of, for a time: see `messaging.moderation.slowing`."""

    member = models.OneToOneField(
        "rooms.Member",
        on_delete=models.CASCADE,
        db_constraint=False,  # the main server may delete its users
        primary_key=True,
        related_name="+",
        verbose_name=_("member"),
    )
    reason = models.CharField(_("reason"), max_length=200)  # for staff
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("slowed by"),
    )

    member_data: ClassVar = {
        "member": MemberData.delete("They report no more."),
        "reason": ROW_GOES,
    }

    class Meta:
        db_table = "chat_slowed_reporters"
        verbose_name = _("slowed reporter")
        verbose_name_plural = _("slowed reporters")

    def __str__(self) -> str:
        return f"{self.member_id} · {day_of(self.until)}"
