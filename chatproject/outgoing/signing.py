"""How an event is named and signed. The format: Standard Webhooks 1.0, https://www.standardwebhooks.com. Pure."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with
SECRET_BYTES = 32  # the format allows 24 to 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_secret() -> str:
    return SECRET_PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def webhook_id(event_id: int, created_at: datetime) -> str:
    """The name of an event. With its moment, so that no other has it after a backup was put back either."""
    return f"evt_{_base36((created_at - _EPOCH) // timedelta(microseconds=1))}_{event_id}"


def headers(name: str, body: bytes, *, secrets: Iterable[str], epoch_s: int) -> list[tuple[bytes, bytes]]:
    """Of a request made at `epoch_s`: with a signature by each secret, so that one can be replaced."""
    signed = b"%s.%d.%s" % (name.encode(), epoch_s, body)
    signatures = [b"v1," + b64encode(hmac.digest(_key(secret), signed, "sha256")) for secret in secrets]
    return [
        (b"webhook-id", name.encode()),
        (b"webhook-timestamp", b"%d" % epoch_s),
        (b"webhook-signature", b" ".join(signatures)),
    ]


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix(SECRET_PREFIX))


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
