"""What no log may ever hold: keys, tokens, what people wrote (collected while tests run), and faults of ours."""

import json
from typing import Any

from tests.factories import token_for
from tests.services import TEST_JWT_SECRET

DJANGO_SECRET = "a-django-secret-that-only-tests-know-0123456789"
MODEL_KEY = "a-model-key-that-nobody-may-ever-see"
TEXT_MIN_CHARACTERS = 6  # a shorter one may be in a log by chance

_secrets = {DJANGO_SECRET, MODEL_KEY, TEST_JWT_SECRET}


def make_token(member_id: int, **claims: Any) -> str:
    """A token as the main server signs it, which no log may show."""
    token = token_for(member_id, **claims)
    _secrets.add(token.rpartition(".")[2])  # the signature: what makes it usable
    return token


def keep_secret(text: object) -> None:
    """Remember what somebody wrote."""
    if isinstance(text, str) and len(text) >= TEXT_MIN_CHARACTERS:
        _secrets.add(text)


def assert_keeps_secrets(log: str) -> None:
    found = [secret for secret in _secrets if secret in log]
    assert not found, f"a log holds {found}"
    assert "eyJ" not in log, "a log holds something like a token"
    assert "cht_" not in log, "a log holds something like a ticket"


def faults_in(log: str) -> list[str]:
    """The lines that tell of something nobody foresaw."""
    return [line for line in log.splitlines() if '"level": "error"' in line and not _is_expected(json.loads(line))]


def _is_expected(entry: dict[str, Any]) -> bool:
    match entry["logger"]:
        case "django.request":  # every answer from 500 on, E-A002 and E-S002 too; a fault has a traceback with it
            return "exception" not in entry
        case "messaging.sockets.transport.protocol":  # uvicorn's words; the client's fault
            return bool(entry["event"] == "Invalid UTF-8 sequence received from client.")
        case "messaging.delivery.epochs":  # a test has put a backup back; any other one's sockets would be closed
            return "went backwards" in entry["event"]
        case "channels_redis.pubsub":  # a lost connection, with its traceback
            return True
        case _:
            return False
