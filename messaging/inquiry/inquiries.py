"""Asks every process about a message and a member, and waits for who answers. Who does not is named."""

import asyncio
import secrets
from collections.abc import Callable
from typing import NamedTuple

from messaging.delivery.company import COMPANY_S
from messaging.delivery.notices import Notice
from messaging.delivery.process_name import is_visitor
from messaging.delivery.relay import Relay
from messaging.inquiry.questions import Answer, Question, read_word, write_word

ANSWER_WAIT_S = 2.0  # a process that is well answers in some milliseconds, a busy one within a second
ASKED_AT_ONCE = 20  # by staff who press again and again


class Heard(NamedTuple):
    """`silent`: who was there within the last minute and did not answer, with how many seconds ago it was heard.

    They are frozen, cut off from Redis, of an older version, or ended a moment ago.
    """

    answers: tuple[Answer, ...]
    silent: dict[str, float]
    is_layer_up: bool


class Inquiries:
    """`answer` is what this process says itself; None where it serves nobody."""

    def __init__(self, *, relay: Relay, answer: Callable[[Question], Answer] | None) -> None:
        self._relay, self._answer = relay, answer
        self._asked: dict[str, _Asked] = {}

    async def ask(
        self, *, room_id: int, seq: int, version: int, member_id: int, wait_s: float = ANSWER_WAIT_S
    ) -> Heard:
        """What all processes answer within that time, this one too."""
        question = Question(
            question_id=secrets.token_hex(8), room_id=room_id, seq=seq, version=version, member_id=member_id
        )
        asked = self._asked[question.question_id] = _Asked(self._relay.own_name(room_id))
        while len(self._asked) > ASKED_AT_ONCE:
            del self._asked[next(iter(self._asked))]
        try:
            if self._answer is not None:
                asked.take(self._answer(question))
            asked.expect(self._relay.company(room_id))
            self._relay.publish(Notice(room_id=room_id, kind="why", text=write_word(question)))
            await asked.wait(wait_s)
        finally:
            self._asked.pop(question.question_id, None)
        return Heard(tuple(asked.answers.values()), asked.silent(), self._relay.is_up)

    def hear(self, notice: Notice) -> None:
        """Another process asks or answers."""
        word = read_word(notice.text)
        if isinstance(word, Answer):
            if (asked := self._asked.get(word.question_id)) is not None:
                asked.take(word)
        elif self._answer is not None:
            answer = self._answer(word)
            self._relay.publish(Notice(room_id=word.room_id, kind="why", text=write_word(answer)))


class _Asked:
    """A question that waits for its answers."""

    def __init__(self, own_name: str) -> None:
        self._own_name = own_name
        self.answers: dict[str, Answer] = {}
        self._heard_s: dict[str, float] = {}  # how many seconds ago, by the one who heard it last
        self._news = asyncio.Event()

    def expect(self, company: dict[str, float]) -> None:
        for process, ago_s in company.items():
            if process != self._own_name and not is_visitor(process):
                self._heard_s[process] = min(ago_s, self._heard_s.get(process, ago_s))

    def take(self, answer: Answer) -> None:
        self.answers[answer.process] = answer
        self.expect(answer.company)
        self._news.set()

    def silent(self) -> dict[str, float]:
        return {process: ago_s for process, ago_s in self._heard_s.items() if process not in self.answers}

    async def wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while any(ago_s <= COMPANY_S for ago_s in self.silent().values()):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return
