"""That a call with an Idempotency-Key is done once, and answered the same whenever it comes again.

Only what was done binds its key: after a refusal the key is free, so that a mended body may come under it. Stripe,
too, keeps nothing of what was not valid; draft-ietf-httpapi-idempotency-key-header repeats what was completed,
which a refusal, undone as a whole, is not.

First a row says that somebody works on it, committed by itself; then the call is done, and its answer kept in the
transaction of the call, which holds the row. Who dies in between has done nothing, and leaves a row that another
one takes over; from who takes long, to delete a large room say, nobody can take it. What does not fit into a
transaction of ours is made harmless to repeat by the attempt's `seed`.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from chatproject.http.api import as_chat_error
from chatproject.server_api.errors import CallRunning, OtherCall
from chatproject.server_api.models import IdempotentCall
from chatproject.transactions import in_one_transaction

KEPT_FOR = timedelta(hours=24)
LEFT_LYING_AFTER = timedelta(seconds=60)  # a call is answered within 5 s; what a database holds up, within 50
RETRY_AFTER_S = 1.0
RACES_MOST = 5
FORGOTTEN_AT_ONCE = 100
NOBODY = ""  # works on it any more: whoever comes next does

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Answer(NamedTuple):
    """`body`: the data that was asked for. `is_kept`: nothing was done now."""

    status: int
    body: Any
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """Which key of the server API asks for what, under which Idempotency-Key (its digest)."""

    server_key_id: int
    digest: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that is worked on here. `seed` is the same in each attempt at it, and no other call's."""

    call_id: int
    runner: str
    seed: str  # hexadecimal
    is_first: bool


def call_of(*, server_key_id: int, key: str, method: str, path: str, query: str, body: bytes) -> Call:
    """Raises InvalidInput where `key` cannot be an Idempotency-Key."""
    if not _KEY.fullmatch(key):
        raise InvalidInput(_("An Idempotency-Key has 1 to 255 visible ASCII characters."))
    asked = b"\0".join([method.encode(), path.encode(), query.encode(), body])
    return Call(server_key_id, sha256(key.encode()).hexdigest(), sha256(asked).hexdigest())


def answer_once(call: Call, work: Callable[[Attempt], Any], *, is_one_transaction: bool, now: datetime) -> Answer:
    """Do the work, which returns the body of its answer, unless it was done: then what was answered is returned.

    Raises what the work raises, and CallRunning or OtherCall where the key stands for a call that is not answered
    yet, or for another one.
    """
    begun = _begin(call, now)
    if isinstance(begun, Answer):
        return begun
    try:
        if is_one_transaction:
            return _work_and_keep(begun, work)
        answer = Answer(200, work(begun))
        _keep(begun, answer)
    except Exception as error:
        with suppress(DatabaseError):  # then the row is left lying, and tells of nothing that was done
            undone = begun.is_first or is_one_transaction
            _let_go(begun, is_key_free=undone and as_chat_error(error).http_status < 500)
        raise
    return answer


@in_one_transaction
def _work_and_keep(attempt: Attempt, work: Callable[[Attempt], Any]) -> Answer:
    if _own(attempt).select_for_update().first() is None:  # another one was faster
        raise CallRunning(retry_after=RETRY_AFTER_S)
    answer = Answer(200, work(attempt))
    _keep(attempt, answer)
    return answer


def _begin(call: Call, now: datetime) -> Attempt | Answer:
    _forget_old(now)
    for _race in range(RACES_MOST):
        found = IdempotentCall.objects.filter(key_id=call.server_key_id, digest=call.digest).first()
        if found is None:
            try:
                return _insert(call, now)
            except IntegrityError:  # another one came at the same time
                continue
        if found.fingerprint != call.fingerprint:
            raise OtherCall
        if found.status is not None:
            return Answer(found.status, json.loads(found.answer), is_kept=True)
        if found.runner != NOBODY and now - found.begun_at < LEFT_LYING_AFTER:
            break
        runner = uuid4().hex
        left_lying = IdempotentCall.objects.filter(pk=found.pk, runner=found.runner, status=None)
        if left_lying.update(runner=runner, begun_at=now):
            return _attempt(found, runner, is_first=False)
    raise CallRunning(retry_after=RETRY_AFTER_S)


def _insert(call: Call, now: datetime) -> Attempt:
    runner = uuid4().hex
    with transaction.atomic():
        row = IdempotentCall.objects.create(
            key_id=call.server_key_id,
            digest=call.digest,
            fingerprint=call.fingerprint,
            runner=runner,
            begun_at=now,
        )
    return _attempt(row, runner, is_first=True)


def _attempt(row: IdempotentCall, runner: str, *, is_first: bool) -> Attempt:
    seed = sha256(f"{row.key_id}:{row.digest}:{row.call_id}".encode()).hexdigest()
    return Attempt(row.call_id, runner, seed, is_first)


def _keep(attempt: Attempt, answer: Answer) -> None:
    """Raises CallRunning where another one took the call over: what was done is to be undone."""
    kept = _own(attempt).update(status=answer.status, answer=json.dumps(answer.body, ensure_ascii=False))
    if not kept:
        raise CallRunning(retry_after=RETRY_AFTER_S)


def _let_go(attempt: Attempt, *, is_key_free: bool) -> None:
    """It was not done, or nobody knows: then the row stays, and so the seed. What commits elsewhere may have been
    done all the same, only answered too late, by this attempt or one before it.
    """
    if is_key_free:
        _own(attempt).delete()
    else:
        _own(attempt).update(runner=NOBODY)


def _own(attempt: Attempt) -> Any:
    return IdempotentCall.objects.filter(pk=attempt.call_id, runner=attempt.runner, status=None)


def _forget_old(now: datetime) -> None:
    """Some at a time, by whoever comes next."""
    old = IdempotentCall.objects.filter(begun_at__lt=now - KEPT_FOR)
    if call_ids := list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        _forget(call_ids)


@in_one_transaction
def _forget(call_ids: list[int]) -> None:
    IdempotentCall.objects.filter(pk__in=call_ids).delete()
