"""What this process understands of what others tell it. An upgrade has another version beside it for a while.

A notice of a kind that only the other version knows is passed over: its own processes heed it, and what it told of
a room is found by the sweep. Said seldom: the other version may tell a thousand of them.
"""

import logging
from collections.abc import Callable

import msgspec

from chatproject.seldom import Seldom
from messaging.delivery.notices import Notice

_notices = msgspec.msgpack.Decoder(Notice)
logger = logging.getLogger(__name__)


class Understanding:
    def __init__(self, receive: Callable[[Notice], None]) -> None:
        self._receive, self._seldom = receive, Seldom()

    def hear(self, raw: bytes) -> None:
        """Hand the notice on, as far as it is understood."""
        try:
            notice = _notices.decode(raw)
        except msgspec.MsgspecError as error:
            if self._seldom.may_say(str(error)):
                logger.warning("a notice of another process was not understood: %s", error)
            return
        try:
            self._receive(notice)
        except Exception as error:
            self.pass_over(notice.kind, error)

    def pass_over(self, what: str, error: Exception) -> None:
        """Whatever was wrong with it ends there."""
        if self._seldom.may_say(f"{what} {type(error).__name__}"):
            logger.error("what another process said (%s) was not understood", what, exc_info=error)
