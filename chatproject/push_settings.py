"""What the environment says of Web Push, as one value: `settings.PUSH`."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured

from chatproject.environment import read_key, read_text

KEY_BYTES = 32
SUBJECT_MAX_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSettings:
    """Keys are written as base64url without padding, which is how browsers and push services write them."""

    private_key: str = field(repr=False)  # "": nothing is pushed to anybody
    public_key: str
    subject: str  # whom a push service writes to when something is wrong with us

    @property
    def is_on(self) -> bool:
        return bool(self.private_key)


NO_PUSH = PushSettings(private_key="", public_key="", subject="")


def read_push() -> PushSettings:
    private_key, subject = read_key("VAPID_PRIVATE_KEY").rstrip("="), read_text("VAPID_SUBJECT")
    if not private_key and not subject:
        return NO_PUSH
    try:
        public_key = public_key_of(private_key)
    except ValueError:
        raise ImproperlyConfigured(
            "Set VAPID_PRIVATE_KEY to what `manage.py make_vapid_keys` prints, or neither it nor VAPID_SUBJECT."
        ) from None
    mail = subject.removeprefix("mailto:")
    is_mail = mail != subject and "@" in mail.strip("@")
    is_page = subject.startswith("https://") and len(subject) > len("https://")
    is_plain = subject.isascii() and subject.isprintable() and " " not in subject
    if not is_plain or not (is_mail or is_page) or len(subject) > SUBJECT_MAX_CHARACTERS:
        raise ImproperlyConfigured(
            "Set VAPID_SUBJECT to mailto: with your address, or to a page that begins with https://, of at most"
            f" {SUBJECT_MAX_CHARACTERS} characters: push services want to know whom to write to."
        )
    return PushSettings(private_key=private_key, public_key=public_key, subject=subject)


def private_key_of(written: str) -> ec.EllipticCurvePrivateKey:
    """Raises ValueError where it is no number of the curve P-256."""
    number = decode(written)
    if len(number) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return ec.derive_private_key(int.from_bytes(number, "big"), ec.SECP256R1())


def public_key_of(written: str) -> str:
    """As browsers are given it. Raises ValueError."""
    public = private_key_of(written).public_key()
    return encode(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def make_private_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encode(number.to_bytes(KEY_BYTES, "big"))


def encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(written: str) -> bytes:
    """Of base64url, with padding or without. Raises ValueError, also for what is no such character."""
    bare = written.rstrip("=")
    raw = urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    if encode(raw) != bare:  # what Python skips, and bits that count for nothing
        raise ValueError("not base64url")
    return raw
