"""The table of invitations. Django finds it through `rooms.models`."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import NOBODYS, MemberData


class Invite(models.Model):
    """Who has its code comes into the room, until it expires or was used `uses` times (0: as often as one likes).

    It opens what its maker may open when it is used: nothing once they are out of the room. The code itself is
    kept nowhere.
    """

    invite_id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(
        "rooms.Room",
        on_delete=models.CASCADE,
        db_index=False,  # the index below begins with it
        related_name="invites",
        verbose_name=_("room"),
    )
    made_by = models.ForeignKey(
        "rooms.Member", on_delete=models.CASCADE, related_name="+", verbose_name=_("made by")
    )
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the code, in hexadecimal
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    uses = models.PositiveIntegerField(_("uses"), default=0)
    used = models.PositiveIntegerField(_("used"), default=0)

    member_data: ClassVar = {
        "made_by": MemberData.delete("It opens what its maker may open: nothing any more."),
        "digest": NOBODYS,
    }

    class Meta:
        db_table = "chat_invites"
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes: ClassVar = [models.Index(fields=["room", "made_by"], name="invites_by_room_and_maker")]

    def __str__(self) -> str:
        return f"{self.made_by_id} · {self.room_id}"
