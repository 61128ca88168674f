"""Making signatures: of chunks that are complete, of older ones on request, anew of those in which a text changed.

Works beside servers that store messages. Nothing here is told to anybody.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from chatproject.transactions import in_one_transaction
from messaging.models import Message
from messaging.search.said import searched
from messaging.search.signatures import CHUNK_MESSAGES, Said, signature
from messaging.search_models import SearchProgress, SearchStale

# A transaction that has taken an id of the chunk is seen by the locking read, unless it has not inserted yet: that
# is one statement's time
SETTLED_AFTER = timedelta(seconds=10)


def marking_stale(message_ids: Collection[int]) -> tuple[str, list[int]]:
    """The statement that has these messages found by their present texts, and its values.

    Belongs into the transaction that changes the texts, behind the changes: in this order signatures are made.
    """
    chunks = sorted({message_id // CHUNK_MESSAGES for message_id in message_ids})
    ignore = "IGNORE" if connection.vendor == "mysql" else "OR IGNORE"
    return f"INSERT {ignore} INTO chat_search_stale (chunk) VALUES {', '.join(['(%s)'] * len(chunks))}", chunks


def mark_deleted_stale(*, message_ids: Collection[int], **_signal: Any) -> None:
    """A receiver of `rooms.deleting.messages_went`: nothing is left of what a room that goes said."""
    with connection.cursor() as cursor:
        cursor.execute(*marking_stale(message_ids))


@in_one_transaction
def index_newer(*, now: datetime) -> bool:
    """Make the signature of the next complete chunk, or of a stale one. Returns False where there is none."""
    progress = _locked_progress()
    if (stale := _first_of(_stale_of(progress))) is not None:
        _make(stale)
        return True
    first = _chunk_of_first(progress.end)
    if first is None or not _is_settled(first, now):
        return False
    _make(first)
    SearchProgress.objects.update(end=first + 1)
    return True


@in_one_transaction
def index_anew(*, chunk: int) -> None:
    """Make the signature of this chunk, which has one: of what is said there by now, and of nothing else."""
    _locked_progress()
    _make(chunk)


def next_stale(*, after: int) -> int | None:
    """The first stale chunk behind that number, of those that have signatures."""
    known = SearchProgress.objects.filter(pk=SearchProgress.ONLY).first()
    if known is None:
        return None
    return _first_of(_stale_of(known).filter(chunk__gt=after))


@in_one_transaction
def index_older() -> int | None:
    """Make the signature of the newest chunk before those that have one. Returns its number, if any."""
    progress = _locked_progress()
    newest = (
        Message.objects.filter(pk__lt=progress.first * CHUNK_MESSAGES).order_by("-pk").values_list("pk", flat=True)
    )
    message_id = newest.first()
    if message_id is None:
        SearchProgress.objects.update(first=0)
        return None
    chunk = message_id // CHUNK_MESSAGES
    _make(chunk)
    SearchProgress.objects.update(first=chunk)
    return chunk


def progress() -> SearchProgress:
    """Which chunks have signatures. Made when first asked for: from then on, new messages get some."""
    found = SearchProgress.objects.filter(pk=SearchProgress.ONLY).first()
    if found is None:
        newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        chunk = newest // CHUNK_MESSAGES
        row = SearchProgress(first=chunk, end=chunk)
        SearchProgress.objects.bulk_create([row], ignore_conflicts=True)  # another process may be first
        found = SearchProgress.objects.get(pk=SearchProgress.ONLY)
    return found


def _locked_progress() -> SearchProgress:
    locked = SearchProgress.objects.select_for_update().filter(pk=SearchProgress.ONLY)
    return locked.first() or (progress() and locked.get())


def _stale_of(known: SearchProgress) -> QuerySet[SearchStale]:
    return SearchStale.objects.filter(chunk__gte=known.first, chunk__lt=known.end)


def _first_of(stale: QuerySet[SearchStale]) -> int | None:
    return stale.order_by("chunk").values_list("chunk", flat=True).first()


def _chunk_of_first(chunk: int) -> int | None:
    """The chunk of the first message that does not lie before `chunk`: ids may leap."""
    first = (
        Message.objects.filter(pk__gte=chunk * CHUNK_MESSAGES).order_by("pk").values_list("pk", flat=True).first()
    )
    return None if first is None else first // CHUNK_MESSAGES


def _is_settled(chunk: int, now: datetime) -> bool:
    """Whether ids behind the chunk were given out so long ago that none of its own is still on its way."""
    behind = Message.objects.filter(pk__gte=(chunk + 1) * CHUNK_MESSAGES).order_by("pk")
    sent_at = behind.values_list("created_at", flat=True).first()
    return sent_at is not None and sent_at <= now - SETTLED_AFTER


def _make(chunk: int) -> None:
    said = _read(chunk)
    SearchStale.objects.filter(chunk=chunk).delete()  # behind the read, which waits for texts that change just now
    rows = [value for number, prints in enumerate(signature(said)) for value in (number, chunk, prints)]
    one = ", ".join(["(%s, %s, %s)"] * (len(rows) // 3))
    with connection.cursor() as cursor:
        cursor.execute(f"REPLACE INTO chat_search_signatures (slice, chunk, prints) VALUES {one}", rows)


def _read(chunk: int) -> Sequence[Said]:
    """What is said there: with the texts that other transactions are about to commit, for which it waits."""
    lock = " LOCK IN SHARE MODE" if connection.vendor == "mysql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT chat_room_id, user_id, contents, marks FROM chat_messages WHERE chat_message_id >= %s"
            f" AND chat_message_id < %s AND deleted_at IS NULL AND hidden_at IS NULL{lock}",
            [chunk * CHUNK_MESSAGES, (chunk + 1) * CHUNK_MESSAGES],
        )
        rows: list[tuple[Any, ...]] = list(cursor.fetchall())
    return [Said(room_id, sender_id, searched(*said)) for room_id, sender_id, *said in rows]
