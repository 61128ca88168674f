"""What tokens are checked by, and what notifications are signed with."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from chatproject.doctor.findings import Finding, broken, note, ok, warning
from chatproject.doctor.places import is_here
from chatproject.signing.key_download import UnusableKeySet, download_keys

SLOW_S = 1.0


def look_at_tokens(settings: Any) -> Iterator[Finding]:
    if settings.JWT_JWKS_URL:
        yield from _key_set(settings.JWT_JWKS_URL)
    else:
        yield ok("checked by a shared secret")
    if not settings.JWT_AUDIENCE and not settings.JWT_ISSUER:
        yield note(
            "neither JWT_AUDIENCE nor JWT_ISSUER is set: any token of that key opens the chat",
            "set them where the main server signs tokens for other services with the same key",
        )


def _key_set(url: str) -> Iterator[Finding]:
    parts = urlsplit(url)
    where, began = f"{parts.scheme}://{parts.netloc}{parts.path}", time.perf_counter()
    try:
        keys = asyncio.run(download_keys(url))
    except UnusableKeySet as error:
        yield broken(
            f"the keys at {where} cannot be had: {error}",
            "see that JWT_JWKS_URL is right and answers this machine; servers that know the keys go on with them"
            " for JWT_JWKS_STALE_S, those that start meanwhile let nobody in",
        )
        return
    took_s = time.perf_counter() - began
    if took_s > SLOW_S:
        yield warning(f"the keys at {where} take {took_s:.1f} s", "a start waits for them: bring them nearer")
    if parts.scheme == "http" and not is_here(parts.hostname):
        yield warning(f"the keys come from {where} without TLS", "who stands between could sign tokens: use https")
    if len(keys) > 1 and any(key.kid is None for key in keys):
        yield warning("several keys and one without a name (kid)", "give each a kid: tokens are tried with all")
    algorithms = ", ".join(sorted({key.algorithm for key in keys}))
    yield ok(f"{len(keys)} keys ({algorithms}) from {where}")


def look_at_push(settings: Any) -> Iterator[Finding]:
    if not settings.PUSH.is_on:
        yield note("VAPID_PRIVATE_KEY is not set: who is away is not notified", "see `manage.py make_vapid_keys`")
    else:
        yield ok(f"notifications are signed; push services may write to {settings.PUSH.subject}")
