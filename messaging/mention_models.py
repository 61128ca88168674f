"""The tables of who is called in messages, and at which words. Django finds them through `messaging.models`."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import ROW_GOES, MemberData


class Mention(models.Model):
    """A message mentions a member; with no member, everyone. Never one row per reader."""

    mention_id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(
        "rooms.Room",
        on_delete=models.CASCADE,
        db_index=False,  # the index below begins with it
        related_name="+",
        verbose_name=_("room"),
    )
    seq = models.PositiveBigIntegerField(_("number"))
    member = models.ForeignKey(
        "rooms.Member",
        on_delete=models.CASCADE,
        db_index=False,  # the constraint below begins with it
        related_name="+",
        null=True,
        verbose_name=_("member"),
    )

    member_data: ClassVar = {
        "member": MemberData.delete("Nobody is left to be called; its message is told again without."),
    }

    class Meta:
        db_table = "chat_mentions"
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "room", "seq"], name="one_mention_per_member_and_message"),
        ]
        indexes: ClassVar = [models.Index(fields=["room", "seq"], name="mentions_by_message")]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.seq} · {self.member_id or '*'}"


class Keyword(models.Model):
    """A word at which a member wants to be told, whoever says it."""

    keyword_id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(
        "rooms.Member",
        on_delete=models.CASCADE,
        db_index=False,  # the constraint below begins with it
        related_name="keywords",
        verbose_name=_("member"),
    )
    word = models.CharField(_("word"), max_length=20)

    member_data: ClassVar = {
        "member": MemberData.delete("Theirs alone."),
        "word": ROW_GOES,
    }

    class Meta:
        db_table = "chat_keywords"
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "word"], name="one_keyword_per_member_and_word"),
        ]

    def __str__(self) -> str:
        return self.word
