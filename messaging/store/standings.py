"""How members stand in rooms: what many subscribers ask for at one time. As `statements`."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from chatproject.tokens import Caller
from messaging.store.places import stored_moment
from messaging.store.statements import RoomNumbers, Statement, any_of, placeholders, run
from rooms.members.ages import age_of, stricter_age
from rooms.models import shown_nickname
from rooms.services import mirror_member


class OwnRules(NamedTuple):
    """What a room's rules are for one of its members."""

    role: str
    slow_s: int
    is_read_only: bool
    muted_until: datetime | None


class KnownMember(NamedTuple):
    """What is kept of who comes. `under14`: None where nobody said."""

    nickname: str
    role: str
    under14: bool | None = None


class Standing(NamedTuple):
    """How far a room is, how far a member has read there, and what holds for them.

    What went because it was too old, all before `first_seq`, counts as read.
    """

    version: int
    roster_version: int
    last_seq: int
    read_seq: int
    pinned_seq: int | None
    own: OwnRules
    participant_id: int
    is_private: bool
    first_seq: int = 1

    @property
    def numbers(self) -> RoomNumbers:
        return RoomNumbers(
            self.last_seq,
            self.version,
            self.roster_version,
            self.own.slow_s,
            self.own.is_read_only,
            self.is_private,
        )


def read_members(member_ids: Collection[int]) -> Statement:
    """Its result are the KnownMembers by their ids; who is no member is left out."""
    return Statement(
        "SELECT u.user_id, u.nickname, u.role, a.is_under14 FROM users u"
        " LEFT JOIN chat_member_ages a ON a.member_id = u.user_id"
        f" WHERE u.user_id IN ({placeholders(len(member_ids))})",
        list(member_ids),
        lambda rows: {row[0]: _known(*row) for row in rows},
    )


def _known(member_id: int, nickname: str, role: str, under14: Any) -> KnownMember:
    age = None if under14 is None else bool(under14)
    return KnownMember(shown_nickname(nickname, member_id=member_id), role, age)


def known_members(member_ids: Collection[int]) -> dict[int, KnownMember]:
    """Those of these members that there are. One query for all."""
    [found] = run(read_members(member_ids))
    return found  # type: ignore[no-any-return]


def as_known(caller: Caller, member: KnownMember) -> Caller:
    """The caller, under 14 where their token or what is kept of them says so."""
    return replace(caller, under14=stricter_age(caller.under14, member.under14))


def mirror_known(*, caller: Caller) -> KnownMember:
    """What is kept of the caller, after the token's claims were. Raises MemberNotFound."""
    member = mirror_member(caller=caller)
    return KnownMember(member.nickname, member.role, age_of(member_id=member.member_id))


def read_standings(pairs: Collection[tuple[int, int]]) -> Statement:
    """Its result are the Standings by (room, member) of these pairs; a pair without a place is left out."""
    condition, values = any_of(("p.chat_room_id", "p.user_id"), pairs)
    return Statement(
        "SELECT p.chat_room_id, p.user_id, r.version, r.roster_version, r.last_seq, p.read_seq,"
        " r.pinned_seq, p.role, r.slow_s, r.is_read_only, p.muted_until,"
        " p.chat_participant_id, NOT r.is_group_chat, r.first_seq"
        " FROM chat_participants p JOIN chat_rooms r ON r.chat_room_id = p.chat_room_id"
        f" WHERE {condition}",
        values,
        lambda rows: {(row[0], row[1]): _standing(*row[2:]) for row in rows},
    )


def places_gone(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these (room, member) that are no places. One query for all."""
    condition, values = any_of(("chat_room_id", "user_id"), pairs)
    query = f"SELECT chat_room_id, user_id FROM chat_participants WHERE {condition}"
    [found] = run(Statement(query, values, lambda rows: {(room_id, member_id) for room_id, member_id in rows}))
    return set(pairs) - found  # type: ignore[no-any-return]


def _standing(
    version: int,
    roster_version: int,
    last_seq: int,
    read_seq: int,
    pinned_seq: int | None,
    role: str,
    slow_s: int,
    is_read_only: Any,
    muted_until: Any,
    participant_id: int,
    is_private: Any,
    first_seq: int,
) -> Standing:
    own = OwnRules(role, slow_s, bool(is_read_only), stored_moment(muted_until))
    read_seq = max(read_seq, first_seq - 1)
    numbers = (version, roster_version, last_seq, read_seq, pinned_seq)
    return Standing(*numbers, own, participant_id, bool(is_private), first_seq)
