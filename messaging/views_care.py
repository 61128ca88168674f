"""REST of where people help: for everybody, and the card of whom somebody is concerned about."""

from typing import Any

import msgspec
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.http.api import caller_of
from chatproject.http.openapi import INTEGER_ID, NOTHING, describe, list_of, object_of, optional, struct_schema
from messaging.moderation import cards
from messaging.moderation.help_lines import Card, read_card
from messaging.wire.room_frames import HelpLineObject
from rooms.services import mirror_member

CARD = {"text": {"type": "string"}, "textEn": {"type": "string"}, "lines": list_of(struct_schema(HelpLineObject))}
CARD_EXAMPLE: dict[str, Any] = {
    "text": "혼자 견디지 않아도 괜찮아요. 지금 이야기를 들어 줄 사람들이 있어요.",
    "textEn": "You do not have to carry it alone: there are people who will listen now.",
    "lines": [
        {
            "kind": "call",
            "name": "자살예방 상담전화",
            "nameEn": "Suicide prevention line",
            "number": "109",
            "address": "",
            "hours": "24시간",
            "hoursEn": "at any hour (Korean)",
            "checkedOn": "2026-02-13",
        }
    ],
}
MY_CARD = object_of(concernId=optional(INTEGER_ID), roomId=optional(INTEGER_ID), **CARD)


class HelpLines(APIView):
    @describe("Where people help, for everybody", data=object_of(**CARD), example=CARD_EXAMPLE)
    def get(self, request: Request) -> Response:
        mirror_member(caller=caller_of(request))
        return Response(_shown(read_card()))


class MyCare(APIView):
    @describe(
        "The card that says where people help, for whom somebody is concerned about: that member alone sees it",
        data=MY_CARD,
        example={"concernId": 12, "roomId": 1, **CARD_EXAMPLE},
    )
    def get(self, request: Request) -> Response:
        member_id = mirror_member(caller=caller_of(request)).member_id
        concern = cards.open_card(member_id=member_id)
        about = {"concernId": concern and concern.pk, "roomId": concern and concern.room_id}
        return Response({**about, **_shown(read_card())})

    @describe("Put the card away, on all devices; fine where there is none", data=NOTHING, example=None)
    def delete(self, request: Request) -> Response:
        member_id = mirror_member(caller=caller_of(request)).member_id
        cards.close_cards(member_id=member_id, now=timezone.now())
        return Response(None)


def _shown(card: Card) -> dict[str, Any]:
    lines = [msgspec.to_builtins(line) for line in card.lines]
    return {"text": card.text, "textEn": card.text_en, "lines": lines}
