"""REST of a member's own export: asked for, how far it is, where it is got. Getting it: `giving`."""

from typing import Literal

import msgspec
from django.conf import settings
from django.utils import timezone, translation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.http.api import caller_of, parse_body
from chatproject.http.openapi import Json, describe
from messaging.personal.exports import asking
from messaging.personal.exports.answers import EXPORT, READY_EXAMPLE, WAITING_EXAMPLE, export_object
from rooms.moderation.audit import Actor
from rooms.services import mirror_member

ASKED: Json = {
    "type": "object",
    "properties": {
        "language": {"enum": ["ko", "en", None], "description": "Of the text; default: the request's."},
    },
}


class ExportBody(msgspec.Struct, frozen=True):
    language: Literal["ko", "en"] | None = None


def language_of(body: ExportBody) -> str:
    return body.language or translation.get_language() or settings.LANGUAGE_CODE


class MyExport(APIView):
    @describe("How far the caller's export is, and where it is got", data=EXPORT, example=READY_EXAMPLE)
    def get(self, request: Request) -> Response:
        caller, now = caller_of(request), timezone.now()
        member_id = mirror_member(caller=caller).member_id
        return Response(export_object(asking.newest(member_id=member_id), caller=caller, now=now))

    @describe(
        "Have everything packed that is kept of the caller; what is under way or can be had still stays as it is",
        body=ASKED,
        data=EXPORT,
        example=WAITING_EXAMPLE,
    )
    def post(self, request: Request) -> Response:
        language = language_of(parse_body(request, ExportBody))
        caller, now = caller_of(request), timezone.now()
        member_id = mirror_member(caller=caller).member_id
        asked = asking.ask(member_id=member_id, by=Actor.member(member_id), language=language, now=now)
        return Response(export_object(asked, caller=caller, now=now))
