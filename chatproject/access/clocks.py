"""A machine whose clock is wrong is said to the operator: tickets live by it, and more. No I/O."""

import logging

from chatproject.access.tickets import TICKET_LIFE_S

logger = logging.getLogger(__name__)

# of TICKET_LIFE_S a client needs some seconds, and two machines may be wrong in opposite ways
NOTED_FROM_S = 5.0


class Clocks:
    """Told how far the machine's clock is from the database's, again and again; says once that it is, or was."""

    def __init__(self) -> None:
        self._is_wrong = False

    def compare(self, *, ahead_s: float) -> None:
        is_wrong = abs(ahead_s) >= NOTED_FROM_S
        if is_wrong and not self._is_wrong:
            logger.warning(
                "this machine's clock is %.1f s %s the database's: with %.0f s and more no tickets are taken",
                abs(ahead_s),
                "ahead of" if ahead_s > 0 else "behind",
                TICKET_LIFE_S,
            )
        elif self._is_wrong and not is_wrong:
            logger.info("this machine's clock agrees with the database's again")
        self._is_wrong = is_wrong
