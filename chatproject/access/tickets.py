"""Tickets: what opens one socket in a token's place, so that no token stands in an address. The format; pure.

A ticket holds whom its token speaks for, signed, and is kept nowhere before it is used (`used_tickets`): any
process takes what another gave. It lives TICKET_LIFE_S, and is for a page of the origin that asked for it.
"""

import hashlib
from dataclasses import astuple, dataclass
from secrets import token_hex
from typing import Any, get_args

import msgspec
from django.core import signing
from django.utils.translation import gettext_lazy as _

from chatproject.errors import TicketRefused
from chatproject.tokens import Caller, Role

TICKET_LIFE_S = 30.0  # a browser connects at once, or after the handshake's time-out not at all
TICKET_MAX_CHARACTERS = 2_048  # honest ones have about 350, with the longest of nicknames 1,800
PREFIX = "cht_"  # by which logs blot them out
SALT = "a ticket for one socket"
NONCE_BYTES = 16  # never the same twice


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that was given here. `origin` is the digest of its page's, "" where no page asked for it."""

    caller: Caller
    nonce: str
    origin: str
    ends_at: float  # seconds since the epoch


def give_ticket(caller: Caller, *, origin: str | None, now: float) -> Ticket:
    """For a page of that origin; None is no browser, which may hand it to whatever page may connect."""
    ends_at = min(now + TICKET_LIFE_S, caller.expires_at)
    return Ticket(caller, token_hex(NONCE_BYTES), _digest(origin), ends_at)


def write_ticket(ticket: Ticket) -> str:
    """As it travels, in characters that addresses take as they are."""
    held = [*astuple(ticket.caller), ticket.nonce, ticket.origin, ticket.ends_at]
    return PREFIX + _signer().sign_object(held, serializer=_Json)


def read_ticket(text: str, *, origin: str | None, now: float) -> Ticket:
    """What a page of that origin brings. Whether it was used is not known here. Raises TicketRefused."""
    ticket = _unsigned(text)
    if ticket.ends_at <= now:
        raise TicketRefused(_("The ticket has expired. Please ask for another one."))
    if ticket.origin not in ("", _digest(origin)):
        raise TicketRefused(_("The ticket was given to a page of another site."))
    return ticket


def _unsigned(text: str) -> Ticket:
    if len(text) > TICKET_MAX_CHARACTERS or not text.startswith(PREFIX):
        raise _NotOurs
    try:
        *caller, nonce, origin, ends_at = _signer().unsign_object(text.removeprefix(PREFIX), serializer=_Json)
        ticket = Ticket(Caller(*caller), nonce, origin, ends_at)
    except (signing.BadSignature, msgspec.MsgspecError, ValueError, TypeError) as error:
        raise _NotOurs from error
    if ticket.caller.role not in get_args(Role):  # of a newer or older version beside this one
        raise _NotOurs
    return ticket


class _NotOurs(TicketRefused):
    default_message = _("This is no ticket of this server.")


class _Json:
    """In fewer bytes than Django's own, which escapes every nickname."""

    def dumps(self, held: Any) -> bytes:
        return msgspec.json.encode(held)

    def loads(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


def _digest(origin: str | None) -> str:
    return "" if origin is None else hashlib.sha256(origin.encode(errors="replace")).hexdigest()[:32]


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")
