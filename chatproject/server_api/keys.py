"""What a key of the server API looks like, who shows one that is good, and what it is good for."""

import re
import string
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import choice, compare_digest, token_urlsafe
from typing import ClassVar, NamedTuple

from django.db import DatabaseError

from chatproject.server_api.errors import KeyRefused, ScopeMissing
from chatproject.server_api.models import Scope, ServerKey

ID_LETTERS = string.ascii_letters + string.digits
ID_LENGTH = 12
SECRET_BYTES = 32  # 43 characters
USE_NOTED_EVERY = timedelta(minutes=5)  # not a write for each call
INCLUDED = {Scope.ROOMS_READ: Scope.ROOMS}  # who may change rooms may see them

_KEY = re.compile(r"(chk_[0-9A-Za-z]{12})_[0-9A-Za-z_-]{43}")


class NewKey(NamedTuple):
    """A key as it is shown once, and its row."""

    shown: str
    row: ServerKey


@dataclass(frozen=True, slots=True)
class MainServer:
    """Who calls, by the key that was shown."""

    is_authenticated: ClassVar[bool] = True  # what REST framework asks of a user

    key_id: int
    name: str
    scopes: frozenset[str]

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or INCLUDED.get(scope) in self.scopes

    def require(self, scope: Scope) -> None:
        """Raises ScopeMissing where the key is not good for that."""
        if not self.may(scope):
            raise ScopeMissing


def make_key(
    *, name: str, scopes: Collection[str], ends_at: datetime | None = None, made_by_id: int | None = None
) -> NewKey:
    """A new key. What is shown now can never be shown again: a hash is kept."""
    prefix = "chk_" + "".join(choice(ID_LETTERS) for _letter in range(ID_LENGTH))
    shown = f"{prefix}_{token_urlsafe(SECRET_BYTES)}"
    row = ServerKey.objects.create(
        name=name,
        prefix=prefix,
        digest=digest_of(shown),
        scopes=[scope for scope in Scope.values if scope in scopes],
        ends_at=ends_at,
        made_by_id=made_by_id,
    )
    return NewKey(shown, row)


def digest_of(shown: str) -> str:
    return sha256(shown.encode(errors="surrogatepass")).hexdigest()


def is_key(shown: str) -> bool:
    """Whether it looks like a key, so that it is worth a look into the database."""
    return _KEY.fullmatch(shown) is not None


def recognise(shown: str, *, now: datetime) -> MainServer:
    """Whose key that is; notes that it was used. Raises KeyRefused, whatever is wrong with it."""
    found = _KEY.fullmatch(shown)
    key = ServerKey.objects.filter(prefix=found[1]).first() if found else None
    if key is None or not compare_digest(key.digest, digest_of(shown)) or not is_in_force(key, now=now):
        raise KeyRefused
    if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY:
        with suppress(DatabaseError):  # one that is read-only for a while still says who calls
            ServerKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return MainServer(key.key_id, key.name, frozenset(key.scopes))


def is_in_force(key: ServerKey, *, now: datetime) -> bool:
    return key.ends_at is None or key.ends_at > now
