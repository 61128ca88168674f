"""What is kept out of the log: what strangers could fill it with."""

import logging
import time
from collections import Counter

SECURITY = "django.security."  # wrong Hosts, forged forms and sessions: Django's lines, most with a traceback
QUIET_S = 60.0
MESSAGE_MAX_CHARACTERS = 200  # it quotes what was sent


class QuietRefusals(logging.Filter):
    """Of each kind of request that Django refuses as suspicious one line a minute, with how often it came.

    That there was a request, each one's own line says (`chatproject.http.request_log`).
    """

    def __init__(self) -> None:
        super().__init__()
        self._times: Counter[str] = Counter()
        self._quiet_until: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(SECURITY):
            return True
        kind, now = record.name.removeprefix(SECURITY), time.monotonic()
        self._times[kind] += 1
        if now < self._quiet_until.get(kind, now):
            return False
        self._quiet_until[kind] = now + QUIET_S
        record.msg, record.args = record.getMessage()[:MESSAGE_MAX_CHARACTERS], ()
        record.exc_info = record.exc_text = record.stack_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.times = self._times.pop(kind)
        return True
