"""What is revoked, as it is stored: written here, and read by each process for itself. Synchronous."""

from datetime import UTC, datetime, timedelta

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from chatproject.errors import InvalidInput, RevokedToken, StoreUnavailable
from chatproject.models import Revocation
from chatproject.tokens import CLOCKS_DIFFER_S, Caller, token_digest
from chatproject.transactions import in_one_transaction

# how long a member's tokens live, this server is not told: one that was issued before is refused for good
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(seconds=CLOCKS_DIFFER_S)
RACES_MOST = 5
ROWS_PER_READ = 10_000
FORGOTTEN_AT_ONCE = 5_000
SETTLED = timedelta(minutes=10)  # so long no transaction takes, nor is one host's clock from another's


class Revoked(msgspec.Struct, frozen=True):
    """A revocation as processes know it and tell each other. Times are seconds since the epoch."""

    number: int  # later ones have higher numbers, though not in the order of commit
    token_id: str | None
    member_id: int | None
    issued_before: float
    ends_at: float
    made_at: float = 0.0  # tells two of the same number apart: a database that was restored gives numbers again


def revoke_token(*, jti: str, expires_at: datetime, now: datetime) -> Revoked:
    """Refuse the token of that `jti` from now on. `expires_at` is the token's own end: then it is forgotten."""
    ends_at = min(expires_at, NEVER) + CLOCKS_DIFFER
    return _put(Revocation(token_digest=token_digest(jti), made_at=now, ends_at=ends_at))


def revoke_member(*, member_id: int, issued_before: datetime, now: datetime) -> Revoked:
    """Refuse every token of the member with an earlier `iat`, or with none. An earlier moment takes nothing back.

    Raises InvalidInput for a moment that is ahead of more than clocks differ: tokens of today would be refused.
    """
    if issued_before > now + CLOCKS_DIFFER:
        raise InvalidInput
    return _put(Revocation(member_id=member_id, issued_before=issued_before, made_at=now, ends_at=NEVER))


def _put(made: Revocation) -> Revoked:
    for _race in range(RACES_MOST):
        try:
            return _replace(made)
        except IntegrityError:  # another one of the same was faster
            continue
    raise StoreUnavailable(retry_after=1.0)


@in_one_transaction
def _replace(made: Revocation) -> Revoked:
    """In place of an older one of the same, with a number of its own: by that others find it."""
    same = Revocation.objects.filter(token_digest=made.token_digest, member_id=made.member_id)
    older = same.select_for_update().first()
    if older is not None:
        made.ends_at = max(made.ends_at, older.ends_at)
        if made.issued_before is not None and older.issued_before is not None:
            made.issued_before = max(made.issued_before, older.issued_before)
        older.delete()
    with transaction.atomic():
        made.pk = None
        made.save(force_insert=True)
    return told(made)


def told(revocation: Revocation) -> Revoked:
    issued_before = revocation.issued_before
    return Revoked(
        number=revocation.pk,
        token_id=revocation.token_digest,
        member_id=revocation.member_id,
        issued_before=0.0 if issued_before is None else issued_before.timestamp(),
        ends_at=revocation.ends_at.timestamp(),
        made_at=revocation.made_at.timestamp(),
    )


# --- reading -----------------------------------------------------------------------------------


def read_revoked(*, behind: int, made_after: datetime | None = None) -> list[Revoked]:
    """Those with a higher number, and made later, ROWS_PER_READ at most, in the order of their numbers."""
    rows = Revocation.objects.filter(pk__gt=behind)
    if made_after is not None:
        rows = rows.filter(made_at__gt=made_after)
    return [told(row) for row in rows.order_by("pk")[:ROWS_PER_READ]]


def settled_revocation(*, now: datetime) -> Revoked | None:
    """Below it no revocation is still to come: a transaction that began before may commit after a later one."""
    newest = Revocation.objects.filter(made_at__lt=now - SETTLED).order_by("-pk").first()
    return None if newest is None else told(newest)


def require_valid_in_store(caller: Caller) -> None:
    """For who has no process that knows what is revoked. Raises RevokedToken."""
    _require_valid(caller, Revocation.objects.all())


def require_valid_after_all(caller: Caller) -> None:
    """The same, in a transaction, after whoever revokes something of the member's at this moment."""
    _require_valid(caller, Revocation.objects.select_for_update())


def _require_valid(caller: Caller, revocations: QuerySet[Revocation]) -> None:
    issued_at = datetime.fromtimestamp(caller.issued_at, UTC)
    by_member = revocations.filter(member_id=caller.member_id, issued_before__gt=issued_at)
    by_token = revocations.filter(token_digest=caller.token_id or "")
    if by_member.exists() or (caller.token_id is not None and by_token.exists()):
        raise RevokedToken


def forget_revoked(*, now: datetime) -> None:
    """Those whose tokens have expired."""
    ended = Revocation.objects.filter(ends_at__lt=now).order_by("ends_at")
    numbers = list(ended.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    Revocation.objects.filter(pk__in=numbers).delete()
