"""Members' browsers with keys of their own, and a push service between us and them, over real HTTPS.

What arrives is opened here by the steps of RFC 8291 and RFC 8188, without the library that closed it.
"""

import asyncio
import contextlib
import ipaddress
import json
import os
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chatproject.outgoing.connecting import GuardedNetwork
from chatproject.push_settings import PushSettings, decode, encode, make_private_key, public_key_of
from messaging.push.deciding import Browser as Address
from tests.certificates import make_authority
from tests.chatproject.outgoing.receiver import Receiver, Taken
from tests.messaging.people import soon

PRIVATE_KEY = make_private_key()
PUSH = PushSettings(
    private_key=PRIVATE_KEY, public_key=public_key_of(PRIVATE_KEY), subject="mailto:ops@example.com"
)
HOST = "push.example"


@dataclass
class Browser:
    """Somebody's browser, which alone has the private key."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def p256dh(self) -> str:
        return encode(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def auth(self) -> str:
        return encode(self.secret)

    def open(self, body: bytes) -> bytes:
        """What stands in a message to this browser: one record, as RFC 8291, 4 wants it."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        info = b"WebPush: info\0" + decode(self.p256dh) + theirs
        shared = _derived(self.key.exchange(ec.ECDH(), sender), self.secret, info, 32)
        key = _derived(shared, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(shared, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, record, None)
        plain, delimiter, padding = padded.rpartition(b"\2")
        assert delimiter
        assert not padding.strip(b"\0")
        return plain

    def read(self, taken: Taken) -> Any:
        return json.loads(self.open(taken.body))


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


@dataclass
class PushService:
    """`receiver` takes what is sent to `push.example`, whose name leads to this machine in `network` alone."""

    receiver: Receiver
    authority: Path

    def endpoint(self, name: str) -> str:
        return f"https://{HOST}:{self.receiver.port}/wpush/{name}"

    def address(self, name: str, browser: Browser, *, push_id: int = 1) -> Address:
        return Address(push_id, self.endpoint(name), browser.p256dh, browser.auth, "ko")

    @property
    def network(self) -> GuardedNetwork:
        return GuardedNetwork(allowed=[ipaddress.ip_network("127.0.0.0/8")], look_up=_look_up)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    async def has_taken(self, count: int) -> list[Taken]:
        return await soon(self.receiver.has_taken(count))

    def whom(self, taken: Taken) -> dict[str, Any]:
        """Who sent it, checked as RFC 8292 says: by the key that the browser subscribed with."""
        scheme, _space, rest = taken.headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert (scheme, parts["k"]) == ("vapid", PUSH.public_key)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(parts["k"]))
        audience = f"https://{HOST}:{self.receiver.port}"
        return jwt.decode(parts["t"], public, algorithms=["ES256"], audience=audience)


async def _look_up(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    return [ipaddress.ip_address("127.0.0.1")] if host == HOST else []


@contextlib.asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[PushService]:
    authority = make_authority("push-authority", folder)
    certificate, key = await asyncio.to_thread(authority.sign, HOST, host=HOST)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    receiver = Receiver(tls=tls)
    await receiver.come()
    try:
        yield PushService(receiver, authority.file)
    finally:
        await receiver.go()
