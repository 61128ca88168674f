"""Log lines that outsiders could ask for a thousand times a second: each reason once in a while. No I/O."""

import time

EVERY_S = 600.0
REASONS_MAX = 100  # our own sentences are far fewer


class Seldom:
    """Asked before a line is logged: `if seldom.may_say(reason)`."""

    def __init__(self) -> None:
        self._said_at: dict[str, float] = {}

    def may_say(self, reason: str) -> bool:
        """Whether this reason was not let through in the last EVERY_S."""
        now = time.monotonic()
        if now - self._said_at.get(reason, -EVERY_S) < EVERY_S:
            return False
        if len(self._said_at) >= REASONS_MAX:
            self._said_at.clear()
        self._said_at[reason] = now
        return True
