"""Which browsers of a member are to be notified: kept, replaced, forgotten. Synchronous."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address

from django.db import IntegrityError
from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from chatproject.outgoing.addresses import AddressRefused, may_be_reached, read_url
from chatproject.transactions import in_one_transaction
from messaging.push.encrypting import KeyRefused, read_keys
from messaging.push_models import PushSubscription

SUBSCRIPTIONS_MOST = 10  # browsers of a member; the one that was not seen for longest gives way


def subscribe(*, member_id: int, endpoint: str, p256dh: str, auth: str, language: str, now: datetime) -> int:
    """Notify that browser from now on, on this member's behalf and nobody else's; returns its number.

    Raises InvalidInput.
    """
    _check_endpoint(endpoint)
    try:
        p256dh, auth = read_keys(p256dh, auth)
    except KeyRefused:
        raise InvalidInput(_("These are not the keys of a browser.")) from None
    fields = {
        "member_id": member_id,
        "endpoint": endpoint,
        "p256dh": p256dh,
        "auth": auth,
        "language": language,
        "seen_at": now,
    }
    digest = sha256(endpoint.encode()).hexdigest()
    push_id = _change(digest, fields) or _create(digest, fields)
    _give_way(member_id)
    return push_id


def unsubscribe(*, member_id: int, push_id: int) -> None:
    """Fine where there is none of theirs."""
    PushSubscription.objects.filter(pk=push_id, member_id=member_id).delete()


def forget(push_ids: Collection[int]) -> None:
    """Their push services know them no more."""
    PushSubscription.objects.filter(pk__in=push_ids).delete()


def _check_endpoint(endpoint: str) -> None:
    """Where its name leads is looked at whenever something is sent: nowhere but to public addresses."""
    try:
        parts = read_url(endpoint)
    except AddressRefused as error:
        raise InvalidInput(str(error)) from None
    host = parts.hostname or ""
    try:
        is_public = may_be_reached(ip_address(host), ())
    except ValueError:  # a name
        is_public = "." in host
    if parts.scheme != "https" or not is_public:
        raise InvalidInput(_("A browser's push service has a public address that begins with https://."))


def _change(digest: str, fields: dict[str, object]) -> int | None:
    known = PushSubscription.objects.filter(endpoint_digest=digest)
    known.update(**fields)
    return known.values_list("pk", flat=True).first()


def _create(digest: str, fields: dict[str, object]) -> int:
    try:
        return _insert(digest, fields)
    except IntegrityError:  # another tab of it was first
        return _change(digest, fields) or _insert(digest, fields)


@in_one_transaction
def _insert(digest: str, fields: dict[str, object]) -> int:
    return PushSubscription.objects.create(endpoint_digest=digest, **fields).pk


def _give_way(member_id: int) -> None:
    theirs = PushSubscription.objects.filter(member_id=member_id).order_by("-seen_at", "-pk")
    if superfluous := list(theirs.values_list("pk", flat=True)[SUBSCRIPTIONS_MOST:]):
        forget(superfluous)
