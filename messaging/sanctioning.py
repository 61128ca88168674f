"""Acts on members, from sockets, REST and the admin alike: decided and stored, then told to whom they concern.

Who may do what is decided in `rooms.moderation`, what a removal hides is stored by `messaging.store`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from chatproject.tokens import Caller
from messaging.acting import take_turn
from messaging.store.drafts import Stored
from messaging.store.removing import remove_and_hide
from messaging.wire.client_frames import Lift, Mute, Remove
from messaging.wire.times import moment_of
from rooms.moderation import imposing
from rooms.moderation.imposing import Outcome
from rooms.moderation.ranks import Acting
from rooms.moderation.sanctions import Kind
from rooms.telling import tell

if TYPE_CHECKING:
    from messaging.server import ChatServer

Asked = Mute | Remove | Lift
Done = tuple[Outcome, Sequence[Stored]]


async def sanction(server: "ChatServer", asked: Asked, *, caller: Caller) -> None:
    """Do it in the caller's name. Raises TooManyRequests, StoreUnavailable, and what `decide` raises."""
    await server.take_turn(caller.member_id)
    tell_done(server, await server.run(decide, asked, by=caller, now=timezone.now()))


def carry_out(request: HttpRequest | Request, asked: Asked, *, by: Caller | Acting) -> Outcome:
    """The same of a request, or of staff in the admin; live sockets are told once it is committed.

    Raises TooManyRequests where a member does too much; staff do as much as they want.
    """
    take_turn(request, by)
    done = decide(asked, by=by, now=timezone.now())
    tell(request, lambda server: tell_done(server, done))
    return done[0]


def decide(asked: Asked, *, by: Caller | Acting, now: datetime) -> Done:
    """Do it and return what is to be told. Raises what the acts of `rooms.moderation.imposing` raise."""
    whom = {"room_id": asked.room_id, "member_id": asked.member_id}
    match asked:
        case Mute():
            until = moment_of(asked.until)
            return imposing.mute(**whom, until=until, reason=asked.reason, by=by, now=now), ()
        case Lift():
            kind = Kind(asked.act)
            return imposing.lift(**whom, kind=kind, reason=asked.reason, by=by, now=now), ()
        case Remove():
            return remove_and_hide(
                **whom,
                reason=asked.reason,
                until=None if asked.until is None else moment_of(asked.until),
                hide_hours=asked.hide_hours,
                by=by,
                now=now,
            )
        case _:
            assert_never(asked)


def tell_done(server: "ChatServer", done: Done) -> None:
    """Tell whom it met, before their sockets are out of the room; then the room."""
    outcome, hidden = done
    server.tell_sanctions(outcome.told)
    if outcome.left is not None:
        server.tell_left(outcome.left)
    if outcome.rules_version is not None:
        server.tell_rules(outcome.room_id, outcome.rules_version)
    if hidden:
        server.announce(hidden)
