"""The reads of files: whom they are shown, with addresses to get them at. Rows are asked for once, messages once.

As with the history, what a blocked member sent is told to who blocked them: the page does not show it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from django.db.models import Q

from chatproject.errors import InvalidInput
from chatproject.file_errors import NoSuchFile
from chatproject.tokens import Caller
from messaging.file_models import File
from messaging.files.downloads.addresses import Sight, addresses_of
from messaging.files.downloads.seeing import Place, Stops, may_see, place_of
from messaging.models import Message
from messaging.store.file_terms import FOREVER
from messaging.wire.times import wire_time
from rooms.models import Room, shown_nickname
from rooms.moderation import ranks, rights
from rooms.moderation.rights import Act, Rank
from rooms.selectors import gone_member_name, require_participant, require_room

FILES_DEFAULT, FILES_MOST = 50, 100  # of a page
IDS_MOST = 50  # asked for at once
LOOKED_AT_MOST = 1_000  # rows for one page: there may be a hundred thousand logs before the first picture

FileKind = Literal["picture", "file"]
FILE_KINDS: tuple[FileKind, ...] = ("picture", "file")


class Before(NamedTuple):
    """A place in a room's files."""

    seq: int
    file_id: int

    @classmethod
    def parse(cls, text: str) -> "Before":
        """Raises InvalidInput."""
        numbers = text.split("-") if len(text) <= 40 and text.isascii() else []
        if len(numbers) != 2 or not all(number.isdigit() and int(number) < 2**63 for number in numbers):
            raise InvalidInput
        return cls(*map(int, numbers))

    def __str__(self) -> str:
        return f"{self.seq}-{self.file_id}"


@dataclass(frozen=True, slots=True)
class FilesPage:
    """The newest first, as JSON builtins. `next` None: there are no more."""

    files: list[dict[str, Any]] = field(default_factory=list)
    next: str | None = None


class Seen(NamedTuple):
    """What whoever gives a file away has to know of it."""

    key: str
    name: str
    media_type: str
    place: Place


def seen_file(file_id: int) -> Seen | None:
    """None where there is nothing to get. Two looks into indexes."""
    file = File.objects.filter(pk=file_id, state=File.State.READY).first()
    return None if file is None else Seen(file.key, file.name, file.media_type, place_of_file(file))


def place_of_file(file: File) -> Place:
    return next(_places([file]))


def one_file(*, room_id: int, file_id: int, caller: Caller, now: datetime) -> dict[str, Any]:
    """Raises RoomNotFound, NotInRoom, NoSuchFile, FileStoreUnavailable."""
    found = files_by_id(room_id=room_id, file_ids=[file_id], caller=caller, now=now)
    if not found:
        raise NoSuchFile
    return found[0]


def files_by_id(*, room_id: int, file_ids: Collection[int], caller: Caller, now: datetime) -> list[dict[str, Any]]:
    """Those of these files of the room that the caller may see, in the order of their numbers; an ADMIN sees those
    of every group room, and what is hidden or held is for managers. Raises as `one_file` but NoSuchFile."""
    room = require_room(room_id=room_id)
    rank = ranks.standing(room=room, caller=caller).rank
    rows = File.objects.filter(pk__in=file_ids, room_id=room_id).select_related("uploader").order_by("pk")
    return list(_shown(list(rows), room=room, member_id=caller.member_id, rank=rank, now=now))


def files_page(
    *, room_id: int, member_id: int, before: Before | None, limit: int, kind: FileKind | None, now: datetime
) -> FilesPage:
    """What was sent in the room and is still kept. There may be fewer than `limit` where `next` says that there is
    more to look at. Raises RoomNotFound, NotInRoom, FileStoreUnavailable."""
    room = require_participant(room_id=room_id, member_id=member_id).room
    rows = File.objects.filter(room_id=room_id, seq__isnull=False)
    if before is not None:
        rows = rows.filter(Q(seq__lt=before.seq) | Q(seq=before.seq, pk__lt=before.file_id))
    most = 2 * limit if kind is None else LOOKED_AT_MOST
    columns = ("seq", "pk", "state", "media_type", "is_preview")
    looked_at = list(rows.order_by("-seq", "-pk").values_list(*columns)[:most])
    wanted: list[int] = []
    last: Before | None = None
    for seq, file_id, state, media_type, is_preview in looked_at:
        if len(wanted) == limit:
            break
        last = Before(seq, file_id)
        is_kept = state in (File.State.READY, File.State.CHECKING) and not is_preview
        if is_kept and (kind is None or media_type.startswith("image/") == (kind == "picture")):
            wanted.append(file_id)
    ended = len(looked_at) < most and (not looked_at or last == Before(*looked_at[-1][:2]))
    found = File.objects.filter(pk__in=wanted).select_related("uploader").order_by("-seq", "-pk")
    shown = list(_shown(list(found), room=room, member_id=member_id, rank=Rank.MEMBER, now=now))
    return FilesPage(shown, None if ended or last is None else str(last))


def _shown(
    files: Sequence[File], *, room: Room, member_id: int, rank: Rank, now: datetime
) -> Iterator[dict[str, Any]]:
    for file, place in zip(files, _places(files), strict=True):
        for sight in _sights(file, place, room=room, member_id=member_id, rank=rank):
            if may_see(place, sight):
                yield _object(file, sight=sight, now=now)
                break


def _sights(file: File, place: Place, *, room: Room, member_id: int, rank: Rank) -> Iterator[Sight]:
    """With whose eyes this one looks at it, the least first."""
    yield "room"
    if file.uploader_id == member_id and not file.is_preview:
        yield "own"
    act = Act.DECIDE_HELD if place == "held" else Act.SEE_ACTS
    if rights.may(act, rank, is_group_chat=room.is_group_chat):
        yield "managers"


def _places(files: Iterable[File]) -> Iterator[Place]:
    """Of each, in their order."""
    files = list(files)
    wanted: dict[int, set[int]] = {}
    for file in files:
        if file.seq is not None:
            wanted.setdefault(file.room_id, set()).add(file.seq)
    stops: dict[tuple[int, int], Stops] = {}
    for room_id, seqs in wanted.items():  # of one room, wherever it matters
        rows = Message.objects.filter(room_id=room_id, seq__in=seqs)
        for seq, deleted_at, hidden_at in rows.values_list("seq", "deleted_at", "hidden_at"):
            stops[room_id, seq] = Stops(deleted_at, hidden_at)
    for file in files:
        yield place_of(seq=file.seq, is_held=file.is_held, stops=stops.get((file.room_id, file.seq or 0)))


def _object(file: File, *, sight: Sight, now: datetime) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "fileId": file.pk,
        "name": file.name,
        "type": file.media_type,
        "size": file.size,
        "state": file.state,
        "alt": file.alt,
        "seq": file.seq,
        "senderId": file.uploader_id,
        "nickName": _name_of_sender(file),
        "createdAt": wire_time(file.created_at),
    }
    if file.expires_at < FOREVER:
        shown["expiresAt"] = wire_time(file.expires_at)
    if file.reason:
        shown["reason"] = file.reason
    if file.width and file.height:
        shown |= {"width": file.width, "height": file.height}
    if (addresses := addresses_of(file, now=now, sight=sight)) is not None:
        shown["url"] = addresses.url
        if addresses.previews:
            shown["previews"] = addresses.previews
    return shown


def _name_of_sender(file: File) -> str:
    if file.uploader is not None:
        return shown_nickname(file.uploader.nickname, member_id=file.uploader.pk)
    return "" if file.is_preview else gone_member_name()
