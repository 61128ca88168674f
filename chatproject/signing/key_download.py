"""One download of a key set: bounded in size and time, without redirects. What is kept of it is in `key_sets`."""

import asyncio
import json
import zlib
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from chatproject.signing.signatures import KEY_ALGORITHMS

DOWNLOAD_MAX_S = 4.0  # whole, however slowly the bytes come
KEY_SET_MAX_BYTES = 262_144  # honest ones have about 2 KB
KEYS_MAX = 32  # a token without a key's name is tried with each

_HEADERS = {"Accept": "application/json, application/jwk-set+json, */*", "Accept-Encoding": "identity"}


class UnusableKeySet(Exception):
    """There is no key set to be had; why, in words for the operator."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`kid` is the key's name, None where the set gives none."""

    kid: str | None
    algorithm: str
    key: Any


async def download_keys(url: str) -> tuple[PublicKey, ...]:
    """The keys that tokens may be signed with, one at least. Raises UnusableKeySet, within DOWNLOAD_MAX_S."""
    try:
        async with asyncio.timeout(DOWNLOAD_MAX_S):
            return read_key_set(await _download(url))
    except TimeoutError as error:
        raise UnusableKeySet(f"no whole answer came within {DOWNLOAD_MAX_S:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise UnusableKeySet(f"{type(error).__name__}: {error}") from error


async def _download(url: str) -> bytes:
    async with (
        httpx.AsyncClient(headers=_HEADERS, follow_redirects=False, timeout=None) as client,  # noqa: S113
        client.stream("GET", url) as answer,
    ):
        if answer.status_code != 200:
            raise UnusableKeySet(f"the answer is {answer.status_code}; redirects are not followed")
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            _bounded(body)
        return _unpacked(bytes(body))


def _unpacked(body: bytes) -> bytes:
    """What some servers pack although nobody asked."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(body, KEY_SET_MAX_BYTES + 1)
    except zlib.error as error:
        raise UnusableKeySet("the answer is packed and broken") from error
    return _bounded(unpacked)


def _bounded(body: bytes | bytearray) -> bytes:
    if len(body) > KEY_SET_MAX_BYTES:
        raise UnusableKeySet(f"the answer has more than {KEY_SET_MAX_BYTES} bytes")
    return bytes(body)


def read_key_set(body: bytes) -> tuple[PublicKey, ...]:
    """The usable keys of a set (RFC 7517), or of a single key. Raises UnusableKeySet where there is none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnusableKeySet("the answer is no JSON") from error
    listed = told.get("keys", [told]) if isinstance(told, dict) else None
    if not isinstance(listed, list):
        raise UnusableKeySet("the answer is no key set")
    keys = [key for described in listed if (key := _read_key(described)) is not None]
    if not keys:
        raise UnusableKeySet(f"the key set has no key for {' or '.join(KEY_ALGORITHMS)}")
    return tuple(keys[:KEYS_MAX])


def _read_key(described: Any) -> PublicKey | None:
    if not isinstance(described, dict) or described.get("use", "sig") != "sig":
        return None
    if "verify" not in (described.get("key_ops") or ["verify"]):
        return None
    try:
        key = jwt.PyJWK(described)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError):  # of a kind that nobody here knows
        return None
    if key.algorithm_name not in KEY_ALGORITHMS:
        return None
    kid = described.get("kid")
    return PublicKey(None if kid in (None, "") else str(kid), key.algorithm_name, key.key)
