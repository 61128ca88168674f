"""Who is at the other end of a new socket: the token of a WebSocket handshake, its language, its room. Pure."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from chatproject.errors import InvalidInput, MissingToken, NotAuthenticated
from chatproject.http.api import bearer_token
from chatproject.origins import may_connect

SUBPROTOCOL = "chat.v2"
HEADER_SEPARATOR = ","  # of a header that is sent more than once; no token has one
_BEARER_PREFIX = "bearer."
WHAT_TO_OFFER = (
    f"offer {SUBPROTOCOL} beside the subprotocol with the token: {SUBPROTOCOL}, {_BEARER_PREFIX}<token>"
)


class NothingToAccept(InvalidInput):
    """Of the subprotocols that the client offers the server can name none in its answer."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a client said when it connected; nothing of it is checked yet."""

    query: dict[str, list[str]]
    headers: dict[str, str]
    subprotocols: list[str]

    @classmethod
    def of(cls, scope: dict[str, Any]) -> "Handshake":
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        values: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            values.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        headers = {name: HEADER_SEPARATOR.join(several) for name, several in values.items()}
        return cls(query, headers, list(scope.get("subprotocols", [])))

    def parameter(self, name: str) -> str:
        return self.query.get(name, [""])[0]

    def ticket(self) -> str:
        """The one ticket, "" for none. Raises NotAuthenticated for two different ones."""
        return _the_one({*self.query.get("ticket", [])})

    def token(self) -> str:
        """The one token, wherever it stands. Raises MissingToken, or NotAuthenticated for two different ones."""
        offered = [
            name.removeprefix(_BEARER_PREFIX) for name in self.subprotocols if name.startswith(_BEARER_PREFIX)
        ]
        found = {
            *self.query.get("access", []),
            *self.headers.get("access", "").split(HEADER_SEPARATOR),
            *map(bearer_token, self.headers.get("authorization", "").split(HEADER_SEPARATOR)),
            *offered,
        }
        if not (token := _the_one(found)):
            raise MissingToken
        return token

    def subprotocol(self, *, is_v1: bool = False) -> str | None:
        """What to accept of what was offered: never the subprotocol that carries the token.

        Raises NothingToAccept: browsers and most libraries break a connection off where they offered something
        and nothing of it is accepted. v1 has no name, so it accepts any: the replaced server let everybody in.
        """
        names = [name for name in self.subprotocols if name and not name.startswith(_BEARER_PREFIX)]
        accepted = SUBPROTOCOL if SUBPROTOCOL in names else names[0] if names and is_v1 else None
        if accepted is None and any(self.subprotocols):
            raise NothingToAccept
        return accepted

    def language(self) -> str:
        """The client's preferred language among ours."""
        for name, _quality in parse_accept_lang_header(self.headers.get("accept-language", "")):
            try:
                return get_supported_language_variant(name)
            except LookupError:
                continue
        return settings.LANGUAGE_CODE

    def origin_is_allowed(self, allowed: list[str]) -> bool:
        """As far as a page goes: see may_connect."""
        return may_connect(self.headers.get("origin"), host=self.headers.get("host", ""), allowed=allowed)


def _the_one(found: set[str]) -> str:
    candidates = found - {""}
    if len(candidates) > 1:
        raise NotAuthenticated
    return candidates.pop() if candidates else ""
