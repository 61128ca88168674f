"""The signature, judged by the format's own example and by what a receiver does with it."""

import hashlib
import hmac
from base64 import b64decode
from datetime import UTC, datetime

from chatproject.outgoing.signing import SECRET_PREFIX, headers, new_secret, webhook_id

MOMENT = datetime(2026, 11, 29, 9, 0, 0, 123, tzinfo=UTC)


def test_the_example_of_the_format_comes_out_as_it_stands_there() -> None:
    told = headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        epoch_s=1_614_265_330,
    )

    assert told == [
        (b"webhook-id", b"msg_p5jXN8AQM9LWM0D4loKWxJek"),
        (b"webhook-timestamp", b"1614265330"),
        (b"webhook-signature", b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ]


def test_while_a_secret_replaces_another_each_signs() -> None:
    old, new = new_secret(), new_secret()

    signature = dict(headers("evt_1_1", b"{}", secrets=[new, old], epoch_s=5))[b"webhook-signature"]

    for secret, signed in zip((new, old), signature.split(), strict=True):
        key = b64decode(secret.removeprefix(SECRET_PREFIX))
        assert b64decode(signed.removeprefix(b"v1,")) == hmac.digest(key, b"evt_1_1.5.{}", hashlib.sha256)


def test_a_secret_is_new_each_time_and_as_long_as_the_format_allows() -> None:
    assert new_secret() != new_secret()
    assert 24 <= len(b64decode(new_secret().removeprefix(SECRET_PREFIX))) <= 64


def test_an_event_has_one_name_for_ever_and_after_a_restored_backup_another() -> None:
    assert webhook_id(12, MOMENT) == "evt_holwqd91ff_12"
    assert webhook_id(12, MOMENT.replace(microsecond=124)) == "evt_holwqd91fg_12"
