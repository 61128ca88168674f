"""What a member may do less often over HTTP than anything else, and which requests that is. Knows no view."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from asgiref.typing import HTTPScope
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chatproject.errors import TooManyRequests
from chatproject.limits.shared import SharedLimits

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class NamedLimit:
    """So `many` in `seconds`: at once, and then one whenever that part of the time has passed. 0: no limit."""

    name: str
    many: int
    seconds: int
    sentence: str | Promise | None = None  # what is told beyond it, in place of the usual one


class NamedLimits:
    """The limits that `settings` sets. They are exact over all processes where there is a Redis."""

    def __init__(self, shared: SharedLimits, settings: Any) -> None:
        limits = (
            NamedLimit("joins", settings.LIMIT_JOINS_PER_HOUR, HOUR_S, _("You have joined many rooms just now.")),
            NamedLimit(
                "join-codes", settings.LIMIT_JOIN_CODES_PER_HOUR, HOUR_S, _("You have tried many codes just now.")
            ),
            NamedLimit("searches", settings.LIMIT_SEARCHES_PER_MINUTE, MINUTE_S),
            NamedLimit("room-searches", settings.LIMIT_ROOM_SEARCHES_PER_MINUTE, MINUTE_S),
            NamedLimit(
                "invites", settings.LIMIT_INVITES_PER_HOUR, HOUR_S, _("You have made many invitations just now.")
            ),
            NamedLimit("files", settings.LIMIT_FILES_PER_HOUR, HOUR_S, _("You have sent many files just now.")),
            NamedLimit("reports", settings.LIMIT_REPORTS_PER_DAY, DAY_S, _("You have reported a lot today.")),
        )
        self._limits = {
            limit.name: (
                limit,
                shared.buckets(limit.name, rate=limit.many / limit.seconds, burst=limit.many, is_exact=True),
            )
            for limit in limits
        }

    async def count(self, scope: HTTPScope, member_id: int) -> None:
        """Count the request where it is one of those. Raises TooManyRequests."""
        for name in names_of(scope):
            limit, buckets = self._limits[name]
            if wait_s := await buckets.take(member_id):
                raise TooManyRequests(limit.sentence, retry_after=round(wait_s, 3))


def names_of(scope: HTTPScope) -> Sequence[str]:
    """The limits that the request counts for. Who knows no code but tries several is held by the narrower one."""
    match scope["method"], scope["path"].split("/")[3:]:
        case "POST", ["room", "group", _room_id, "join"]:
            named = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            return ("join-codes", "joins") if "code" in named else ("joins",)
        case "GET" | "HEAD", ["search"]:
            return ("searches",)
        case "GET" | "HEAD", ["room", "group", "search"]:
            return ("room-searches",)
        case "POST", ["room", _room_id, "invite"]:
            return ("invites",)
        case "GET" | "HEAD", ["invite", _code]:
            return ("room-searches",)
        case "POST", ["room", _room_id, "file"]:
            return ("files",)
        case "POST", ["reports"]:
            return ("reports",)
    return ()
