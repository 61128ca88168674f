"""Tokens signed with RS256 or ES256, checked with the main server's published keys: a real key server and keys."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from chatproject.errors import ExpiredToken, MalformedToken, NotAuthenticated, StoreUnavailable
from chatproject.tokens import TokenVerifier
from tests.chatproject.key_server import (
    ALICE,
    EC_KEY,
    RSA_KEY,
    STRANGERS_KEY,
    KeyServer,
    described,
    key_set,
    signed,
)


@pytest.fixture(scope="module")
def verifier() -> Iterator[TokenVerifier]:
    with KeyServer().running() as server:
        yield TokenVerifier(jwks_url=server.url, cool_down_s=0)


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [(RSA_KEY, "RS256", "r1"), (EC_KEY, "ES256", "e1"), (RSA_KEY, "RS256", None), (EC_KEY, "ES256", "")],
)
def test_a_token_signed_with_a_published_key_is_good(
    verifier: TokenVerifier, key: Any, algorithm: str, kid: str
) -> None:
    assert verifier.verify(signed(key, algorithm, kid)).member_id == 7


async def test_a_socket_is_told_the_same_without_holding_up_the_loop(verifier: TokenVerifier) -> None:
    assert (await verifier.verify_aside(signed(EC_KEY, "ES256", "e1"))).member_id == 7
    with pytest.raises(MalformedToken):
        await verifier.verify_aside(signed(STRANGERS_KEY, "ES256", "e1"))


def test_the_claims_are_checked_all_the_same(verifier: TokenVerifier) -> None:
    with pytest.raises(ExpiredToken):
        verifier.verify(signed(RSA_KEY, "RS256", "r1", exp=1))
    with pytest.raises(MalformedToken):
        verifier.verify(signed(EC_KEY, "ES256", "e1", userId="7"))


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (STRANGERS_KEY, "ES256", "e1"),
        (STRANGERS_KEY, "ES256", None),
        (RSA_KEY, "RS256", "unknown"),
        (RSA_KEY, "RS256", "e1"),
        (EC_KEY, "ES256", "r1"),
        (RSA_KEY, "RS512", "r1"),
        (RSA_KEY, "PS256", "r1"),
    ],
)
def test_a_wrong_key_kid_or_algorithm_is_refused(
    verifier: TokenVerifier, key: Any, algorithm: str, kid: str | None
) -> None:
    with pytest.raises(NotAuthenticated):
        verifier.verify(signed(key, algorithm, kid))


def test_the_public_key_is_no_shared_secret(verifier: TokenVerifier) -> None:
    pem = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    forged = jwt.encode(ALICE, "x" * 32, algorithm="HS256", headers={"kid": "r1"})
    signing_input = forged.rpartition(".")[0].encode()
    signature = jwt.get_algorithm_by_name("HS256").sign(signing_input, pem)
    token = (signing_input + b"." + jwt.utils.base64url_encode(signature)).decode()

    with pytest.raises(MalformedToken):
        verifier.verify(token)


def test_a_shared_secret_checks_no_signature_of_a_key_pair() -> None:
    with pytest.raises(MalformedToken):
        TokenVerifier(secret="the-main-servers-secret-of-enough-bytes").verify(signed(RSA_KEY, "RS256", "r1"))


@pytest.mark.parametrize("kid", [None, "", "any", "e1"])
def test_the_only_key_needs_no_name(kid: str | None) -> None:
    with KeyServer().running() as server:
        server.body = key_set(described(EC_KEY))
        assert TokenVerifier(jwks_url=server.url).verify(signed(EC_KEY, "ES256", kid)).member_id == 7


def test_of_several_keys_without_names_those_of_the_tokens_algorithm_are_tried() -> None:
    with KeyServer().running() as server:
        server.body = key_set(described(STRANGERS_KEY), described(RSA_KEY), described(EC_KEY))
        verifier = TokenVerifier(jwks_url=server.url)

        for key, algorithm in ((EC_KEY, "ES256"), (RSA_KEY, "RS256")):
            for kid in (None, "any"):
                assert verifier.verify(signed(key, algorithm, kid)).member_id == 7


def test_a_key_server_that_is_away_lets_nobody_in_but_does_not_blame_the_token() -> None:
    with pytest.raises(StoreUnavailable) as refusal:
        TokenVerifier(jwks_url="http://127.0.0.1:1/keys").verify(signed(RSA_KEY, "RS256", "r1"))
    assert (refusal.value.retry_after or 0) >= 1
