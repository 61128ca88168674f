"""REST of a file on its way: announced, uploaded, described, given up. Getting them: `views_files_read`."""

from typing import Any

import msgspec
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import ChatError, NotInRoom, RoomNotFound
from chatproject.file_errors import (
    FileNotThere,
    FileQuotaUsed,
    FileSent,
    FilesOff,
    FileStoreUnavailable,
    FileTooLarge,
    KindRefused,
    NoSpaceLeft,
    NoSuchFile,
    WrongLength,
)
from chatproject.http.api import caller_of, parse_body, parse_id
from chatproject.http.openapi import INTEGER_ID, NOTHING, ROOM_ID_IN_PATH, Json, describe, object_of
from chatproject.room_errors import MessageRefused, Muted, ReadOnlyRoom
from messaging import views_files_read
from messaging.acting import carry_out
from messaging.file_models import ALT_MAX_CHARACTERS, NAME_MAX_CHARACTERS, File
from messaging.files.service import FileService, files_of
from messaging.files.uploads import arriving, uploading
from messaging.files.uploads.kinds import KINDS
from messaging.files.uploads.labels import clean_alt
from messaging.files.uploads.uploading import Announcement, own_answer, own_file
from messaging.store.acts import FilesAct
from messaging.store.selectors import require_speaker
from messaging.store.voices import is_past_rules
from rooms.models import Member
from rooms.services import mirror_member

TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}
OF_FILE = [ROOM_ID_IN_PATH, views_files_read.FILE_ID_IN_PATH]
NOT_YOURS: list[type[ChatError]] = [RoomNotFound, NotInRoom, NoSuchFile]
ALT: Json = {"type": "string", "maxLength": ALT_MAX_CHARACTERS}
ANNOUNCEMENT: Json = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": NAME_MAX_CHARACTERS},
        "size": {"type": "integer", "minimum": 1},
        "type": {"type": "string", "description": "As browsers say it; empty where they do not know."},
        "alt": ALT,
    },
    "required": ["name", "size", "type"],
}
OWN_FILE = object_of(
    fileId=INTEGER_ID,
    name=TEXT,
    type={"enum": sorted({kind.media_type for kind in KINDS.values()})},
    size={"type": "integer", "minimum": 1},
    state={"enum": list(File.State.values)},
    alt=ALT,
    expiresAt=TIME,
)
OWN_FILE["properties"]["reason"] = {"enum": list(File.Reason.values)}
OWN_FILE_EXAMPLE = {
    "fileId": 31,
    "name": "고양이.jpg",
    "type": "image/jpeg",
    "size": 2_400_000,
    "state": "coming",
    "alt": "창가에서 자는 고양이",
    "expiresAt": "2026-12-01T09:10:00.123456Z",
}
UPLOAD: Json = {
    "type": "object",
    "properties": {
        "method": {"enum": ["PUT", "POST"]},
        "url": TEXT,
        "fields": {"type": "object", "additionalProperties": TEXT},
    },
    "required": ["method", "url"],
    "description": "`PUT`: the bytes as they are. `POST`: a form (multipart/form-data) of these fields, and `file`"
    " last. Good for 5 minutes.",
}
COMING = {**OWN_FILE, "properties": {**OWN_FILE["properties"], "upload": UPLOAD}}
COMING = {**COMING, "required": [*OWN_FILE["required"], "upload"]}
COMING_EXAMPLE = {**OWN_FILE_EXAMPLE, "upload": {"method": "PUT", "url": "/v1/files/31.1796029800:c2lnbmF0dXJl"}}


class AnnouncementBody(msgspec.Struct, frozen=True):
    name: str
    size: int
    type: str
    alt: str = ""


class AltBody(msgspec.Struct, frozen=True):
    alt: str


