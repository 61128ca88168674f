"""Tokens signed with RS256 or ES256, checked with the main server's published keys: a real key server and keys."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chatproject.errors import ExpiredToken, MalformedToken, NotAuthenticated, StoreUnavailable
from chatproject.tokens import TokenVerifier

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGERS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ALICE: dict[str, Any] = {"category": "access", "userId": 7, "role": "USER", "exp": int(time.time()) + 3600}


def published_keys() -> dict[str, Any]:
    rsa_key = jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True)
    ec_key = jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True)
    return {"keys": [rsa_key | {"kid": "r1", "use": "sig"}, ec_key | {"kid": "e1", "use": "sig"}]}


class KeyServer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(published_keys()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing: the tests' output is theirs."""


@pytest.fixture(scope="module")
def verifier() -> Iterator[TokenVerifier]:
    with HTTPServer(("127.0.0.1", 0), KeyServer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield TokenVerifier(jwks_url=f"http://127.0.0.1:{server.server_port}/keys")
        server.shutdown()
        thread.join()


def signed(key: Any, algorithm: str, kid: str | None, **claims: Any) -> str:
    return jwt.encode(ALICE | claims, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(RSA_KEY, "RS256", "r1"), (EC_KEY, "ES256", "e1")])
def test_a_token_signed_with_a_published_key_is_good(
    verifier: TokenVerifier, key: Any, algorithm: str, kid: str
) -> None:
    assert verifier.verify(signed(key, algorithm, kid)).member_id == 7
    assert verifier.may_block is True


def test_the_claims_are_checked_all_the_same(verifier: TokenVerifier) -> None:
    with pytest.raises(ExpiredToken):
        verifier.verify(signed(RSA_KEY, "RS256", "r1", exp=1))
    with pytest.raises(MalformedToken):
        verifier.verify(signed(EC_KEY, "ES256", "e1", userId="7"))


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (STRANGERS_KEY, "RS256", "r1"),
        (RSA_KEY, "RS256", "unknown"),
        (RSA_KEY, "RS256", None),
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


def test_a_key_server_that_is_away_lets_nobody_in_but_does_not_blame_the_token() -> None:
    with pytest.raises(StoreUnavailable):
        TokenVerifier(jwks_url="http://127.0.0.1:1/keys").verify(signed(RSA_KEY, "RS256", "r1"))
