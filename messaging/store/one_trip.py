"""A plain batch in one round trip: statements that lock, check, number, store and commit. MySQL and MariaDB only.

What the process remembers of rooms and places is checked by the statements themselves, under the rooms' locks: an
UPDATE meets only rooms whose numbers are as remembered and whose rules bind nobody, the next only places that are
not muted, of members called as before, and each counts (`ROW_COUNT()`) what the one before it met. Where one
is missing the INSERT fails, the statements behind it are not executed, and nothing is stored: the ordinary way
decides, see `services`.

The text is made here and sent by the driver's own connection: Django's cursors cost as much again as that.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from chatproject.outgoing.subscriptions import Subscribed
from messaging.store.acts import Act
from messaging.store.drafts import Draft, Stored
from messaging.store.ledger import Ledger
from messaging.store.recorded import recorded
from messaging.store.remembered import Believed, Remembered
from messaging.store.statements import PASSING_MYSQL_ERRORS, ROLLBACK, MessageRow, RoomNumbers, own_connection, run

_DUPLICATE = 1062  # a client id is stored already: no fault of what was remembered

Quote = Callable[[str], str]


def store_at_once(
    entries: Sequence[Draft | Act], *, now: datetime, subscribed: Subscribed | None, remembered: Remembered
) -> list[Stored] | None:
    """The batch as stored and committed, or None: nothing is stored, and the ordinary way is to be taken.

    Raises errors after which the same may pass; then nothing is stored, or its outcome is unknown.
    """
    database = own_connection()
    if database.vendor != "mysql" or database.in_atomic_block or subscribed is None:
        return None
    drafts = [entry for entry in entries if isinstance(entry, Draft) and is_plain(entry)]
    if len(drafts) < len(entries) or not remembered.may_try() or (known := remembered.of(drafts)) is None:
        return None
    before, places = known
    rooms = dict(before)
    ledger = Ledger(rooms=rooms, places=places, present=set(), known={}, assistant_names={}, now=now, binds=False)
    outcomes = [ledger.enter(draft) for draft in drafts]
    stored = [one for one in outcomes if isinstance(one, Stored) and not one.duplicate]
    if len(stored) < len(outcomes):
        return None
    names = {member_id: place.nickname for (_room_id, member_id), place in places.items()}
    if any(names[member_id] != place.nickname for (_room_id, member_id), place in places.items()):
        return None  # of one of the rooms it is outdated
    events = recorded(subscribed, said=ledger.rows, changes=None, rooms=rooms, now=now) if subscribed else ()
    quote, moment = _quote(database), f"'{ledger.created_at.removesuffix('Z')}'"  # connections speak UTC
    is_stored = _send(
        [
            "BEGIN",
            _update_rooms(before, ledger.rows, moment=moment),
            _update_read_marks(ledger.read_marks, names, rooms=len(rooms), quote=quote),
            _insert_messages(ledger.rows, places=len(ledger.read_marks), moment=moment, quote=quote),
            *(statement.query for statement in events),
            "COMMIT",
        ],
        remembered,
        (rooms, places),
        database,
    )
    if not is_stored:
        return None
    remembered.learn(rooms, places)
    return stored


def is_plain(draft: Draft) -> bool:
    """Whether nothing is to be looked up or written for it but the message itself."""
    return (
        draft.sender_id is not None
        and not (draft.mentions or draft.everyone)
        and draft.verdict is None
        and draft.signal is None
        and draft.release is None
        and draft.by is None
        and draft.kind == "member"
        and not (draft.attachments or draft.assisted)
    )


def _send(
    statements: Sequence[str], remembered: Remembered, believed: Believed, database: BaseDatabaseWrapper
) -> bool:
    """Whether they were executed and committed. `believed`: how it is then."""
    driver = database.connection
    try:
        driver.query("; ".join(statements).encode())
        for _statement in statements[1:]:
            driver.next_result()
    except database.Database.Error as error:  # type: ignore[attr-defined]  # of the driver
        with suppress(Error):  # a lost connection took the transaction with it
            run(ROLLBACK)
        if error.args and error.args[0] in PASSING_MYSQL_ERRORS:
            with database.wrap_database_errors:
                raise
        if error.args[:1] != (_DUPLICATE,):
            remembered.was_wrong(believed)
        return False
    remembered.was_right(believed)
    return True


def _update_rooms(before: Mapping[int, RoomNumbers], rows: Sequence[MessageRow], *, moment: str) -> str:
    """Locks them, in id order as everybody does. A message moves both counters by one."""
    counts = Counter([row.room_id for row in rows]) if len(rows) > len(before) else {}
    more = "".join([f" WHEN {room_id:d} THEN {count:d}" for room_id, count in counts.items() if count > 1])
    step = f"CASE chat_room_id{more} ELSE 1 END" if more else "1"
    as_remembered = ", ".join(
        [
            f"({room_id:d}, {room.last_seq:d}, {room.version:d}, {room.roster_version:d})"
            for room_id, room in before.items()
        ]
    )
    return (
        f"UPDATE chat_rooms SET last_seq = last_seq + {step}, version = version + {step},"
        f" updated_at = {moment}"
        f" WHERE chat_room_id IN ({_listed(before)})"
        f" AND (chat_room_id, last_seq, version, roster_version) IN ({as_remembered})"
        " AND slow_s = 0 AND NOT is_read_only ORDER BY chat_room_id"
    )


def _update_read_marks(marks: Mapping[int, int], names: Mapping[int, str], *, rooms: int, quote: Quote) -> str:
    """Of those who speak, where so many rooms were met, and where all are called as remembered.

    Names are read as they are committed, without locks: so an UPDATE alone does it at READ COMMITTED. They are
    compared byte by byte, which the column's collation would not.
    """
    cases = "".join([f" WHEN {participant_id:d} THEN {seq:d}" for participant_id, seq in marks.items()])
    called = "".join([f" WHEN {member_id:d} THEN {quote(name)}" for member_id, name in names.items()])
    return (
        f"UPDATE chat_participants SET read_seq = CASE chat_participant_id{cases} END,"
        " is_marked_unread = FALSE"
        f" WHERE chat_participant_id IN ({_listed(marks)}) AND muted_until IS NULL AND ROW_COUNT() = {rooms:d}"
        f" AND {len(names):d} = (SELECT COUNT(*) FROM users WHERE user_id IN ({_listed(names)})"
        f" AND CAST(CONVERT(nickname USING utf8mb4) AS BINARY) = CAST(CASE user_id{called} END AS BINARY))"
    )


def _insert_messages(rows: Sequence[MessageRow], *, places: int, moment: str, quote: Quote) -> str:
    """Fails where fewer places were met: no message is without its number."""
    first, *others = [f"{row.seq:d}" for row in rows]
    seqs = [f"IF(ROW_COUNT() = {places:d}, {first}, NULL)", *others]
    values = ", ".join(
        [
            f"({row.room_id:d}, {seq}, {row.version:d}, 'member', {row.sender_id:d}, {quote(row.contents)}, "
            f"{quote(row.client_id)}, {'NULL' if row.reply_to is None else int(row.reply_to)}, {moment}, {moment})"
            for row, seq in zip(rows, seqs, strict=True)
        ]
    )
    return (
        "INSERT INTO chat_messages (chat_room_id, seq, version, kind, user_id, contents, client_id, reply_to,"
        f" created_at, updated_at) VALUES {values}"
    )


def _quote(database: BaseDatabaseWrapper) -> Quote:
    """The driver's own quoting, which knows the connection's mode."""
    if database.connection is None:
        database.ensure_connection()
    literal = database.connection.string_literal
    return lambda text: literal(text.encode()).decode()


def _listed(numbers: Collection[int]) -> str:
    return ", ".join(map(str, map(int, numbers)))
