"""The table of the browsers that members want to be notified in. Django finds it through `messaging.models`."""

from typing import ClassVar

from django.db import models

from chatproject.member_data import ROW_GOES, MemberData
from chatproject.outgoing.addresses import URL_MAX_CHARACTERS
from rooms.models import Member


class PushSubscription(models.Model):
    """One browser of a member, as its push service knows it. Whoever has the endpoint can make it ring."""

    push_id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=URL_MAX_CHARACTERS)
    endpoint_digest = models.CharField(max_length=64, unique=True)  # SHA-256: a browser is one member's at a time
    p256dh = models.CharField(max_length=88)  # the browser's public key, base64url
    auth = models.CharField(max_length=24)  # and the secret that it shares with us
    language = models.CharField(max_length=5)  # of the words that it shows
    seen_at = models.DateTimeField()  # when the member last said that they want it

    member_data: ClassVar = {
        "member": MemberData.delete("Nothing rings any more."),
        **dict.fromkeys(("endpoint", "endpoint_digest", "p256dh", "auth", "language"), ROW_GOES),
    }

    class Meta:
        db_table = "chat_push_subscriptions"

    def __str__(self) -> str:
        return f"{self.member_id} · {self.push_id}"
