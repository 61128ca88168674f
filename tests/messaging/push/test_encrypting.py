"""What is pushed only the browser reads."""

import pytest

from chatproject.push_settings import decode, private_key_of
from messaging.push.encrypting import PLAIN_MAX_BYTES, KeyRefused, encrypt, read_keys
from tests.messaging.push.browsers import Browser

# RFC 8291, 5
RECEIVER = Browser(
    key=private_key_of("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), secret=decode("BTBZMqHH6r4Tts7J_aSIgg")
)
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
    "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_browser_of_these_tests_reads_the_example_of_the_standard() -> None:
    assert RECEIVER.open(decode(SEALED)) == b"When I grow up, I want to be a watermelon"


@pytest.mark.parametrize("plain", [b"x", "안녕하세요".encode(), b"x" * PLAIN_MAX_BYTES])
def test_a_browser_reads_what_was_encrypted_for_it(plain: bytes) -> None:
    browser = Browser()
    sealed = encrypt(plain, p256dh=browser.p256dh, auth=browser.auth)
    assert browser.open(sealed) == plain
    assert len(sealed) <= 4_096
    assert sealed != encrypt(plain, p256dh=browser.p256dh, auth=browser.auth)
    assert plain == b"x" or plain not in sealed


def test_keys_are_kept_as_browsers_write_them() -> None:
    browser = Browser()
    assert read_keys(f"{browser.p256dh}=", f"{browser.auth}==") == (browser.p256dh, browser.auth)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", RECEIVER.auth),
        ("BA", RECEIVER.auth),
        (f"{RECEIVER.p256dh[:-4]}AAAA", RECEIVER.auth),  # not on the curve
        (RECEIVER.p256dh, ""),
        (RECEIVER.p256dh, RECEIVER.auth[:-2]),
        (RECEIVER.p256dh, "not base64 at all!"),
        ("Ag" + RECEIVER.p256dh[2:44], RECEIVER.auth),  # compressed
    ],
)
def test_what_is_no_key_of_a_browser_is_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(KeyRefused):
        read_keys(p256dh, auth)
