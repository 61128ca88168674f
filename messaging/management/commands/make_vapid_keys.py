"""Makes the keys by which push services know this deployment."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand

from chatproject.push_settings import make_private_key, public_key_of

DESCRIPTION = """\
Print a new private key for VAPID_PRIVATE_KEY: the only thing written to standard output. It is kept nowhere.

  manage.py make_vapid_keys

All processes have the same one. With another one every browser has to subscribe anew, which our page does by
itself when a member opens it. The public key is made of it: clients find it in `welcome`.
"""


class Command(BaseCommand):
    help = DESCRIPTION
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        private_key = make_private_key()
        self.stderr.write(f"its public key: {public_key_of(private_key)}")
        self.stdout.write(private_key)
