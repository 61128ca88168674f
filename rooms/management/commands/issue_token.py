"""Signs an access token as the main server would. For development: whoever may run it can be anyone."""

import re
import time
import uuid
from typing import Any, get_args

import jwt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from chatproject.errors import ChatError, MemberNotFound
from chatproject.signing.shared_secrets import usual_algorithm
from chatproject.tokens import Role, TokenVerifier
from rooms.models import Member
from rooms.selectors import require_member

HOURS_MAX = 876_000  # a century


class Command(BaseCommand):
    help = "Print an access token for a member; the only thing written to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("member_id")
        parser.add_argument("--nickname", help="at most 20 characters; makes the member on first use")
        parser.add_argument("--role", choices=get_args(Role), help="default: the one the member has, else USER")
        parser.add_argument("--hours", type=float, default=24.0, help="until it expires (default: %(default)s)")
        parser.add_argument("--force", action="store_true", help="also outside DEBUG")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.JWT_SECRET:
            raise CommandError("JWT_JWKS_URL is set: only the holder of those private keys can sign a token.")
        if not settings.DEBUG and not options["force"]:
            raise CommandError("This signs tokens for anyone; outside DEBUG it needs --force.")
        if not re.fullmatch("[0-9]{1,19}", options["member_id"]):
            raise CommandError("Give the member's number in the digits 0 to 9.")
        if not 0 < options["hours"] <= HOURS_MAX:  # also false for "nan"
            raise CommandError(f"Give --hours a number above 0, at most {HOURS_MAX}.")
        member_id = int(options["member_id"])
        role = options["role"] or _stored_role(member_id)
        self.stdout.write(sign_token(member_id, role=role, nickname=options["nickname"], hours=options["hours"]))


def _stored_role(member_id: int) -> str:
    """What the member is already: the server takes over the role of every token it sees."""
    try:
        return require_member(member_id=member_id).role
    except MemberNotFound:
        return Member.Role.USER
    except DatabaseError as error:
        raise CommandError("The member's role cannot be read: give --role, or run manage.py migrate.") from error


def sign_token(member_id: int, *, role: str, hours: float, nickname: str | None = None) -> str:
    """An access token as the main server issues it. Raises CommandError for what the server would refuse."""
    now_s = int(time.time())
    claims: dict[str, object] = {
        "category": "access",
        "userId": member_id,
        "role": role,
        "iat": now_s,
        "exp": now_s + int(hours * 3600),
        "jti": uuid.uuid4().hex,  # so that it can be revoked by itself
    }
    if settings.JWT_AUDIENCE:
        claims["aud"] = settings.JWT_AUDIENCE[0]
    if settings.JWT_ISSUER:
        claims["iss"] = settings.JWT_ISSUER[0]
    if nickname is not None:
        claims["nickname"] = nickname
    algorithm = settings.JWT_ALGORITHM or usual_algorithm(settings.JWT_SECRET)
    token = jwt.encode(claims, settings.JWT_SECRET, algorithm=algorithm)
    _check(token, nickname)
    return token


def _check(token: str, nickname: str | None) -> None:
    """Never hand out what the server would refuse or ignore."""
    try:
        caller = _verifier().verify(token)
    except ChatError as error:
        raise CommandError(f"The server would refuse that token. {error}") from error
    if caller.nickname != nickname:
        raise CommandError("A nickname has at most 20 printable characters and no white space around it.")


def _verifier() -> TokenVerifier:
    return TokenVerifier(
        secret=settings.JWT_SECRET,
        algorithm=settings.JWT_ALGORITHM,
        audiences=settings.JWT_AUDIENCE,
        issuers=settings.JWT_ISSUER,
    )
