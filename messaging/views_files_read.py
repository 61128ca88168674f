"""REST of getting files: what was sent in a room, with addresses to get it at. Their bytes are not REST's."""

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import ChatError, InvalidInput, NotInRoom, RoomNotFound
from chatproject.file_errors import FileStoreUnavailable, NoSuchFile
from chatproject.http.api import caller_of, parse_id, query_integer
from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    ROOM_ID_IN_PATH,
    Json,
    describe,
    in_path,
    list_of,
    object_of,
    optional,
    query,
)
from messaging.file_models import File
from messaging.files.downloads.selectors import (
    FILE_KINDS,
    FILES_DEFAULT,
    FILES_MOST,
    IDS_MOST,
    Before,
    FileKind,
    files_by_id,
    files_page,
    one_file,
)
from rooms.services import mirror_member

IDS_MAX_CHARACTERS = 20 * IDS_MOST
FILE_ID_IN_PATH = in_path("file_id", INTEGER_ID, "The file.", example=12)
TIME: Json = {"type": "string", "format": "date-time"}
ADDRESS: Json = {"type": "string", "format": "uri-reference"}
_WHAT_IT_IS = object_of(
    fileId=INTEGER_ID,
    name={"type": "string"},
    type={"type": "string"},
    size=COUNT,
    state={"type": "string", "enum": File.State.values},
    alt={"type": "string"},
    seq=optional(INTEGER_ID),
    senderId=optional(INTEGER_ID),
    nickName={"type": "string"},
    createdAt=TIME,
)
FILE: Json = {
    **_WHAT_IT_IS,
    "title": "File",
    "properties": {
        **_WHAT_IT_IS["properties"],
        "reason": {"type": "string", "enum": File.Reason.values},
        "width": INTEGER_ID,
        "height": INTEGER_ID,
        "expiresAt": TIME,
        "url": ADDRESS,
        "previews": {"type": "object", "properties": {"320": ADDRESS, "1280": ADDRESS}},
    },
}
FILE_EXAMPLE = {
    "fileId": 12,
    "name": "노을.jpg",
    "type": "image/jpeg",
    "size": 1_482_313,
    "state": "ready",
    "alt": "바다 위로 지는 해",
    "seq": 4,
    "senderId": 2,
    "nickName": "지은",
    "createdAt": "2026-11-22T09:00:00.123456Z",
    "expiresAt": "2027-11-22T09:00:00.123456Z",
    "width": 4032,
    "height": 3024,
    "url": "/v1/files/12..r.29837345~C5ZL2cUgqXyq2i8mVb0TqkQ0D3s1nEJ8gW4oH7yPfK0",
    "previews": {
        "320": "/v1/files/12.320.r.29837345~0aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9",
        "1280": "/v1/files/12.1280.r.29837345~Zy9xW8vU7tS6rQ5pO4nM3lK2jI1hG0fE9dC8bA7zY6x",
    },
}
REFUSALS: list[type[ChatError]] = [RoomNotFound, NotInRoom, FileStoreUnavailable]


class OneFile(APIView):
    @describe(
        "A file of the room, with addresses to get it at for five minutes; one's own before it is sent, too",
        parameters=[ROOM_ID_IN_PATH, FILE_ID_IN_PATH],
        data=FILE,
        example=FILE_EXAMPLE,
        refusals=[*REFUSALS, NoSuchFile],
    )
    def get(self, request: Request, room_id: str, file_id: str) -> Response:
        caller = caller_of(request)
        room, number = parse_id(room_id), parse_id(file_id, name="fileId")
        mirror_member(caller=caller)
        return Response(one_file(room_id=room, file_id=number, caller=caller, now=timezone.now()))


class RoomFiles(APIView):
    @describe(
        "What was sent in the room, the newest first, or those files of it that are asked for by number",
        parameters=[
            ROOM_ID_IN_PATH,
            query("before", {"type": "string"}, "`next` of the page before.", example="4-12", required=False),
            query(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": FILES_MOST, "default": FILES_DEFAULT},
                "So many at most. There may be fewer, or none, where `next` says that there are more.",
                example=50,
                required=False,
            ),
            query("kind", {"enum": list(FILE_KINDS)}, "Only these.", example="picture", required=False),
            query(
                "ids",
                {"type": "string", "maxLength": IDS_MAX_CHARACTERS},
                f"Only these, {IDS_MOST} at most, alone; what the caller may not see is left out.",
                example="12,13",
                required=False,
            ),
        ],
        data=object_of(files=list_of(FILE), next=optional({"type": "string"})),
        example={"files": [FILE_EXAMPLE], "next": None},
        refusals=REFUSALS,
    )
    def get(self, request: Request, room_id: str) -> Response:
        caller, room, now = caller_of(request), parse_id(room_id), timezone.now()
        limit = query_integer(request, "limit", minimum=1, maximum=FILES_MOST, default=FILES_DEFAULT)
        before, kind, ids = request.query_params.get("before"), _kind(request), _ids(request)
        place = Before.parse(before) if before else None
        member_id = mirror_member(caller=caller).member_id
        if ids:
            found = files_by_id(room_id=room, file_ids=ids, caller=caller, now=now)
            return Response({"files": found, "next": None})
        page = files_page(room_id=room, member_id=member_id, before=place, limit=limit, kind=kind, now=now)
        return Response({"files": page.files, "next": page.next})


def _kind(request: Request) -> FileKind | None:
    asked = request.query_params.get("kind")
    if not asked:
        return None
    for kind in FILE_KINDS:
        if asked == kind:
            return kind
    raise InvalidInput(_("kind can only be picture or file."))


def _ids(request: Request) -> list[int]:
    """Raises InvalidInput."""
    written = request.query_params.get("ids", "")
    if not written:
        return []
    numbers = written.split(",") if len(written) <= IDS_MAX_CHARACTERS else []
    if not 0 < len(numbers) <= IDS_MOST:
        raise InvalidInput(_("Ask for at most %(number)d files at once.") % {"number": IDS_MOST})
    return [parse_id(number, name="ids") for number in numbers]
