"""The table of what members send, and of link previews' pictures. Django finds it through `messaging.models`.

A row outlives its room and its message, which may go by the main server's SQL: while it is there somebody knows
that something lies in the store, and takes it away (`messaging.files.ending.sweeping`).
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import NOBODYS, MemberData

NAME_MAX_CHARACTERS = 255
ALT_MAX_CHARACTERS = 300


class File(models.Model):
    """A file of a room, from its announcement on. Its bytes lie in the store under names made of `key`."""

    class State(models.TextChoices):
        COMING = "coming", _("is being uploaded")
        CHECKING = "checking", _("is being checked")
        READY = "ready", _("ready")
        REFUSED = "refused", _("refused")
        GONE = "gone", _("no longer kept")  # nobody gets it; its objects go, unless a hold keeps them

    class Reason(models.TextChoices):
        """Why it was refused."""

        LENGTH = "length", _("another length than announced")
        TYPE = "type", _("not of the kind that it says")
        DAMAGED = "damaged", _("damaged")
        PIXELS = "pixels", _("a picture of too many pixels")
        FRAMES = "frames", _("a picture that moves too long")
        INFECTED = "infected", _("harmful")
        FAILED = "failed", _("could not be checked")

    file_id = models.BigAutoField(_("file number"), primary_key=True)
    room_id = models.BigIntegerField(_("room number"))
    seq = models.PositiveBigIntegerField(_("message"), null=True, default=None)  # None: not sent yet
    uploader = models.ForeignKey(
        "rooms.Member",
        on_delete=models.SET_NULL,
        db_index=False,  # the index below begins with it
        related_name="+",
        null=True,
        verbose_name=_("sent by"),
    )
    is_preview = models.BooleanField(_("picture of a link"), default=False)
    is_held = models.BooleanField(_("waits for a manager"), default=False)
    name = models.CharField(_("name"), max_length=NAME_MAX_CHARACTERS)
    media_type = models.CharField(_("kind"), max_length=100)  # as announced; once ready, as it was found to be
    size = models.PositiveBigIntegerField(_("bytes"))  # as announced; once ready, of what members get
    kept_size = models.PositiveBigIntegerField(_("bytes kept"), default=0)  # with its smaller pictures
    width = models.PositiveIntegerField(_("width"), null=True, default=None)  # pixels, of a picture
    height = models.PositiveIntegerField(_("height"), null=True, default=None)
    alt = models.CharField(_("description"), max_length=ALT_MAX_CHARACTERS, default="", blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.COMING)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices, default="", blank=True)
    is_untold = models.BooleanField(default=False)  # its message says something else yet: see FilesAct
    key = models.CharField(max_length=32, unique=True)  # random hexadecimal digits
    created_at = models.DateTimeField(_("announced"))
    expires_at = models.DateTimeField(_("kept until"))
    holder = models.CharField(max_length=64, default="")  # the process that checks it
    held_until = models.DateTimeField(null=True, default=None)  # or when it may be tried again
    tries = models.PositiveSmallIntegerField(default=0)

    member_data: ClassVar = {
        "uploader": MemberData.anonymise("The row stays until nothing of the file lies in the store."),
        "name": MemberData.anonymise("Their words."),
        "alt": MemberData.anonymise("Their words."),
        "media_type": NOBODYS,
        "key": NOBODYS,
        "holder": NOBODYS,
    }

    class Meta:
        db_table = "chat_files"
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes: ClassVar = [
            models.Index(fields=["room_id", "seq"], name="files_by_message"),
            models.Index(fields=["uploader", "created_at"], name="files_by_uploader"),
            models.Index(fields=["state", "expires_at"], name="files_by_state"),
            models.Index(fields=["is_untold", "file_id"], name="files_untold"),
            # what the room's, and the site's, add up to is read from the index alone
            models.Index(fields=["room_id", "state", "size", "kept_size"], name="files_by_use"),
        ]

    def __str__(self) -> str:
        return self.name


class FilesAnnounced(models.Model):
    """How many bytes of files a member announced on the last day on which they did, also of those gone."""

    member = models.OneToOneField(
        "rooms.Member",
        on_delete=models.CASCADE,
        db_constraint=False,  # the main server may delete its users
        primary_key=True,
        related_name="+",
    )
    day = models.DateField()
    size = models.PositiveBigIntegerField(default=0)

    member_data: ClassVar = {
        "member": MemberData.delete("Theirs alone."),
    }

    class Meta:
        db_table = "chat_files_announced"

    def __str__(self) -> str:
        return f"{self.member_id} · {self.day} · {self.size}"


class FileUse(models.Model):
    """How many bytes the files of a room have, those announced too; in room 0, which there is not, the site's.

    Added to with each announcement, and counted anew now and then: nobody takes away what goes.
    """

    room_id = models.BigIntegerField(primary_key=True)
    size = models.PositiveBigIntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "chat_file_use"

    def __str__(self) -> str:
        return f"{self.room_id} · {self.size}"
