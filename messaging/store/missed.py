"""What members missed in the rooms to which they come back: read and encoded once for all who come at one time.

As `statements`. What is read for one member alone is in `selectors.subscription_state`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, cast

from messaging.store.objects import MessageColumns, message_object
from messaging.store.places import stored_moment
from messaging.store.standings import Standing, read_standings
from messaging.store.statements import Statement, run
from messaging.wire.protocol import REPLAY_MAX_CHANGES, MessageObject, encode_message

CHANGES_PER_READ = 2_000  # as objects in memory at a time; 30 ms of work
# Of the frames that one call returns, and one read more; 0.2 s of work. With 16 MiB, of 500 who came back to rooms
# of their own hardly one was answered within the deadline of a read, on a busy core.
MISSED_MAX_BYTES = 2 * 1024 * 1024

Gap = tuple[int, int]  # a room, and the version after which something was missed
Told = tuple[Standing, Sequence[bytes] | None]
Again = Literal["again"]


class Return(NamedTuple):
    """A member comes to a room, knowing it up to `since`; None: nothing is to be replayed."""

    room_id: int
    member_id: int
    since: int | None = None


def standings_on_return(returns: Collection[Return]) -> dict[Return, Told | Again]:
    """How these stand, and the frames of what they missed: None where they did not ask. Two queries for all.

    Left out is who has no place there, and whose replay has to be made for them alone. Who comes after enough was
    read is to ask again; somebody is always answered.
    """
    [standings] = run(read_standings({(one.room_id, one.member_id) for one in returns}))
    found: dict[Return, Told | Again] = {}
    gaps: dict[Gap, int] = {}
    for one in returns:
        standing = standings.get((one.room_id, one.member_id))
        if standing is None:
            continue
        if one.since is None:
            found[one] = (standing, None)
        elif one.since == standing.version:
            found[one] = (standing, ())
        elif 0 < standing.version - one.since <= REPLAY_MAX_CHANGES:
            gaps[one.room_id, one.since] = standing.version
    missed = read_gaps(gaps)
    for one in returns:
        standing = standings.get((one.room_id, one.member_id))
        if standing is None or one.since is None or (gap := (one.room_id, one.since)) not in gaps:
            continue
        if gap not in missed:
            found[one] = "again"
        elif (texts := missed[gap]) is not None:
            found[one] = (standing, texts)
    return found


def read_gaps(gaps: Mapping[Gap, int]) -> dict[Gap, Sequence[bytes] | None]:
    """The frames of what changed in each of these gaps, up to the version that is its value, oldest change first.

    None are those with a message on which somebody's reaction may be hidden behind others', which each member is
    shown in their own way. Left out is what is too much to be read at a time.
    """
    frames: dict[int, list[tuple[int, bytes | None]]] = {}
    size = 0
    for rooms in _reads_of(gaps):
        if size > MISSED_MAX_BYTES:
            break
        [changes] = run(read_changes(rooms))
        for room_id in rooms:
            frames[room_id] = list(map(_frame_of_everybody, changes.get(room_id, ())))
            size += sum(len(text) for _version, text in frames[room_id] if text is not None)
    missed: dict[Gap, Sequence[bytes] | None] = {}
    for room_id, since in gaps:
        texts = [text for version, text in frames.get(room_id, ()) if version > since]
        if room_id in frames:
            missed[room_id, since] = None if None in texts else cast("list[bytes]", texts)
    return missed


def _reads_of(gaps: Mapping[Gap, int]) -> Iterator[dict[int, Gap]]:
    """By room the version after which to read, and the last one: in parts, of which each is one read."""
    widest: dict[int, Gap] = {}
    for (room_id, since), version in gaps.items():
        after, upto = widest.get(room_id, (since, version))
        widest[room_id] = min(after, since), max(upto, version)
    part: dict[int, Gap] = {}
    changes = 0
    for room_id, (after, upto) in widest.items():
        changes += upto - after
        if part and changes > CHANGES_PER_READ:
            yield part
            part, changes = {}, upto - after
        part[room_id] = (after, upto)
    if part:
        yield part


def read_changes(rooms: Mapping[int, Gap]) -> Statement:
    """Its result are by room the MessageObjects that changed after the one version, up to the other, in order."""
    condition = " OR ".join(["(m.chat_room_id = %s AND m.version > %s AND m.version <= %s)"] * len(rooms))
    return Statement(
        "SELECT m.chat_room_id, r.is_group_chat, r.assistant_name, m.seq, m.version, m.kind, m.user_id,"
        " u.nickname, m.contents, m.created_at, m.client_id, m.reply_to, m.edited_at, m.deleted_at, m.hidden_at,"
        " m.marks"
        " FROM chat_messages m JOIN chat_rooms r ON r.chat_room_id = m.chat_room_id"
        f" LEFT JOIN users u ON u.user_id = m.user_id WHERE {condition}",
        [value for room_id, (after, upto) in rooms.items() for value in (room_id, after, upto)],
        _by_room,
    )


def _by_room(rows: list[tuple[object, ...]]) -> dict[int, list[MessageObject]]:
    found: dict[int, list[MessageObject]] = {}
    for row in rows:
        message = message_object(_with_zones(MessageColumns(*row)))  # type: ignore[arg-type]
        found.setdefault(message.room_id, []).append(message)
    for messages in found.values():
        messages.sort(key=lambda message: message.version)
    return found


def _with_zones(row: MessageColumns) -> MessageColumns:
    created_at = stored_moment(row.created_at)
    assert created_at is not None
    if row.edited_at is None and row.deleted_at is None and row.hidden_at is None:  # nearly always
        return row._replace(created_at=created_at)
    return row._replace(
        created_at=created_at,
        edited_at=stored_moment(row.edited_at),
        deleted_at=stored_moment(row.deleted_at),
        hidden_at=stored_moment(row.hidden_at),
    )


def _frame_of_everybody(message: MessageObject) -> tuple[int, bytes | None]:
    """Its version, and the frame that shows it to everybody; None where somebody's own reaction may be hidden."""
    is_hiding = any(reaction.count > len(reaction.member_ids) for reaction in message.reactions)
    return message.version, None if is_hiding else encode_message(message)
