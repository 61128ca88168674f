"""REST endpoints that call the model for one member. Asynchronous: a slow model holds up nobody else."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from assistant.private.calls import Reader, read_on_any_thread
from assistant.private.drafts import ALTERNATIVES_MOST, draft_replies
from assistant.private.summaries import summarize_unread
from assistant.prompting.prompts import TONES, Tone
from assistant.providers.bulkhead import BulkheadFull
from assistant.providers.language_model import LanguageModel
from assistant.providers.model_choice import chosen_language_model
from chatproject.errors import (
    AssistantBudgetSpent,
    AssistantNotForMember,
    AssistantUnavailable,
    InvalidInput,
    ModelFailed,
    ModelRefused,
    NotInRoom,
    RoomNotFound,
    TooManyRequests,
)
from chatproject.http.api import caller_of, parse_id, query_integer, query_text
from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    ROOM_ID_IN_QUERY,
    describe,
    list_of,
    object_of,
    optional,
    query,
)

if TYPE_CHECKING:  # adrf is not typed
    from rest_framework.views import APIView
else:
    from adrf.views import APIView


RETRY_WHILE_DRAFTING_S = 3.0

REFUSALS = (
    NotInRoom,
    RoomNotFound,
    ModelRefused,
    AssistantBudgetSpent,
    AssistantNotForMember,
    ModelFailed,
    AssistantUnavailable,
)
TEXT = {"type": "string"}
DRAFT_EXAMPLE = "저도 그 마음 알 것 같아요. 오늘은 좀 쉬어 가요."
MODEL_EXAMPLE = "gemini-2.5-flash-lite"
SUMMARY = object_of(
    points=list_of(object_of(text={"type": "string"}, seq=INTEGER_ID)),
    fromSeq=optional(INTEGER_ID),
    toSeq=optional(INTEGER_ID),
    withheld=COUNT,
    truncated={"type": "boolean"},
    deletedSeqs=list_of(INTEGER_ID),
    model=optional(TEXT),
)
SUMMARY_EXAMPLE = {
    "points": [{"text": "지은 님이 새 직장에서 회의가 어렵다고 했어요.", "seq": 4}],
    "fromSeq": 2,
    "toSeq": 9,
    "withheld": 0,
    "truncated": False,
    "deletedSeqs": [],
    "model": MODEL_EXAMPLE,
}


class DraftReply(APIView):
    """When the caller hangs up, the view is cancelled and with it the call upstream."""

    @describe(
        "Drafts of the caller's own next message, which nobody else sees",
        parameters=[
            ROOM_ID_IN_QUERY,
            query("tone", {"type": "string", "enum": list(TONES)}, "", example=TONES[0], required=False),
            query(
                "count",
                {"type": "integer", "minimum": 1, "maximum": ALTERNATIVES_MOST, "default": 1},
                "So many alternatives at most.",
                example=1,
                required=False,
            ),
        ],
        data=object_of(answer=TEXT, answers=list_of(TEXT), model=TEXT),
        example={"answer": DRAFT_EXAMPLE, "answers": [DRAFT_EXAMPLE], "model": MODEL_EXAMPLE},
        refusals=REFUSALS,
    )
    async def post(self, request: Request) -> Response:
        caller, room_id = caller_of(request), parse_id(query_text(request, "roomId"))
        count = query_integer(request, "count", minimum=1, maximum=ALTERNATIVES_MOST, default=1)
        tone = _tone(request)
        async with _language_model(request) as model:
            with _share(request, caller.member_id):
                drafts = await draft_replies(
                    caller=caller, room_id=room_id, tone=tone, count=count, read=_reader(request), model=model
                )
        if (assistant := _scope(request).get("assistant")) is not None:
            assistant.drafted.give(drafts.texts, room_id=room_id, member_id=caller.member_id)
        return Response({"answer": drafts.texts[0], "answers": drafts.texts, "model": drafts.model})


class SummarizeUnread(APIView):
    """Cancelled as a draft is; nothing is marked as read."""

    @describe(
        "What the caller has not read yet, in a few points; each names the message it rests on",
        parameters=[ROOM_ID_IN_QUERY],
        data=SUMMARY,
        example=SUMMARY_EXAMPLE,
        refusals=REFUSALS,
    )
    async def post(self, request: Request) -> Response:
        caller, room_id = caller_of(request), parse_id(query_text(request, "roomId"))
        async with _language_model(request) as model:
            with _share(request, caller.member_id):
                summary = await summarize_unread(
                    caller=caller, room_id=room_id, read=_reader(request), model=model
                )
        return Response(
            {
                "points": [{"text": point.text, "seq": point.seq} for point in summary.points],
                "fromSeq": summary.from_seq,
                "toSeq": summary.to_seq,
                "withheld": summary.withheld,
                "truncated": summary.truncated,
                "deletedSeqs": list(summary.deleted_seqs),
                "model": summary.model or None,
            }
        )


def _tone(request: Request) -> Tone | None:
    tone = request.query_params.get("tone")
    if tone is not None and tone not in TONES:
        raise InvalidInput(_("tone must be one of %(tones)s.") % {"tones": ", ".join(TONES)})
    return cast("Tone | None", tone)


def _scope(request: Request) -> dict[str, Any]:
    """What `chatproject.asgi` put beside the request; nothing under WSGI and Django's test client."""
    scope: dict[str, Any] = getattr(request, "scope", {})
    return scope


@contextmanager
def _share(request: Request, member_id: int) -> Iterator[None]:
    """One of the drafts that a member may have under way. Raises TooManyRequests."""
    assistant = _scope(request).get("assistant")
    try:
        with assistant.drafts.hold(member_id) if assistant is not None else nullcontext():
            yield
    except BulkheadFull:
        raise TooManyRequests(retry_after=RETRY_WHILE_DRAFTING_S) from None


@asynccontextmanager
async def _language_model(request: Request) -> AsyncIterator[LanguageModel]:
    """The process's one, or one for this request."""
    assistant = _scope(request).get("assistant")
    if assistant is not None:
        yield assistant.model
        return
    model = chosen_language_model()
    try:
        yield model
    finally:
        await model.close()


def _reader(request: Request) -> Reader:
    """The chat server's database threads, or any thread but the one that all synchronous views share."""
    server = _scope(request).get("chat_server")
    return server.run if server is not None else read_on_any_thread
