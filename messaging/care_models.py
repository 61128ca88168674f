"""The tables of people who may need help. Django finds them through `messaging.models`."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import IN_OFFICE, OF_STAFF, MemberData


class SignalWord(models.Model):
    """A phrase by which somebody who may hurt themselves is noticed, in counselling rooms."""

    signal_id = models.BigAutoField(primary_key=True)
    pattern = models.CharField(_("words"), max_length=100)
    is_innocent = models.BooleanField(_("innocent"), default=False)  # signals inside of it are none
    note = models.CharField(_("note"), max_length=200, default="", blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True, db_index=True)

    member_data: ClassVar = {"pattern": OF_STAFF, "note": OF_STAFF}

    class Meta:
        db_table = "chat_signal_words"
        verbose_name = _("signal")
        verbose_name_plural = _("signals")

    def __str__(self) -> str:
        return self.pattern


class HelpLine(models.Model):
    """Where people help; shown to whoever may need it, in this order."""

    class Kind(models.TextChoices):
        CALL = "call", _("call")
        TEXT = "text", _("text")

    line_id = models.BigAutoField(primary_key=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices, default=Kind.CALL)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    number = models.CharField(_("number"), max_length=40, default="", blank=True)
    address = models.URLField(_("address"), default="", blank=True)
    hours = models.CharField(_("hours"), max_length=60, default="", blank=True)
    hours_en = models.CharField(_("hours in English"), max_length=60, default="", blank=True)
    checked_on = models.DateField(_("checked on"))
    source = models.CharField(_("checked by"), max_length=200, default="", blank=True)  # an address, or who called
    is_active = models.BooleanField(_("active"), default=True)

    member_data: ClassVar = {
        **dict.fromkeys(("name", "name_en", "number", "address", "hours", "hours_en", "source"), OF_STAFF),
    }

    class Meta:
        db_table = "chat_help_lines"
        verbose_name = _("help line")
        verbose_name_plural = _("help lines")

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class CareText(models.Model):
    """A sentence that was reviewed, for whoever may need help; no model is asked about it."""

    class Use(models.TextChoices):
        CARD = "card", _("card for who may need help")
        ASSISTANT = "assistant", _("in place of the assistant")

    use = models.CharField(_("where it stands"), max_length=9, choices=Use.choices, primary_key=True)
    text = models.CharField(_("text"), max_length=500)
    text_en = models.CharField(_("text in English"), max_length=500, default="", blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    member_data: ClassVar = {"text": OF_STAFF, "text_en": OF_STAFF}

    class Meta:
        db_table = "chat_care_texts"
        verbose_name = _("sentence for who may need help")
        verbose_name_plural = _("sentences for who may need help")

    def __str__(self) -> str:
        return str(self.get_use_display())


class Concern(models.Model):
    """Somebody may hurt themselves; a person is to look. Numbers, and no text of anybody."""

    class Source(models.TextChoices):
        WORDS = "words", _("words")
        REPORT = "report", _("report")
        ASSISTANT = "assistant", _("assistant")
        FAILURE = "failure", _("could not be looked at")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        SEEN = "seen", _("seen")
        CLOSED = "closed", _("closed")

    concern_id = models.BigAutoField(primary_key=True)
    room_id = models.PositiveBigIntegerField(_("room number"))
    member_id = models.PositiveBigIntegerField(_("member number"), null=True, default=None)
    seq = models.PositiveBigIntegerField(_("message"), null=True, default=None)
    source = models.CharField(_("noticed by"), max_length=9, choices=Source.choices)
    signal_id = models.PositiveBigIntegerField(_("signal"), null=True, default=None)
    raised_at = models.DateTimeField(_("raised"))
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    note = models.CharField(_("note"), max_length=500, default="", blank=True)
    seen_by = models.PositiveBigIntegerField(null=True, default=None)  # a member's number
    seen_by_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("seen by"),
    )
    seen_at = models.DateTimeField(_("seen"), null=True, default=None)
    closed_at = models.DateTimeField(_("closed"), null=True, default=None)
    card_closed_at = models.DateTimeField(null=True, default=None)  # by the member, who sees it no more

    member_data: ClassVar = {
        "member_id": MemberData.anonymise(
            "A member of the same number would be shown the card; people look at the room."
        ),
        "note": MemberData.anonymise("About them.", of="member_id"),
        "seen_by": IN_OFFICE,
    }

    class Meta:
        db_table = "chat_concerns"
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        indexes: ClassVar = [
            models.Index(fields=["state", "raised_at"], name="concerns_by_state"),
            models.Index(fields=["room_id", "state"], name="concerns_by_room"),
            models.Index(fields=["member_id", "state"], name="concerns_by_member"),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} · {self.room_id}"
