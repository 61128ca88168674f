"""The tables of rooms that staff deleted. Django finds them through `rooms.models`."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import OF_STAFF, MemberData

WHY_MAX_CHARACTERS = 200


class DeletedRoom(models.Model):
    """What a room was called and why it was deleted, for those who were in it. Kept for a time only."""

    room_id = models.BigIntegerField(_("room number"), primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    why = models.CharField(_("reason"), max_length=WHY_MAX_CHARACTERS, default="", blank=True)
    deleted_at = models.DateTimeField(_("deleted"), db_index=True)

    member_data: ClassVar = {
        "name": MemberData.keep("The room was everybody's in it; of a private one no name is kept."),
        "why": OF_STAFF,
    }

    class Meta:
        db_table = "chat_deleted_rooms"
        verbose_name = _("deleted room")
        verbose_name_plural = _("deleted rooms")

    def __str__(self) -> str:
        return self.name


class DeletedPlace(models.Model):
    """A member was in the room when it was deleted."""

    place_id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(
        DeletedRoom,
        on_delete=models.CASCADE,
        db_index=False,  # the constraint below begins with it
        related_name="places",
    )
    member = models.ForeignKey("rooms.Member", on_delete=models.CASCADE, related_name="+")

    member_data: ClassVar = {
        "member": MemberData.delete("It tells them why a room is gone: nobody else."),
    }

    class Meta:
        db_table = "chat_deleted_places"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "member"], name="one_deleted_place_per_member"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} · {self.room_id}"
