"""What a token's claims write into a member's row. When to is in `services`."""

import logging
from collections.abc import Iterable
from typing import Protocol

from django.conf import settings
from django.db import DatabaseError, IntegrityError
from django.utils import translation

from chatproject.access.revoking import require_valid_after_all
from chatproject.errors import MemberNotFound, StoreUnavailable
from chatproject.http.api import describe_database_error
from chatproject.nicknames import same_names
from chatproject.seldom import Seldom
from chatproject.text import name_key
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms.members import users
from rooms.models import Member
from rooms.names import nicknames_for, numbered_nicknames
from rooms.selectors import gone_member_name

logger = logging.getLogger(__name__)

RACES_MOST = 10  # lost in a row before a caller is asked to come back
RETRY_AFTER_S = 1.0

_seldom = Seldom()


class Known(Protocol):
    """What is kept of a member, by their row and beside it."""

    @property
    def nickname(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def under14(self) -> bool | None: ...


def mirror_row(caller: Caller) -> Member:
    """The caller's member row as `services.mirror_member` says.

    Raises MemberNotFound where there is no row and the token names no nickname, and RevokedToken where a row would
    be made and the token is good no more. A nickname that another member holds gets "#{member_id}" appended, until
    it is free. A row that cannot be refreshed is used as it is. Where rows are the main server's, all are: a token
    may be older, and who has none is no member.
    """
    for _race in range(RACES_MOST):
        member = Member.objects.filter(member_id=caller.member_id).first()
        if member is None and caller.nickname is None:
            raise MemberNotFound
        if not users.may_be_written():
            if member is None:
                raise MemberNotFound
            return member
        try:
            return create_member(caller) if member is None else refresh_member(member, caller)
        except (IntegrityError, Member.DoesNotExist):  # after we looked someone took the name, or made the row, …
            continue  # … or it went
    raise StoreUnavailable(retry_after=RETRY_AFTER_S)


def is_mirrored(member: Known, caller: Caller) -> bool:
    """Whether what is kept of the member says what the token says, so that mirroring would write nothing."""
    is_named = member.role == caller.role and caller.nickname in (None, "", member.nickname)
    return is_named and (caller.under14 is None or caller.under14 == member.under14)


def create_member(caller: Caller) -> Member:
    """Raises IntegrityError where somebody else made the row, or took the nickname, meanwhile; and RevokedToken
    where the member was erased, or signed out, since the token was looked at."""
    assert caller.nickname is not None
    nickname = _free_nickname(caller.member_id, caller.nickname)
    member = Member(member_id=caller.member_id, nickname=nickname, role=caller.role)
    _insert_member(member, caller)
    return member


def refresh_member(member: Member, caller: Caller) -> Member:
    """Writes only what differs. Raises IntegrityError as above."""
    wanted: dict[str, str] = {"role": caller.role}
    if caller.nickname and caller.nickname != member.nickname:
        wanted["nickname"] = _free_nickname(member.member_id, caller.nickname)
    stale = [name for name, value in wanted.items() if getattr(member, name) != value]
    if stale:
        for name in stale:
            setattr(member, name, wanted[name])
        _try_to_update(member, stale)
    return member


def make_nameless(*, member_id: int) -> None:
    """The member is called as one who is gone, with their number, and is no administrator. Where rows are the main
    server's, or there is none, nothing is done. The caller's transaction goes on whoever took the name meanwhile.
    """
    for _race in range(RACES_MOST):
        member = Member.objects.filter(member_id=member_id).first()
        if member is None or not users.may_be_written():
            return
        with translation.override(settings.LANGUAGE_CODE):
            names = numbered_nicknames(gone_member_name(), member_id=member_id)
        member.nickname, member.role = _first_free(names, member_id), Member.Role.USER
        try:
            _update_member(member, ["nickname", "role"])
        except IntegrityError:
            continue
        return
    raise StoreUnavailable(retry_after=RETRY_AFTER_S)


def _try_to_update(member: Member, stale: list[str]) -> None:
    """A database that is read-only for a while (after a failover) locks nobody out."""
    try:
        _update_member(member, stale)
    except IntegrityError:
        raise
    except DatabaseError as error:
        reason = f"a member's row is used as it is, it cannot be written: {describe_database_error(error)}"
        if _seldom.may_say(reason):
            logger.warning(reason)
        member.refresh_from_db()


@in_one_transaction
def _insert_member(member: Member, caller: Caller) -> None:
    """Whoever ends an erasure revokes first and then locks the row: one of the two sees the other."""
    member.save(force_insert=True)
    require_valid_after_all(caller)


@in_one_transaction
def _update_member(member: Member, stale: list[str]) -> None:
    member.save(update_fields=[*stale, "updated_at"])


def _free_nickname(member_id: int, nickname: str) -> str:
    return _first_free(nicknames_for(nickname, member_id=member_id), member_id)


def _first_free(names: Iterable[str], member_id: int) -> str:
    """The first that neither another member, however composed, nor the assistant holds."""
    others, assistants = Member.objects.exclude(member_id=member_id), name_key(settings.ASSISTANT_NAME)
    candidates = (name for name in names if name_key(name) != assistants)
    return next(name for name in candidates if not others.filter(nickname__in=same_names(name)).exists())