class AnnounceFile(APIView):
    @describe(
        "Announce a file: where its bytes go. Then it is sent with a message, within a day",
        parameters=[ROOM_ID_IN_PATH],
        body=ANNOUNCEMENT,
        data=COMING,
        example=COMING_EXAMPLE,
        refusals=[
            RoomNotFound,
            NotInRoom,
            Muted,
            ReadOnlyRoom,
            MessageRefused,
            FilesOff,
            FileTooLarge,
            KindRefused,
            FileQuotaUsed,
            NoSpaceLeft,
            FileStoreUnavailable,
        ],
    )
    def post(self, request: Request, room_id: str) -> Response:
        body = parse_body(request, AnnouncementBody)
        caller, place, now = caller_of(request), parse_id(room_id), timezone.now()
        announced = Announcement(body.name, body.size, body.type, body.alt).cleaned()
        who: Any = {"room_id": place, "member_id": mirror_member(caller=caller).member_id}
        is_admin = caller.role == Member.Role.ADMIN
        uploading.require_files_on()
        files = files_of(request)
        _require_sayable(files, announced.name, announced.alt, **who, is_admin=is_admin)
        file = uploading.announce(announced, **who, is_admin=is_admin, now=now)
        return Response({**own_answer(file), "upload": files.upload_of(file, now=now)})


class RenewUpload(APIView):
    @describe(
        "Another address for the bytes of a file that has not arrived",
        parameters=OF_FILE,
        data=COMING,
        example=COMING_EXAMPLE,
        refusals=[*NOT_YOURS, FileSent, FilesOff, FileStoreUnavailable],
    )
    def post(self, request: Request, room_id: str, file_id: str) -> Response:
        file, now = _own(request, room_id, file_id), timezone.now()
        uploading.require_files_on()
        uploading.require_coming(file, now=now)
        return Response({**own_answer(file), "upload": files_of(request).upload_of(file, now=now)})


class FileArrived(APIView):
    @describe(
        "All bytes of a file were sent; it is checked now. What arrived before is told as it stands",
        parameters=OF_FILE,
        data=OWN_FILE,
        example={**OWN_FILE_EXAMPLE, "state": "checking"},
        refusals=[*NOT_YOURS, FileNotThere, WrongLength, FileStoreUnavailable],
    )
    def post(self, request: Request, room_id: str, file_id: str) -> Response:
        file, files = _own(request, room_id, file_id), files_of(request)
        if file.state == File.State.COMING:
            _take_in(file, files)
        return Response(own_answer(file))


class OneFile(views_files_read.OneFile):
    @describe(
        "Describe what is in one's own file, for those who do not see it; before it is sent, or after",
        parameters=OF_FILE,
        body={"type": "object", "properties": {"alt": ALT}, "required": ["alt"]},
        data=OWN_FILE,
        example={**OWN_FILE_EXAMPLE, "state": "ready"},
        refusals=[*NOT_YOURS, Muted, ReadOnlyRoom, MessageRefused],
    )
    def put(self, request: Request, room_id: str, file_id: str) -> Response:
        alt = clean_alt(parse_body(request, AltBody).alt)
        file, is_admin = _own(request, room_id, file_id), caller_of(request).role == Member.Role.ADMIN
        assert file.uploader_id is not None
        who: Any = {"room_id": file.room_id, "member_id": file.uploader_id}
        _require_sayable(files_of(request), alt, **who, is_admin=is_admin)
        described = arriving.describe(file, alt, now=timezone.now())
        if described.seq is not None:
            carry_out(request, FilesAct(room_id=described.room_id, seq=described.seq))
        return Response(own_answer(described))

    @describe(
        "Give up one's own file before it is sent",
        parameters=OF_FILE,
        data=NOTHING,
        refusals=[*NOT_YOURS, FileSent],
    )
    def delete(self, request: Request, room_id: str, file_id: str) -> Response:
        arriving.give_up(_own(request, room_id, file_id), now=timezone.now())
        return Response(None)


def _own(request: Request, room_id: str, file_id: str) -> File:
    place, number = parse_id(room_id), parse_id(file_id, name="fileId")
    member_id = mirror_member(caller=caller_of(request)).member_id
    return own_file(room_id=place, file_id=number, member_id=member_id)


def _take_in(file: File, files: FileService) -> None:
    """Look at what is in the store."""
    size = files.size_that_came(file)
    if size is None:
        raise FileNotThere
    if size != file.size:
        if arriving.refuse_length(file):
            files.discard_what_came(file)
        raise WrongLength
    arriving.arrive(file)
    files.wake_checker()


def _require_sayable(files: FileService, *texts: str, room_id: int, member_id: int, is_admin: bool) -> None:
    now = timezone.now()
    place = require_speaker(room_id=room_id, member_id=member_id, is_admin=is_admin, now=now)
    past = is_past_rules(place, is_admin=is_admin)
    for text in texts:
        files.require_sayable(text, room_id=room_id, member_id=member_id, is_past_rules=past)
