"""REST of the search."""

from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import InvalidInput, NotInRoom, RoomNotFound
from chatproject.http.api import caller_of, query_integer, query_text
from chatproject.http.openapi import (
    INTEGER_ID,
    describe,
    list_of,
    object_of,
    optional,
    query,
)
from messaging.search.engine import QUERY_MAX_CHARACTERS, Place
from messaging.search.text import Word, words_of
from messaging.store.finding import FOUND_DEFAULT_MESSAGES, FOUND_MAX_MESSAGES, Wanted, find_messages
from messaging.views import MESSAGE_EXAMPLE
from messaging.views_mine import NAMED_MESSAGE
from rooms.services import mirror_member

HAS = ("link", "file")
TIME_MAX_CHARACTERS = 40
YEARS = range(1970, 9_000)  # of these, every database and every time zone knows each moment
TIME = {"type": "string", "format": "date-time"}


class SearchMessages(APIView):
    @describe(
        "Messages of the caller's rooms that hold all words, the newest first",
        parameters=[
            query(
                "q",
                {"type": "string", "minLength": 1, "maxLength": QUERY_MAX_CHARACTERS},
                "Words, each found anywhere in a message or in the names of its files, however composed and"
                " without regard to case. Consonants stand for syllables that begin with them: `ㄱㅁ` finds 고민.",
                example="고민",
            ),
            query("roomId", INTEGER_ID, "Only in this room.", example=1, required=False),
            query("author", INTEGER_ID, "Only of this member.", example=2, required=False),
            query(
                "since", TIME, "Only what was sent then or later.", example="2026-11-01T00:00:00Z", required=False
            ),
            query("until", TIME, "Only what was sent before.", example="2026-12-01T00:00:00Z", required=False),
            query(
                "has",
                {"enum": list(HAS)},
                "Only messages with a web address, or with files.",
                example="link",
                required=False,
            ),
            query("before", {"type": "string"}, "`next` of the page before.", example="4711", required=False),
            query(
                "limit",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": FOUND_MAX_MESSAGES,
                    "default": FOUND_DEFAULT_MESSAGES,
                },
                "So many at most. There may be fewer, or none, where `next` says that the search can go on.",
                example=20,
                required=False,
            ),
        ],
        data=object_of(messages=list_of(NAMED_MESSAGE), next=optional({"type": "string"})),
        example={"messages": [{**MESSAGE_EXAMPLE, "roomName": "고민상담방"}], "next": "4711"},
        refusals=[RoomNotFound, NotInRoom],
    )
    def get(self, request: Request) -> Response:
        wanted = _wanted(request)
        member_id = mirror_member(caller=caller_of(request)).member_id
        found = find_messages(wanted, member_id=member_id)
        return Response({"messages": found.messages, "next": found.next})


def _wanted(request: Request) -> Wanted:
    before = request.query_params.get("before")
    return Wanted(
        words=_words(query_text(request, "q")),
        room_id=query_integer(request, "roomId", minimum=1),
        author_id=query_integer(request, "author", minimum=1),
        since=_time(request, "since"),
        until=_time(request, "until"),
        has_link=_has(request, "link"),
        has_file=_has(request, "file"),
        before=Place.parse(before) if before else None,
        limit=query_integer(
            request, "limit", minimum=1, maximum=FOUND_MAX_MESSAGES, default=FOUND_DEFAULT_MESSAGES
        ),
    )


def _words(asked: str) -> tuple[Word, ...]:
    if len(asked) > QUERY_MAX_CHARACTERS:
        raise InvalidInput(_("Search for at most %(number)d characters.") % {"number": QUERY_MAX_CHARACTERS})
    words = words_of(asked)
    if not words:
        raise InvalidInput(_("Say what to search for."))
    return words


def _time(request: Request, name: str) -> datetime | None:
    written = request.query_params.get(name)
    if not written:
        return None
    try:
        moment = parse_datetime(written) if len(written) <= TIME_MAX_CHARACTERS else None
    except ValueError:  # a time as it is written, that there is not
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in YEARS:
        raise InvalidInput(_("%(name)s must be a time such as 2026-11-29T09:00:00Z.") % {"name": name})
    return moment


def _has(request: Request, what: str) -> bool:
    has = request.query_params.get("has")
    if has not in (None, "", *HAS):
        raise InvalidInput(_("has can only be link or file."))
    return has == what
