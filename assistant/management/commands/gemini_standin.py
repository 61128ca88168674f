"""`manage.py gemini_standin`: run the stand-in for Gemini and others, for trying things out without a key."""

from typing import Any

import uvicorn
from django.core.management.base import BaseCommand, CommandParser

from assistant.standin.server import StandIn

THINK_S, PACE_S = 0.6, 0.15  # so that people see the assistant think, and write word by word


class Command(BaseCommand):
    help = "Run a stand-in that speaks Gemini's wire format. It is no model: its answers are practice texts."
    requires_system_checks: list[str] = []  # needs neither the database nor the applications

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8082)
        parser.add_argument("--instantly", action="store_true", help="answer without the pauses of a model")

    def handle(self, *args: Any, host: str, port: int, instantly: bool, **options: Any) -> None:
        address = f"http://{host}:{port}"
        self.stdout.write(f"Stand-in for Gemini (no model) on {address}: set GEMINI_BASE_URL={address}")
        self.stdout.write(f"or ASSISTANT_PROVIDER=openai OPENAI_MODEL=practice OPENAI_BASE_URL={address}/v1")
        standin = StandIn() if instantly else StandIn(think_s=THINK_S, pace_s=PACE_S)
        uvicorn.run(standin, host=host, port=port, lifespan="off", ws="none", access_log=False, log_config=None)
