"""What an endpoint of the server API says of itself: what it reads or does, which scope it needs, what it answers.

`reads` and `writes` are put on a view's methods, which return the data of the answer, or raise why there is none.
Each checks the scope; `writes` does the call in one transaction, and once where it comes with an Idempotency-Key.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import uuid4

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import ChatError, InvalidInput, StoreUnavailable, TooLarge, TooManyRequests, TooSlow
from chatproject.http.openapi import Json, describe
from chatproject.server_api.authentication import ServerKeyAuthentication, main_server_of
from chatproject.server_api.errors import CallRunning, KeyRefused, OtherCall, ScopeMissing
from chatproject.server_api.idempotency import Answer, Attempt, answer_once, call_of
from chatproject.server_api.models import Scope
from chatproject.transactions import in_one_transaction

REPLAYED = "Idempotency-Replayed"
_ALWAYS: tuple[type[ChatError], ...] = (
    InvalidInput,
    KeyRefused,
    ScopeMissing,
    TooLarge,
    TooManyRequests,
    TooSlow,
    StoreUnavailable,
)
_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="Of this call alone, made by whoever calls: repeated with it, the call is done once.",
    examples=[OpenApiExample("an ordinary one", "0190a3c4-7b1e-7cc2-9f00-0123456789ab")],
)

Method = Callable[..., Any]


class ServerView(APIView):
    """A view of the server API. While it works, `now` is when the call came, and `seed` (hexadecimal) is this
    call's alone, the same whenever it is repeated with its Idempotency-Key."""

    authentication_classes = [ServerKeyAuthentication]
    now: datetime
    seed: str


def reads(
    summary: str,
    *,
    scope: Scope,
    data: Json,
    example: Any = None,
    parameters: Sequence[OpenApiParameter] = (),
    body: Json | None = None,
    refusals: Iterable[type[ChatError]] = (),
) -> Callable[[Method], Method]:
    described = describe(
        summary,
        data=data,
        example=example,
        parameters=parameters,
        body=body,
        refusals=refusals,
        always=_ALWAYS,
    )

    def decorate(method: Method) -> Method:
        @wraps(method)
        def answer(view: ServerView, request: Request, **path: str) -> Response:
            main_server_of(request).require(scope)
            view.now = timezone.now()
            return Response(method(view, request, **path))

        return described(answer)

    return decorate


def writes(
    summary: str,
    *,
    scope: Scope,
    data: Json,
    example: Any = None,
    parameters: Sequence[OpenApiParameter] = (),
    body: Json | None = None,
    refusals: Iterable[type[ChatError]] = (),
    is_one_transaction: bool = True,
) -> Callable[[Method], Method]:
    """`is_one_transaction` False: it commits elsewhere, and is made harmless to repeat by the view's `seed`."""
    described = describe(
        summary,
        data=data,
        example=example,
        parameters=[*parameters, _IDEMPOTENCY_KEY],
        body=body,
        refusals=[*refusals, CallRunning, OtherCall],
        always=_ALWAYS,
    )

    def decorate(method: Method) -> Method:
        @wraps(method)
        def answer(view: ServerView, request: Request, **path: str) -> Response:
            main_server_of(request).require(scope)
            view.now = timezone.now()

            def work(attempt: Attempt | None) -> Any:
                view.seed = attempt.seed if attempt else uuid4().hex * 2
                return method(view, request, **path)

            return _response(_answer(request, work, is_one_transaction=is_one_transaction, now=view.now))

        return described(answer)

    return decorate


def _answer(
    request: Request, work: Callable[[Attempt | None], Any], *, is_one_transaction: bool, now: datetime
) -> Answer:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return Answer(200, (in_one_transaction(work) if is_one_transaction else work)(None))
    call = call_of(
        server_key_id=main_server_of(request).key_id,
        key=key,
        method=str(request.method),
        path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        body=request._request.body,
    )
    return answer_once(call, work, is_one_transaction=is_one_transaction, now=now)


def _response(answer: Answer) -> Response:
    headers = {REPLAYED: "true"} if answer.is_kept else {}
    return Response(answer.body, status=answer.status, headers=headers)
