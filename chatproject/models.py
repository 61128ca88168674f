"""How often somebody tried to sign in as staff, and which tokens and tickets are good no more."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import NOBODYS, MemberData


class SignInLine(models.Model):
    """The attempts of one window on one line: an address, an account, a browser, or two of them together."""

    # a keyed hash of what is counted: addresses, and what people type by mistake, stay out of the database
    key = models.CharField(primary_key=True, max_length=64)
    attempts = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField()

    member_data: ClassVar = {"key": NOBODYS}

    class Meta:
        db_table = "staff_sign_in_lines"
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="sign_in_lines_by_end")]

    def __str__(self) -> str:
        return self.key[:8]


class Revocation(models.Model):
    """One token by its `jti`, or every token of a member that was issued before a moment."""

    revocation_id = models.BigAutoField(primary_key=True)
    token_digest = models.CharField(max_length=64, unique=True, null=True, default=None)  # SHA-256 of the jti
    # who may have no row here (yet)
    member_id = models.BigIntegerField(_("member"), unique=True, null=True, default=None)
    issued_before = models.DateTimeField(_("issued before"), null=True, default=None)
    made_at = models.DateTimeField(_("made at"))
    ends_at = models.DateTimeField()  # what it speaks of has expired by then

    member_data: ClassVar = {
        "member_id": MemberData.keep("Their old tokens stay refused, also those of a member made anew."),
        "token_digest": NOBODYS,
    }

    class Meta:
        db_table = "chat_revocations"
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        indexes: ClassVar = [
            models.Index(fields=["made_at"], name="revocations_by_age"),
            models.Index(fields=["ends_at"], name="revocations_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.revocation_id}"


class UsedTicket(models.Model):
    """A ticket that opened a socket, until it could not do so again anyway."""

    nonce = models.CharField(primary_key=True, max_length=32)
    ends_at = models.DateTimeField()

    member_data: ClassVar = {"nonce": NOBODYS}

    class Meta:
        db_table = "chat_used_tickets"
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="used_tickets_by_end")]

    def __str__(self) -> str:
        return self.nonce[:8]
