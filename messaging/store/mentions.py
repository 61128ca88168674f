"""Who is mentioned in which message: the rows that say so, for what is said and what is edited, and their readers.

A row of `chat_mentions` is what a member's `mentionCount` counts and their list of mentions shows; one without a
member is a mention of everyone. The message itself carries the same in its `marks`.
"""

from collections.abc import Collection, Container, Iterable, Sequence

from messaging.store.statements import Statement, placeholders

EVERYONE = None  # in place of a member
_NOT_OF_WHOM_ONE_BLOCKS = (
    "NOT EXISTS (SELECT 1 FROM chat_member_blocks b WHERE b.member_id = p.user_id AND b.blocked_id = m.user_id)"
)
MentionRow = tuple[int, int, int | None]  # room, seq, member or EVERYONE


# --- what is said and what is edited


def read_present(pairs: Collection[tuple[int, int]]) -> Statement:
    """Its result are those of these (room, member) pairs that are in the room.

    A list of members for each room: batches name thousands of pairs, and SQLite bears an OR of a thousand.
    """
    by_room: dict[int, set[int]] = {}
    for room_id, member_id in pairs:
        by_room.setdefault(room_id, set()).add(member_id)
    one = "(chat_room_id = %s AND user_id IN ({}))"
    conditions = [one.format(placeholders(len(members))) for members in by_room.values()]
    return Statement(
        f"SELECT chat_room_id, user_id FROM chat_participants WHERE {' OR '.join(conditions)}",
        [value for room_id, members in by_room.items() for value in (room_id, *members)],
        set,
    )


def of_those_present(
    named: Iterable[int], *, room_id: int, author_id: int | None, present: Container[tuple[int, int]]
) -> tuple[int, ...]:
    """The members named, in their order and once each, without the author and those who are not in the room."""
    members = dict.fromkeys(named)
    return tuple(one for one in members if one != author_id and (room_id, one) in present)


def mention_rows(*, room_id: int, seq: int, mentions: Iterable[int], everyone: bool) -> list[MentionRow]:
    """What stands in the table for a message that mentions these members, and everyone if so."""
    rows: list[MentionRow] = [(room_id, seq, member_id) for member_id in mentions]
    return [*rows, (room_id, seq, EVERYONE)] if everyone else rows


def insert_mentions(rows: Sequence[MentionRow]) -> Statement:
    """The numbers stand in the statement itself: a full batch has more of them than SQLite takes as values."""
    listed = ", ".join(f"({room_id:d}, {seq:d}, {_literal(member_id)})" for room_id, seq, member_id in rows)
    return Statement(f"INSERT INTO chat_mentions (room_id, seq, member_id) VALUES {listed}")


def _literal(member_id: int | None) -> str:
    return "NULL" if member_id is None else f"{member_id:d}"


def change_mentions(before: Collection[MentionRow], after: Collection[MentionRow]) -> list[Statement]:
    """What makes of the rows `before` those `after`. Who stays mentioned keeps the row, and the place in lists."""
    gone, new = [row for row in before if row not in after], [row for row in after if row not in before]
    return [*([_delete(gone)] if gone else []), *([_insert_of_those_there(new)] if new else [])]


def _insert_of_those_there(rows: Sequence[MentionRow]) -> Statement:
    """Of one message, which may have been hidden for long: some whom it mentions may be gone by now."""
    room_id, seq, _member_id = rows[0]
    members = ", ".join(f"{member_id:d}" for _room, _seq, member_id in rows if member_id is not EVERYONE)
    found = [
        *([f"SELECT {room_id:d}, {seq:d}, user_id FROM users WHERE user_id IN ({members})"] if members else []),
        *([f"SELECT {room_id:d}, {seq:d}, NULL"] if (room_id, seq, EVERYONE) in rows else []),
    ]
    return Statement(f"INSERT INTO chat_mentions (room_id, seq, member_id) {' UNION ALL '.join(found)}")


