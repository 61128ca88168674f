"""The places of members in the rooms of a batch, and the hand-written SQL about them. As `statements`."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from messaging.store.statements import Statement, any_of, placeholders
from rooms.models import shown_nickname


class Place(NamedTuple):
    participant_id: int
    nickname: str
    role: str


def read_places(pairs: Collection[tuple[int, int]]) -> Statement:
    """Its result are the Places by (room, member) of these pairs; a pair without one is left out."""
    condition, values = any_of(("p.chat_room_id", "p.user_id"), pairs)
    return Statement(
        "SELECT p.chat_room_id, p.user_id, p.chat_participant_id, u.nickname, p.role"
        f" FROM chat_participants p JOIN users u ON u.user_id = p.user_id WHERE {condition}",
        values,
        lambda rows: {(row[0], row[1]): _place(*row[1:]) for row in rows},
    )


def _place(member_id: int, participant_id: int, nickname: str | None, role: str) -> Place:
    return Place(participant_id, shown_nickname(nickname, member_id=member_id), role)


def update_read_marks(marks: Mapping[int, int]) -> Statement:
    """Write read_seq by participant id."""
    cases = "CASE chat_participant_id" + " WHEN %s THEN %s" * len(marks) + " END"
    return Statement(
        f"UPDATE chat_participants SET read_seq = {cases}"
        f" WHERE chat_participant_id IN ({placeholders(len(marks))})",
        [*(value for mark in marks.items() for value in mark), *marks],
    )
