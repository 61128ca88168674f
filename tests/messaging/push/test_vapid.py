"""Push services know us by a signature of our key, made anew before it ends."""

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from chatproject.push_settings import decode
from messaging.push.vapid import LASTS_S, ORIGINS_MOST, RENEWED_S, Vapid
from tests.messaging.push.browsers import PUSH

FCM, MOZILLA = "https://fcm.example", "https://updates.example:8443"


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def vapid(clock: Clock) -> Vapid:
    return Vapid(private_key=PUSH.private_key, subject=PUSH.subject, now=clock)


def test_the_header_says_for_whom_until_when_and_by_whom() -> None:
    scheme, token, key = vapid(Clock()).authorization(MOZILLA).decode().replace(",", "").split(" ")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(PUSH.public_key))
    claims = jwt.decode(
        token.removeprefix("t="), public, algorithms=["ES256"], options={"verify_exp": False}, audience=MOZILLA
    )
    assert (scheme, key) == ("vapid", f"k={PUSH.public_key}")
    assert claims == {"aud": MOZILLA, "exp": Clock.now + LASTS_S, "sub": "mailto:ops@example.com"}
    assert LASTS_S < 24 * 3_600


def test_it_is_signed_once_for_a_push_service_until_it_has_half_its_time_left() -> None:
    clock = Clock()
    signer = vapid(clock)
    first = signer.authorization(FCM)
    clock.now += RENEWED_S - 1
    assert signer.authorization(FCM) == first != signer.authorization(MOZILLA)
    clock.now += 1
    assert signer.authorization(FCM) != first
    clock.now -= 86_400  # the clock was put right
    assert (
        jwt.decode(signer.authorization(FCM).split(b" ")[1][2:-1].decode(), options={"verify_signature": False})[
            "exp"
        ]
        == int(clock.now) + LASTS_S
    )


def test_members_who_name_many_services_fill_no_memory() -> None:
    signer = vapid(Clock())
    for number in range(ORIGINS_MOST + 5):
        signer.authorization(f"https://{number}.example")
    assert len(signer._signed) == ORIGINS_MOST