def _delete(rows: Sequence[MentionRow]) -> Statement:
    """These rows of one message, in one statement: fifty for each of a batch's edits would be 12,800."""
    room_id, seq, _member_id = rows[0]
    members = [member_id for _room_id, _seq, member_id in rows if member_id is not EVERYONE]
    whose = [
        *([f"member_id IN ({placeholders(len(members))})"] if members else []),
        *(["member_id IS NULL"] if len(members) < len(rows) else []),
    ]
    return Statement(
        f"DELETE FROM chat_mentions WHERE room_id = %s AND seq = %s AND ({' OR '.join(whose)})",
        [room_id, seq, *members],
    )


# --- what a member is told of them


def count_unread_of_all(*, member_ids: Collection[int]) -> Statement:
    """Its result is the same over all rooms, by member; who has none is left out."""
    one = (
        "SELECT p.user_id AS user_id, p.chat_room_id AS room_id, n.seq AS seq FROM chat_participants p"
        " JOIN chat_mentions n ON n.room_id = p.chat_room_id AND n.seq > p.read_seq AND n.member_id {}"
        " JOIN chat_messages m ON m.chat_room_id = n.room_id AND m.seq = n.seq"
        f" WHERE p.user_id IN ({placeholders(len(member_ids))}) AND {_NOT_OF_WHOM_ONE_BLOCKS}"
    )
    both = f"{one.format('= p.user_id')} UNION {one.format('IS NULL')}"
    query = f"SELECT user_id, COUNT(*) FROM ({both}) AS found GROUP BY user_id"
    return Statement(query, [*member_ids, *member_ids], dict)


def count_unread(*, member_id: int, room_ids: Collection[int]) -> Statement:
    """Its result is how many messages behind the member's read mark mention the member or everyone, by room.

    A room without any is left out, and so is one that the member is not in. What members say whom this one blocks
    is no mention.
    """
    one = (
        "SELECT p.chat_room_id AS room_id, n.seq AS seq FROM chat_participants p"
        " JOIN chat_mentions n ON n.room_id = p.chat_room_id AND n.seq > p.read_seq AND n.member_id {}"
        " JOIN chat_messages m ON m.chat_room_id = n.room_id AND m.seq = n.seq"
        f" WHERE p.user_id = %s AND p.chat_room_id IN ({placeholders(len(room_ids))})"
        f" AND {_NOT_OF_WHOM_ONE_BLOCKS}"
    )
    both = (
        f"{one.format('= p.user_id')} UNION {one.format('IS NULL')}"  # of a message that mentions both ways, one
    )
    return Statement(
        f"SELECT room_id, COUNT(*) FROM ({both}) AS found GROUP BY room_id",
        [member_id, *room_ids] * 2,
        dict,
    )


def find_mentions(*, member_id: int, before: int | None, limit: int) -> Statement:
    """Its result are (number of the mention, id, room, seq of the message), the newest mention first.

    Of rooms that the member is in, without what members said whom this one blocks; of what calls everyone only
    what others said since the member came.
    One that mentions the member both ways is there once.
    """
    older, values = ("", []) if before is None else (" AND n.mention_id < %s", [before])
    one = (
        "SELECT n.mention_id AS number, m.chat_message_id, n.room_id, n.seq FROM chat_mentions n"
        " JOIN chat_participants p ON p.chat_room_id = n.room_id AND p.user_id = %s"
        f" JOIN chat_messages m ON m.chat_room_id = n.room_id AND m.seq = n.seq WHERE {{}}{older}"
        f" AND {_NOT_OF_WHOM_ONE_BLOCKS}"
    )
    own = one.format("n.member_id = %s")
    everyone = one.format(
        "n.member_id IS NULL AND n.seq > p.joined_seq AND (m.user_id IS NULL OR m.user_id <> %s)"
        " AND NOT EXISTS (SELECT 1 FROM chat_mentions o"
        " WHERE o.member_id = %s AND o.room_id = n.room_id AND o.seq = n.seq)"
    )
    return Statement(
        f"{own} UNION ALL {everyone} ORDER BY number DESC LIMIT {int(limit)}",
        [member_id, member_id, *values, member_id, member_id, member_id, *values],
    )
