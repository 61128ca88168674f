"""The tables by which rooms are kept. Django finds them through `rooms.models`."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.days import day_of
from chatproject.member_data import IN_OFFICE, OF_STAFF, ROW_GOES, MemberData


class Sanction(models.Model):
    """Something was done to a member or to a message: by whom, why, until when. The row stays when it has ended.

    In force while it was not lifted and its end is not over. Of one kind one at a time holds for a member in a
    room, and one of `hide` and `measure` for a message; held by the lock of the room's row.
    """

    class Kind(models.TextChoices):
        REMOVE = "remove", _("removal")
        MUTE = "mute", _("mute")
        HIDE = "hide", _("hidden message")
        MEASURE = "measure", _("temporary measure")  # 임시조치, 정보통신망법 44조의2

    sanction_id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.REMOVE)
    room = models.ForeignKey(
        "rooms.Room",
        on_delete=models.CASCADE,
        db_index=False,  # the index below begins with it
        related_name="sanctions",
        verbose_name=_("room"),
    )
    member = models.ForeignKey(  # None: the message's author is the assistant, or gone
        "rooms.Member",
        on_delete=models.SET_NULL,
        db_constraint=False,  # the main server may delete its users, and a removal of nobody stops nobody
        related_name="sanctions",
        null=True,
        verbose_name=_("member"),
    )
    seq = models.PositiveBigIntegerField(_("message"), null=True, default=None)  # of hide and measure
    reason = models.CharField(_("reason"), max_length=200, default="", blank=True)
    rank = models.PositiveSmallIntegerField(default=4, editable=False)  # of who imposed it: see moderation.rights
    imposed_by = models.ForeignKey(
        "rooms.Member",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("imposed by"),
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("imposed by staff"),
    )
    case_id = models.PositiveBigIntegerField(
        _("case"), null=True, default=None, editable=False
    )  # it was decided in
    # False: by a room's managers, of somebody who never was there; else all could write to all by muting them
    is_told = models.BooleanField(default=True, db_default=True, editable=False)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True, default=None)  # None: until it is lifted
    lifted_by = models.ForeignKey(
        "rooms.Member",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("lifted by"),
    )
    lifted_by_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("lifted by staff"),
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, default=None)  # of hide and measure also at their end

    member_data: ClassVar = {
        "member": MemberData.anonymise("Nobody is left whom it meets; that there was one is counted."),
        "imposed_by": IN_OFFICE,
        "lifted_by": IN_OFFICE,
        "reason": OF_STAFF,
    }

    class Meta:
        db_table = "chat_sanctions"
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        indexes: ClassVar = [
            models.Index(fields=["room", "member"], name="blocks_by_room_and_member"),
            models.Index(fields=["room", "seq"], name="sanctions_by_message"),
            models.Index(fields=["lifted_at", "kind", "until"], name="sanctions_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.member_id} · {self.room_id}"


class Objection(models.Model):
    """What the member says whom a sanction met, once, and what staff answered."""

    class Decision(models.TextChoices):
        GRANTED = "granted", _("granted")
        UPHELD = "upheld", _("upheld")

    objection_id = models.BigAutoField(primary_key=True)
    sanction = models.OneToOneField(
        Sanction, on_delete=models.CASCADE, related_name="objection", verbose_name=_("sanction")
    )
    words = models.CharField(_("words"), max_length=1000)
    made_at = models.DateTimeField(_("made"))
    decision = models.CharField(_("decision"), max_length=8, choices=Decision.choices, default="", blank=True)
    answer = models.CharField(_("answer"), max_length=500, default="", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, default=None)

    member_data: ClassVar = {
        "words": MemberData.anonymise("Their words.", of="sanction__member"),
        "answer": MemberData.anonymise("Written to them, of what they said.", of="sanction__member"),
    }

    class Meta:
        db_table = "chat_objections"
        verbose_name = _("objection")
        verbose_name_plural = _("objections")

    def __str__(self) -> str:
        return f"{self.sanction_id} · {day_of(self.made_at)}"


class JoinRequest(models.Model):
    """A member asks to come into a room by approval; one at a time waits, held by the lock of the room's row."""

    request_id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(
        "rooms.Room",
        on_delete=models.CASCADE,
        db_index=False,  # the index below begins with it
        related_name="join_requests",
        verbose_name=_("room"),
    )
    member = models.ForeignKey(
        "rooms.Member", on_delete=models.CASCADE, related_name="join_requests", verbose_name=_("member")
    )
    words = models.CharField(_("words"), max_length=200, default="", blank=True)
    made_at = models.DateTimeField(_("made"))
    admitted = models.BooleanField(_("admitted"), null=True, default=None)  # None: waits
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

    member_data: ClassVar = {
        "member": MemberData.delete("They ask no more."),
        "decided_by": IN_OFFICE,
        "words": ROW_GOES,
        "reason": ROW_GOES,
    }

    class Meta:
        db_table = "chat_join_requests"
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        indexes: ClassVar = [models.Index(fields=["room", "member"], name="requests_by_room_and_member")]

    def __str__(self) -> str:
        return f"{self.member_id} · {self.room_id}"


class MemberBlock(models.Model):
    """`member` wants to read nothing of `blocked`, who does not know."""

    block_id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(
        "rooms.Member",
        on_delete=models.CASCADE,
        db_index=False,  # the constraint below begins with it
        related_name="blocked_members",
        verbose_name=_("member"),
    )
    blocked = models.ForeignKey(
        "rooms.Member", on_delete=models.CASCADE, related_name="+", verbose_name=_("blocked member")
    )
    since = models.DateTimeField(_("since"))

    member_data: ClassVar = {
        "member": MemberData.delete("They read nothing any more."),
        "blocked": MemberData.delete("There is nobody to be read any more."),
    }

    class Meta:
        db_table = "chat_member_blocks"
        verbose_name = _("blocked member")
        verbose_name_plural = _("blocked members")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "blocked"], name="one_block_per_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} · {self.blocked_id}"
