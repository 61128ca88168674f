"""How often staff's passwords may be tried: counted in the database before a password is checked.

So it holds over processes and restarts, and attempts at once cannot slip through: checking takes long, counting is
one statement. Nobody is locked out by others: a browser that has signed in to an account before has a line of its
own, as OWASP's "device cookies" do it, and is asked for neither the address' nor the account's.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from chatproject.errors import TooManyRequests
from chatproject.models import SignInLine
from chatproject.transactions import in_one_transaction


@dataclass(frozen=True, slots=True)
class Limit:
    attempts: int
    within: timedelta


# one address tries many accounts: an office behind one address has several people, each mistyping now and then
ADDRESS = Limit(20, timedelta(minutes=15))
ACCOUNT_AND_ADDRESS = Limit(5, timedelta(minutes=5))
# many addresses try one account, with browsers that never signed in to it: 1,200 guesses a day at most
ACCOUNT = Limit(50, timedelta(hours=1))
KNOWN_BROWSER = Limit(10, timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Attempt:
    """`household` is the address as `chatproject.addresses` has it; `browser` is "" where the account has not
    been signed in to with it."""

    username: str
    household: str
    browser: str

    def lines(self) -> Iterator[tuple[str, Limit]]:
        """In the order of counting: what an outsider tries at random ends at the first."""
        account = _account(self.username)
        if self.browser:
            yield _key("browser", account, self.browser), KNOWN_BROWSER
            return
        yield _key("address", self.household), ADDRESS
        yield _key("account and address", account, self.household), ACCOUNT_AND_ADDRESS
        yield _key("account", account), ACCOUNT


def count(attempt: Attempt, *, now: datetime) -> None:
    """Count it before the password is checked. Raises TooManyRequests where a line has no attempt left."""
    counted: list[str] = []
    for key, limit in attempt.lines():
        ends_at = _count_on(key, limit, now)
        if ends_at is not None:
            _give_back(counted)
            raise TooManyRequests(retry_after=max(1.0, (ends_at - now).total_seconds()))
        counted.append(key)


def give_back(attempt: Attempt) -> None:
    """It was no guess: whoever signed in may do so again."""
    _give_back([key for key, _limit in attempt.lines()])


def _give_back(keys: list[str]) -> None:
    for key in keys:  # one by one: a statement that locks several lines can meet another in a deadlock
        SignInLine.objects.filter(key=key, attempts__gt=0).update(attempts=F("attempts") - 1)


def _count_on(key: str, limit: Limit, now: datetime) -> datetime | None:
    """None when it is counted, else when the window ends that is full."""
    lines = SignInLine.objects.filter(key=key)
    if _open_line(key, limit, now):
        return None
    if lines.filter(ends_at__gt=now, attempts__lt=limit.attempts).update(attempts=F("attempts") + 1):
        return None
    if lines.filter(ends_at__lte=now).update(attempts=1, ends_at=now + limit.within):
        return None
    return lines.values_list("ends_at", flat=True).first() or now


def _open_line(key: str, limit: Limit, now: datetime) -> bool:
    """Whether this attempt is the first on its line."""
    if SignInLine.objects.filter(key=key).exists():
        return False
    _sweep(now)
    try:
        with transaction.atomic():
            SignInLine.objects.create(key=key, attempts=1, ends_at=now + limit.within)
    except IntegrityError:  # another process was faster
        return False
    return True


@in_one_transaction
def _sweep(now: datetime) -> None:
    SignInLine.objects.filter(ends_at__lte=now).delete()


def _account(username: str) -> str:
    """The account's number: however the database's collation lets its name be written, it is one account."""
    found = get_user_model()._default_manager.filter(username=username).values_list("pk", flat=True).first()
    return unicodedata.normalize("NFKC", username).casefold() if found is None else f"#{found}"


def _key(*parts: str) -> str:
    return salted_hmac("staff's sign-in", "\0".join(parts), algorithm="sha256").hexdigest()
