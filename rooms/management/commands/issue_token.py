"""Signs an access token as the main server would. For development: whoever may run it can be anyone."""

import time
from typing import Any, get_args

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rest_framework_simplejwt.backends import TokenBackend

from chatproject.errors import ChatError
from chatproject.tokens import Role, TokenVerifier


class Command(BaseCommand):
    help = "Print an access token for a member; the only thing written to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("member_id", type=int)
        parser.add_argument("--nickname", help="2 to 20 characters; makes the member on first use")
        parser.add_argument("--role", choices=get_args(Role), default="USER")
        parser.add_argument("--hours", type=float, default=24.0, help="until it expires (default: %(default)s)")
        parser.add_argument("--force", action="store_true", help="also outside DEBUG")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.JWT_SECRET:
            raise CommandError("JWT_JWKS_URL is set: only the holder of those private keys can sign a token.")
        if not settings.DEBUG and not options["force"]:
            raise CommandError("This signs tokens for anyone; outside DEBUG it needs --force.")
        self.stdout.write(_signed(options))


def _signed(options: dict[str, Any]) -> str:
    now_s = int(time.time())
    claims = {
        "category": "access",
        "userId": options["member_id"],
        "role": options["role"],
        "iat": now_s,
        "exp": now_s + int(options["hours"] * 3600),
    }
    if options["nickname"] is not None:
        claims["nickname"] = options["nickname"]
    token = str(TokenBackend("HS256", signing_key=settings.JWT_SECRET).encode(claims))
    _check(token, options["nickname"])
    return token


def _check(token: str, nickname: str | None) -> None:
    """Never hand out what the server would refuse or ignore."""
    try:
        caller = TokenVerifier(secret=settings.JWT_SECRET).verify(token)
    except ChatError as error:
        raise CommandError(f"The server would refuse that token. {error}") from error
    if caller.nickname != nickname:
        raise CommandError("A nickname has 2 to 20 printable characters and no white space around it.")
