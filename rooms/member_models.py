"""The tables of what members chose, and made lately. Django finds them through `rooms.models`."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import MemberData


class RoomsMade(models.Model):
    """How many rooms a member made on the last day on which they made any, with those deleted since.

    `strangers` of them are private rooms with members whom they met in no group room.
    """

    member = models.OneToOneField(
        "rooms.Member",
        on_delete=models.CASCADE,
        db_constraint=False,  # the main server may delete its users
        primary_key=True,
        related_name="+",
    )
    day = models.DateField()
    number = models.PositiveIntegerField(default=0)
    strangers = models.PositiveIntegerField(default=0)

    member_data: ClassVar = {
        "member": MemberData.delete("Theirs alone."),
    }

    class Meta:
        db_table = "chat_rooms_made"

    def __str__(self) -> str:
        return f"{self.member_id} · {self.day} · {self.number}"


class MemberPreferences(models.Model):
    """What a member chose for all rooms. Who chose nothing has no row."""

    member = models.OneToOneField(
        "rooms.Member",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="preferences",
        verbose_name=_("member"),
    )
    hides_presence = models.BooleanField(_("hides when they are online"), default=False, db_default=False)
    previews_text = models.BooleanField(_("wants texts in notifications"), default=False, db_default=False)

    member_data: ClassVar = {
        "member": MemberData.delete("Theirs alone."),
    }

    class Meta:
        db_table = "chat_member_preferences"

    def __str__(self) -> str:
        return f"{self.member_id}"


class MemberAge(models.Model):
    """Whether a member is under 14, where a token or the main server said so; of nobody else there is a row."""

    member = models.OneToOneField(
        "rooms.Member", on_delete=models.CASCADE, primary_key=True, related_name="age", verbose_name=_("member")
    )
    is_under14 = models.BooleanField(_("under 14"))
    said_at = models.DateTimeField(_("said"))  # of a token its `iat`: what is older changes nothing

    member_data: ClassVar = {
        "member": MemberData.delete("Theirs alone."),
    }

    class Meta:
        db_table = "chat_member_ages"
        verbose_name = _("age")
        verbose_name_plural = _("ages")

    def __str__(self) -> str:
        return f"{self.member_id}"
