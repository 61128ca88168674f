"""Shared secrets as Spring servers sign with them, and what an operator is told of a wrong signature."""

import base64
import hmac
import logging
import time
from typing import Any

import jwt
import pytest

from chatproject.errors import MalformedToken
from chatproject.seldom import Seldom
from chatproject.signing import signatures
from chatproject.signing.shared_secrets import usual_algorithm
from chatproject.signing.signatures import SharedSecret
from chatproject.tokens import TokenVerifier
from tests.chatproject.key_server import RSA_KEY

TEXT = "the-main-servers-secret-of-enough-bytes"
BYTES = bytes(range(200, 232))  # 32; in base64 with characters of which each alphabet has its own
ALICE: dict[str, Any] = {"category": "access", "userId": 7, "role": "USER", "exp": int(time.time()) + 3600}


@pytest.fixture(autouse=True)
def nothing_was_said_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "_seldom", Seldom())


def signed(secret: str | bytes, algorithm: str = "HS256") -> str:
    return jwt.encode(ALICE, secret, algorithm=algorithm)


# --- what signs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "algorithm"), [(32, "HS256"), (47, "HS256"), (48, "HS384"), (64, "HS512"), (99, "HS512")]
)
def test_bytes_sign_as_jjwt_chooses_by_their_number(length: int, algorithm: str) -> None:
    secret = bytes(range(length))

    assert usual_algorithm(secret) == algorithm
    assert TokenVerifier(secret=secret).verify(signed(secret, algorithm)).member_id == 7


def test_text_signs_with_hs256_however_long_it_is() -> None:
    assert TokenVerifier(secret=TEXT * 3).verify(signed(TEXT * 3)).member_id == 7


@pytest.mark.parametrize("secret", [TEXT, BYTES, BYTES * 2])
@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_exactly_the_algorithm_of_the_settings_is_taken(secret: str | bytes, algorithm: str) -> None:
    verifier = TokenVerifier(secret=secret, algorithm=algorithm)

    assert verifier.verify(signed(secret, algorithm)).member_id == 7
    for other in {"HS256", "HS384", "HS512"} - {algorithm}:
        with pytest.raises(MalformedToken):
            verifier.verify(signed(secret, other))


def test_a_secret_signs_with_no_other_algorithm() -> None:
    with pytest.raises(ValueError, match="HS256"):
        TokenVerifier(secret=TEXT, algorithm="RS256")


# --- what the operator is told -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("has", "token", "told"),
    [
        (TEXT, signed(TEXT, "HS512"), "signed with HS512, and this server expects HS256: set JWT_ALGORITHM=HS512"),
        (
            BYTES,
            signed(BYTES, "HS384"),
            "signed with HS384, and this server expects HS256: set JWT_ALGORITHM=HS384",
        ),
        (base64.b64encode(BYTES).decode(), signed(BYTES), "set JWT_SECRET_BASE64 in place of JWT_SECRET"),
        (
            base64.urlsafe_b64encode(BYTES * 2).decode().rstrip("="),
            signed(BYTES * 2, "HS512"),
            "set JWT_SECRET_BASE64 in place of JWT_SECRET and JWT_ALGORITHM=HS512",
        ),
        (BYTES, signed(base64.b64encode(BYTES)), "set JWT_SECRET in place of JWT_SECRET_BASE64"),
        (TEXT, signed("another-secret-that-is-long-enough-too"), "another secret than this server has"),
        (TEXT, signed("another-secret-that-is-long-enough-too", "HS512"), "signed with HS512 and another secret"),
        (
            TEXT,
            jwt.encode(ALICE, RSA_KEY, algorithm="RS256"),
            "signed with RS256, and this server has a shared secret",
        ),
        (TEXT, jwt.encode(ALICE, RSA_KEY, algorithm="PS256"), "its algorithm is unknown"),
        (TEXT, jwt.encode(ALICE, "", algorithm="none"), "unsigned"),
    ],
)
def test_the_operator_is_told_why_a_signature_does_not_match(
    has: str | bytes, token: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _time in range(3):
        with pytest.raises(MalformedToken):
            TokenVerifier(secret=has, algorithm="HS256").verify(token)

    [line] = [record.getMessage() for record in caplog.records]
    assert told in line
    spelt = has if isinstance(has, str) else base64.b64encode(has).decode()
    assert spelt not in line
    assert not any(part and part in line for part in token.split("."))


def test_nonsense_is_not_worth_a_line(caplog: pytest.LogCaptureFixture) -> None:
    for token in ("x", "a.b.c", "é.é.é"):
        with pytest.raises(MalformedToken):
            TokenVerifier(secret=TEXT).verify(token)
    assert caplog.records == []


def test_what_a_token_says_of_itself_stands_in_no_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    header, payload, signature = signed(TEXT).split(".")
    header = jwt.utils.base64url_encode(b'{"alg": "HS256\\u000aforged line"}').decode()

    with pytest.raises(MalformedToken):
        TokenVerifier(secret=TEXT).verify(f"{header}.{payload}.{signature}")
    assert not any("forged line" in record.getMessage() for record in caplog.records)


# --- what is known already -----------------------------------------------------------------------


def forged(header: str, payload: str, signature: str | None = None) -> str:
    """What the main server would have signed so, unless another signature is given."""
    signed_part = f"{header}.{payload}"
    right = hmac.digest(TEXT.encode(), signed_part.encode(), "sha256")
    return f"{signed_part}.{packed(right) if signature is None else signature}"


def packed(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


HEADER, PAYLOAD, SIGNATURE = signed(TEXT).split(".")
OTHER_HEADERS = [packed(header) for header in (b'{"alg":"none"}', b'{"alg":"HS512"}', b"[]", b"{}")]
STRANGE_TOKENS = [
    forged(HEADER, PAYLOAD, signature)
    for signature in ("", "=", SIGNATURE[:-1], SIGNATURE + "=", SIGNATURE + "A", SIGNATURE[::-1], "é" * 43)
]
STRANGE_TOKENS += [
    forged(HEADER, payload)
    for payload in ("", "=", PAYLOAD + "=", PAYLOAD + ".e30", "e31", "e3!0", "W10", "bnVsbA", packed(b"\xff"))
]
STRANGE_TOKENS += [forged(header, PAYLOAD) for header in (*OTHER_HEADERS, "", HEADER + "=", HEADER[:-1])]
STRANGE_TOKENS += [forged(HEADER, packed(b"[" * 2_000)), "", ".", "..", HEADER, f"{HEADER}.", f"{HEADER}.."]


@pytest.mark.parametrize("raw", STRANGE_TOKENS)
def test_after_a_good_token_a_strange_one_is_read_as_before_it(raw: str) -> None:
    told = [_outcome(keys, raw) for keys in (SharedSecret(TEXT), _with_known_header())]

    assert told[0] == told[1]


def test_of_a_known_header_every_tokens_own_claims_are_read() -> None:
    keys = _with_known_header()
    bob = jwt.encode(ALICE | {"userId": 8}, TEXT, algorithm="HS256")

    assert [keys.read(raw, since=0.0)["userId"] for raw in (bob, signed(TEXT), bob)] == [8, 7, 8]


def _with_known_header() -> SharedSecret:
    keys = SharedSecret(TEXT)
    assert keys.read(signed(TEXT), since=0.0)["userId"] == 7
    return keys


def _outcome(keys: SharedSecret, raw: str) -> Any:
    try:
        return keys.read(raw, since=0.0)
    except Exception as error:
        return type(error)
