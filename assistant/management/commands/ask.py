"""`manage.py ask`: the assistant's answer to a question that a member might ask in a room, at the shell.

A rehearsal: the question and the answer are stored nowhere, and nobody in the room is told. It reads what that
member's question would have read, is bound to the room's mode and the switches, and counts on the budgets.
"""

import asyncio
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assistant.private.calls import call_privately, read_on_any_thread
from assistant.prompting.context import Context, read_rehearsal_context
from assistant.prompting.wording import CUT_SHORT, Wording
from assistant.providers.model_choice import chosen_language_model
from assistant.providers.provider import Answer
from chatproject.errors import ChatError
from rooms.management.migrated import require_migrated_database

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # a model must not command the operator's terminal


class Command(BaseCommand):
    help = (
        "Print the assistant's answer to a question as it comes, as if a member asked it in a room. A rehearsal:"
        " nothing is stored but the use, and nobody is told."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--room", type=int, required=True, metavar="ID", dest="room_id", help="room number")
        parser.add_argument(
            "--as-member", type=int, required=True, metavar="ID", dest="member_id", help="number of a member in it"
        )

    def handle(self, *args: Any, question: str, room_id: int, member_id: int, **options: Any) -> None:
        require_migrated_database()
        try:
            asyncio.run(self._ask(question, room_id=room_id, member_id=member_id))
        except ChatError as error:
            raise CommandError(str(error)) from None

    async def _ask(self, question: str, *, room_id: int, member_id: int) -> None:
        context = await read_on_any_thread(
            read_rehearsal_context, room_id=room_id, asker_id=member_id, question=question
        )
        wording, model = Wording(context.prompt.speaker), chosen_language_model()
        try:
            answer = await call_privately(
                context.prompt,
                member_id=member_id,
                room_id=room_id,
                read=read_on_any_thread,
                model=model,
                show=lambda piece: self._print(wording.add(piece)),
            )
        finally:
            await model.close()
        self._print(wording.finish())
        self._print(f"{CUT_SHORT if answer.truncated or wording.is_cut else ''}\n")
        self._print(f"{_receipt(context, answer)}\n")

    def _print(self, text: str) -> None:
        self.stdout.write(_CONTROLS.sub("", text), ending="")
        self.stdout.flush()


def _receipt(context: Context, answer: Answer) -> str:
    ranges = [f"{first}-{last}" if first != last else f"{first}" for first, last in context.read_seqs]
    used = f"{answer.model_served}, {answer.total_tokens} tokens"
    read = f"read messages: {', '.join(ranges) or 'none'}; withheld: {context.withheld}"
    return f"-- {used}; {read}. A rehearsal: nothing was stored and nobody was told."
