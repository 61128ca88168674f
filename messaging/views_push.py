"""REST of the browsers in which the caller wants to be notified."""

import msgspec
from django.conf import settings
from django.utils import timezone, translation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import PathNotFound
from chatproject.http.api import caller_of, parse_body, parse_id
from chatproject.http.openapi import INTEGER_ID, NOTHING, Json, describe, in_path, object_of
from messaging.push import subscriptions
from messaging.push.wording import language_of
from rooms.services import mirror_member

BASE64URL: Json = {"type": "string", "maxLength": 100}
ENDPOINT: Json = {"type": "string", "format": "uri", "maxLength": 500}
SUBSCRIPTION = object_of(endpoint=ENDPOINT, keys=object_of(p256dh=BASE64URL, auth=BASE64URL))


class Keys(msgspec.Struct, frozen=True):
    p256dh: str
    auth: str


class PushBody(msgspec.Struct, frozen=True):
    """What `PushSubscription.toJSON()` of a browser gives; its `expirationTime` is of no use to anybody."""

    endpoint: str
    keys: Keys


class Push(APIView):
    @describe(
        "Notify the caller in this browser, in the request's language: what it gives for the key in `welcome`. A"
        " member has 10 at most, the oldest gives way. 404 where there is no such key",
        body=SUBSCRIPTION,
        data=object_of(pushId=INTEGER_ID),
        example={"pushId": 5},
        refusals=[PathNotFound],
    )
    def post(self, request: Request) -> Response:
        body = parse_body(request, PushBody)
        member_id = mirror_member(caller=caller_of(request)).member_id
        if not settings.PUSH.is_on:
            raise PathNotFound
        push_id = subscriptions.subscribe(
            member_id=member_id,
            endpoint=body.endpoint,
            p256dh=body.keys.p256dh,
            auth=body.keys.auth,
            language=language_of(translation.get_language() or ""),
            now=timezone.now(),
        )
        return Response({"pushId": push_id})


class OnePush(APIView):
    @describe(
        "Notify the caller in that browser no longer",
        parameters=[in_path("push_id", INTEGER_ID, "The browser's number.", example=5)],
        data=NOTHING,
    )
    def delete(self, request: Request, push_id: str) -> Response:
        number = parse_id(push_id, name="pushId")
        member_id = mirror_member(caller=caller_of(request)).member_id
        subscriptions.unsubscribe(member_id=member_id, push_id=number)
        return Response()
