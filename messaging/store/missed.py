"""What members missed in the rooms to which they come back: read and encoded once for all who come at one time.

But who reacted to a message is told of that, where more did than are named. As `statements`. What is read for one
member alone is in `selectors.subscription_state`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from messaging.store.objects import MessageColumns, message_object
from messaging.store.own_reactions import hides_somebody, keys_of, with_own
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


class Missed(NamedTuple):
    """What changed, oldest change first: the frames that show it to everybody.

    `unsure`, by place among them, are messages where a reader's own reaction may be hidden behind others', which
    each is shown in their own way; with the ids of their rows.
    """

    texts: Sequence[bytes]
    unsure: Mapping[int, tuple[int, MessageObject]]


def standings_on_return(returns: Collection[Return]) -> dict[Return, Told | Again]:
    """How these stand, and the frames of what they missed: None where they did not ask.

    Two queries for all, and a third where somebody's reactions may be hidden behind others'. Left out is who has
    no place there, and who knows too little, or too much, for a replay. Who comes after enough was read is to ask
    again; somebody is always answered.
    """
    [standings] = run(read_standings({(one.room_id, one.member_id) for one in returns}))
    found: dict[Return, Told | Again] = {}
    asked: list[tuple[Return, Gap, Standing]] = []
    for one in returns:
        standing = standings.get((one.room_id, one.member_id))
        if standing is None:
            continue
        if one.since is None:
            found[one] = (standing, None)
        elif one.since == standing.version:
            found[one] = (standing, ())
        elif 0 < standing.version - one.since <= REPLAY_MAX_CHANGES:
            asked.append((one, (one.room_id, one.since), standing))
    missed = read_gaps({gap: standing.version for _one, gap, standing in asked})
    unsure = {row_id for gap in missed.values() for row_id, _message in gap.unsure.values()}
    own = keys_of({one.member_id for one, _gap, _standing in asked}, message_ids=unsure) if unsure else {}
    size = 0
    for one, gap, standing in asked:
        if gap not in missed or size > MISSED_MAX_BYTES:
            found[one] = "again"
            continue
        texts, own_bytes = _texts_for(one.member_id, missed[gap], own)
        size += own_bytes
        found[one] = (standing, texts)
    return found


def _texts_for(
    member_id: int, missed: Missed, own: Mapping[tuple[int, int], set[str]]
) -> tuple[Sequence[bytes], int]:
    """As the member is to see it, and how many bytes of that are made for them alone."""
    mine = {
        place: encode_message(with_own(message, keys, member_id=member_id))
        for place, (row_id, message) in missed.unsure.items()
        if (keys := own.get((member_id, row_id)))
    }
    if not mine:
        return missed.texts, 0
    return [mine.get(place, text) for place, text in enumerate(missed.texts)], sum(map(len, mine.values()))


def read_gaps(gaps: Mapping[Gap, int]) -> dict[Gap, Missed]:
    """What changed in each of these gaps, up to the version that is its value.

    Left out is what is too much to be read at a time.
    """
    changes: dict[int, list[_Changed]] = {}
    size = 0
    for rooms in _reads_of(gaps):
        if size > MISSED_MAX_BYTES:
            break
        [found] = run(read_changes(rooms))
        for room_id in rooms:
            changes[room_id] = [_changed(*one) for one in found.get(room_id, ())]
            size += sum(len(one.text) for one in changes[room_id])
    return {gap: _missed_since(gap[1], changes[gap[0]]) for gap in gaps if gap[0] in changes}


class _Changed(NamedTuple):
    version: int
    text: bytes
    unsure: tuple[int, MessageObject] | None


def _changed(row_id: int, message: MessageObject) -> _Changed:
    unsure = (row_id, message) if hides_somebody(message) else None
    return _Changed(message.version, encode_message(message), unsure)


def _missed_since(since: int, changes: Sequence[_Changed]) -> Missed:
    missed = [one for one in changes if one.version > since]
    unsure = {place: one.unsure for place, one in enumerate(missed) if one.unsure is not None}
    return Missed([one.text for one in missed], unsure)


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
    """Its result is by room what changed after the one version, up to the other, in order: the ids of rows, and
    their MessageObjects."""
    condition = " OR ".join(["(m.chat_room_id = %s AND m.version > %s AND m.version <= %s)"] * len(rooms))
    return Statement(
        "SELECT m.chat_message_id, m.chat_room_id, r.is_group_chat, r.assistant_name, m.seq, m.version, m.kind,"
        " m.user_id, u.nickname, m.contents, m.created_at, m.client_id, m.reply_to, m.edited_at, m.deleted_at,"
        " m.hidden_at, m.marks"
        " FROM chat_messages m JOIN chat_rooms r ON r.chat_room_id = m.chat_room_id"
        f" LEFT JOIN users u ON u.user_id = m.user_id WHERE m.seq >= r.first_seq AND ({condition})",
        [value for room_id, (after, upto) in rooms.items() for value in (room_id, after, upto)],
        _by_room,
    )


def _by_room(rows: list[tuple[int, *tuple[object, ...]]]) -> dict[int, list[tuple[int, MessageObject]]]:
    found: dict[int, list[tuple[int, MessageObject]]] = {}
    for row_id, *row in rows:
        message = message_object(_with_zones(MessageColumns(*row)))  # type: ignore[arg-type]
        found.setdefault(message.room_id, []).append((row_id, message))
    for messages in found.values():
        messages.sort(key=lambda one: one[1].version)
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
