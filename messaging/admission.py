"""Who may open a socket at this process, and whose sockets end because they may not stay. Knows no frames."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import count

import msgspec
from django.utils.translation import gettext_lazy as _

from chatproject.access.revocations import Revocations
from chatproject.access.revoking import Revoked
from chatproject.access.tickets import read_ticket
from chatproject.access.used_tickets import Use, use_tickets
from chatproject.errors import TicketRefused
from chatproject.http.api import token_verifier
from chatproject.tokens import Caller
from messaging.delivery.hub import Hub
from messaging.delivery.notices import Notice
from messaging.delivery.relay import Relay
from messaging.delivery.sessions import Session
from messaging.store.database import Database
from messaging.store.gathering import Gathered
from messaging.wire.protocol import CloseCode

LOOK_WITHIN_S = 0.1  # for the sockets of revoked tokens: through all of them, so not for each token by itself


class Closing(msgspec.Struct, frozen=True):
    """What other processes are told: how all sockets of a member end."""

    code: int
    reason: str


class Admission:
    """One per process."""

    def __init__(self, *, database: Database, hub: Hub, relay: Relay) -> None:
        self._hub, self._relay = hub, relay
        self.revocations = Revocations(database, heard=self._end_revoked)
        self._uses = Gathered(database, use_tickets, at_once=1)  # each commits: two would wait for each other
        self._numbers = count()
        self._looking: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self.revocations.start()

    async def stop(self) -> None:
        await self.revocations.stop()
        if self._looking is not None:
            self._looking.cancel()

    async def verify(self, token: str) -> Caller:
        """Whom the token speaks for. Raises NotAuthenticated, StoreUnavailable."""
        caller = await token_verifier().verify_aside(token)
        await self.revocations.admit(caller)
        return caller

    async def redeem(self, text: str, *, origin: str | None, beside: Caller | None, now: float) -> Caller:
        """Whom the ticket was given to; from then on it is used. `beside` is whom a token next to it speaks for.

        Raises TicketRefused, RevokedToken, StoreUnavailable.
        """
        ticket = read_ticket(text, origin=origin, now=now)
        if beside is not None and beside.member_id != ticket.caller.member_id:
            raise TicketRefused(_("The ticket is another member's than the token beside it."))
        await self.revocations.admit(ticket.caller)
        if not await self._uses.get(Use(ticket.nonce, ticket.ends_at, next(self._numbers))):
            raise TicketRefused(_("The ticket was used already. Please ask for another one."))
        return ticket.caller

    # --- who may not stay

    def tell_revoked(self, revoked: Revoked) -> None:
        """End the sockets that it meets, on every process; it is committed."""
        self.revocations.learn([revoked])
        self._relay.publish(Notice(room_id=0, kind="revoked", text=msgspec.msgpack.encode(revoked)))

    def end_sockets(self, member_id: int, closing: Closing) -> None:
        """End all sockets of the member, on every process."""
        self._close(self._hub.sessions_of(member_id), closing)
        text = msgspec.msgpack.encode(closing)
        self._relay.publish(Notice(room_id=0, kind="close", member_ids=(member_id,), text=text))

    def hear(self, notice: Notice) -> None:
        """What another process told, "revoked" or "close"."""
        if notice.kind == "revoked":
            self.revocations.learn([msgspec.msgpack.decode(notice.text, type=Revoked)])
            return
        closing = msgspec.msgpack.decode(notice.text, type=Closing)
        for member_id in notice.member_ids:
            self._close(self._hub.sessions_of(member_id), closing)

    def _close(self, sessions: Iterable[Session], closing: Closing) -> None:
        for session in list(sessions):
            session.close(closing.code, closing.reason)

    def _end_revoked(self, news: Sequence[Revoked]) -> None:
        for revoked in news:
            if revoked.member_id is not None:
                self._look_at(self._hub.sessions_of(revoked.member_id))
        if self._looking is None and any(revoked.token_id is not None for revoked in news):
            self._looking = asyncio.get_running_loop().call_later(LOOK_WITHIN_S, self._look_at_all)

    def _look_at_all(self) -> None:
        self._looking = None
        self._look_at(self._hub.everyone())

    def _look_at(self, sessions: Iterable[Session]) -> None:
        revoked = [session for session in sessions if self.revocations.is_revoked(session.caller)]
        self._close(revoked, Closing(CloseCode.UNAUTHENTICATED, "revoked"))
