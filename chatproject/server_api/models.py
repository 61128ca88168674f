"""The keys of the main server, and the calls that were made with an Idempotency-Key."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatproject.member_data import NOBODYS, OF_STAFF, MemberData


class Scope(models.TextChoices):
    """What a key is good for."""

    ROOMS = "rooms", _("make and change rooms, put members in and out")
    ROOMS_READ = "rooms:read", _("read rooms and members")
    MEMBERS = "members", _("name members")
    NOTICES = "notices", _("say notices")
    SESSIONS = "sessions", _("end sockets, revoke tokens")
    PERSONAL = "personal", _("erase and export members")


class ServerKey(models.Model):
    """A key as it is kept: a hash. It is shown once, when it is made."""

    key_id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=16, unique=True)  # public: what a key is found by
    digest = models.CharField(max_length=64)  # SHA-256 of the whole key: 256 random bits need no salt
    scopes = models.JSONField(_("good for"), default=list)  # values of Scope
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        default=None,
        verbose_name=_("made by"),
    )
    ends_at = models.DateTimeField(_("ends"), null=True, default=None, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, default=None, editable=False)

    member_data: ClassVar = {
        "name": OF_STAFF,
        "prefix": NOBODYS,
        "digest": NOBODYS,
        "scopes": NOBODYS,
    }

    class Meta:
        db_table = "chat_server_keys"
        verbose_name = _("key")
        verbose_name_plural = _("keys")

    def __str__(self) -> str:
        return self.name


class IdempotentCall(models.Model):
    """A call with an Idempotency-Key: what was asked, and once it is done what was answered."""

    call_id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(ServerKey, on_delete=models.CASCADE, db_index=False, related_name="calls")
    digest = models.CharField(max_length=64)  # of the Idempotency-Key
    fingerprint = models.CharField(max_length=64)  # of method, path, query and body
    runner = models.CharField(max_length=32)  # whoever works on it; another takes over what was left lying
    begun_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, default=None)  # None: it is being worked on
    answer = models.TextField(default="")

    member_data: ClassVar = {
        "answer": MemberData.delete("An answer about them would be repeated for a day."),
        "digest": NOBODYS,
        "fingerprint": NOBODYS,
        "runner": NOBODYS,
    }

    class Meta:
        db_table = "chat_server_calls"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "digest"], name="one_call_per_idempotency_key")
        ]
        indexes: ClassVar = [models.Index(fields=["begun_at"], name="server_calls_by_age")]

    def __str__(self) -> str:
        return f"{self.key_id} · {self.call_id}"
