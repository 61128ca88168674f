"""Says why a member did, or did not, get a message."""

import asyncio
import json
import re
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation

from messaging.inquiry.asking import ask_from_outside
from messaging.inquiry.facts import read_facts
from messaging.inquiry.inquiries import ANSWER_WAIT_S
from messaging.inquiry.looks import record_look
from messaging.inquiry.report import Report, report_of
from messaging.inquiry.verdict import EXIT_CODES
from rooms.management.migrated import require_migrated_database
from rooms.moderation.audit import Actor

DESCRIPTION = """\
Say why a member did, or did not, get a message.

  manage.py why --member 7 --message 42:1234

--message is the room's number and the message's in it. First comes a sentence, then the evidence: what the
database says of the message and the member, and what each process remembers of it and of the member's sockets.
Processes are asked through Redis; those that do not answer within --wait seconds are named. No text of anybody's
is shown. A look at a private room is in the audit log.

Exit code 0: it was delivered; 1: it was not, and why is said; 2: nobody can say.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--member", type=int, required=True, metavar="ID", dest="member_id")
        parser.add_argument("--message", type=_address, required=True, metavar="ROOM:SEQ", dest="address")
        parser.add_argument(
            "--wait",
            type=float,
            default=ANSWER_WAIT_S,
            metavar="S",
            dest="wait_s",
            help="for answers",
        )
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default=settings.LANGUAGE_CODE
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")

    def handle(
        self,
        *args: Any,
        member_id: int,
        address: tuple[int, int],
        wait_s: float,
        language: str,
        as_json: bool,
        **options: Any,
    ) -> None:
        require_migrated_database()
        room_id, seq = address
        facts = read_facts(room_id=room_id, seq=seq, member_id=member_id)
        record_look(facts, by=Actor.staff(None), at=timezone.now())
        heard = None
        if settings.REDIS_URLS and facts.message is not None:
            heard = asyncio.run(ask_from_outside(facts, wait_s=wait_s))
        with translation.override(language):
            report = report_of(facts, heard)
            self.stdout.write(_as_json(report) if as_json else _in_words(report))
        if code := EXIT_CODES[report.verdict.outcome]:
            raise SystemExit(code)


def _address(written: str) -> tuple[int, int]:
    if not re.fullmatch("[0-9]{1,18}:[0-9]{1,18}", written):
        raise ArgumentTypeError("a message is ROOM:SEQ, such as 42:1234")
    room_id, _, seq = written.partition(":")
    return int(room_id), int(seq)


def _as_json(report: Report) -> str:
    return json.dumps(report.as_json(), ensure_ascii=False, indent=2)


def _in_words(report: Report) -> str:
    return "\n".join([report.verdict.says, "", *(f"  {line.about}: {line.says}" for line in report.lines)])
