"""Signs a member out everywhere, or revokes one token, from the shell, as staff."""

from argparse import RawDescriptionHelpFormatter
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatproject.errors import ChatError, InvalidInput
from chatproject.tokens import MEMBER_ID_MAX
from messaging.signing_out import sign_out, sign_out_token
from messaging.wire.times import moment_of
from rooms.management.migrated import require_migrated_database
from rooms.moderation.audit import Actor

DESCRIPTION = """\
Revoke access tokens, in the name of staff.

  manage.py revoke --member 3 --reason "잃어버린 전화기"
  manage.py revoke --member 3 --issued-before 2026-11-29T09:00:00+09:00
  manage.py revoke --jti 0d9f… --expires-at 2026-11-30T09:00:00Z

--member   Every token of the member that was issued before now, or before that moment by the main server's
           clock, is refused, also those without `iat`. Tokens that are issued later are good: to keep somebody
           out, the main server has to stop issuing them.
--jti      That one token is refused until it has expired, which has to be said.

Sockets of what is revoked end with 4401 within three seconds on every server that runs. Nothing takes a
revocation back. What was done is in the audit log.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--member", type=int, metavar="ID", dest="member_id")
        what.add_argument("--jti", metavar="NAME")
        parser.add_argument("--issued-before", metavar="TIME", help="with --member; default: now")
        parser.add_argument("--expires-at", metavar="TIME", help="with --jti: the token's own end")
        parser.add_argument("--reason", default="", help="for the log")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        try:
            self.stdout.write(_revoke(options, now=timezone.now()))
        except ChatError as error:
            raise CommandError(str(error)) from error


def _revoke(options: dict[str, Any], *, now: datetime) -> str:
    """Returns what was done, in words."""
    done = {"by": Actor.staff(None), "now": now, "reason": options["reason"]}
    if (jti := options["jti"]) is not None:
        if not jti:
            raise CommandError("--jti is empty: no token is called so.")
        if not options["expires_at"] or options["issued_before"]:
            raise CommandError("--jti goes with --expires-at, when the token expires by itself, and nothing else.")
        sign_out_token(jti=jti, expires_at=_moment("--expires-at", options["expires_at"]), **done)
        return "one token is revoked"
    if options["expires_at"]:
        raise CommandError("--expires-at goes with --jti.")
    if not 1 <= options["member_id"] <= MEMBER_ID_MAX:
        raise CommandError(f"Members have numbers from 1 to {MEMBER_ID_MAX}.")
    before = _moment("--issued-before", options["issued_before"]) if options["issued_before"] else now
    sign_out(member_id=options["member_id"], issued_before=before, **done)
    return f"member {options['member_id']}: all tokens issued before {before.astimezone(UTC):%FT%TZ} are revoked"


def _moment(name: str, text: str) -> datetime:
    """Raises CommandError for anything but a time with its zone."""
    try:
        return moment_of(text)
    except InvalidInput as error:
        raise CommandError(f"Give {name} a time with its zone, such as 2026-11-29T09:00:00Z.") from error
