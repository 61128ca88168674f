"""One Redis that keeps something small for all processes, limits say. Nobody waits for one that is away.

What is asked while a question is under way is the next one, by one call of the script; what nobody waits for
lingers a little, so that more comes together. A Redis that does not answer within ANSWER_WITHIN_S (frozen, slow)
or refuses (full, read-only, without the rights) is away: nobody waits for it any more, and somebody who does not
wait asks it every RETRY_S. With its first answer it is back.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from chatproject.limits.script import SCRIPT, answers_of, text_of
from chatproject.redis_servers import IS_CLUSTER, make_client

logger = logging.getLogger(__name__)

ANSWER_WITHIN_S = 0.05  # usual are 0.3 ms; who says something waits no longer
MOMENT_S = 0.01
GIVE_UP_S = 2.0  # then the connection is given up
RETRY_S = 1.0
LINGER_S = 0.1  # for what nobody waits for: a call costs 0.7 ms here, however much is in it
KEYS_AT_ONCE = 1_024  # some milliseconds of Redis' time
STOP_WAIT_S = 0.5
RIGHTS_WANTED = (
    "its user needs the keys `~chat*` and the commands evalsha, script|load, time, get, set, rpush, ltrim, lrange "
    "and pexpire"
)
OF_A_CLUSTER = ("ClusterCrossSlotError", "MovedError", "ClusterDownError")
LACKS_RIGHTS = ("The user executing the script can't", "ACL failure in script")


class Errand(NamedTuple):
    """What a Redis does for us: the script that does it, and what the log says of it."""

    script: str
    is_away: str
    is_back: str
    rights_wanted: str


LIMITS = Errand(
    script=SCRIPT,
    is_away="each process keeps limits by itself while Redis is away",
    is_back="Redis is back, and keeps limits for all processes",
    rights_wanted=RIGHTS_WANTED,
)


class Question(Protocol):
    """What is asked about one key."""

    @property
    def key(self) -> str:
        """Its name in Redis."""

    def arguments(self, now: float) -> tuple[float, ...]:
        """For the script. Called when it is on its way: what comes up later is of the next question."""

    def hear(self, answer: list[int], now: float) -> None: ...

    def hear_nothing(self) -> None:
        """Redis does not answer in time, or at all. It may have done what was asked, and `hear` may come later."""


class Shard:
    """A connection to one Redis, made when it is first needed. Belongs to the loop that it is used on."""

    def __init__(self, url: str, errand: Errand = LIMITS) -> None:
        self._url, self._errand = url, errand
        self._client: Any = None
        self._script: Any = None
        self._questions: dict[Question, None] = {}
        self._is_urgent = False
        self._linger: asyncio.TimerHandle | None = None
        self._flight: asyncio.Task[None] | None = None
        self._late: asyncio.TimerHandle
        self._is_stopped = False
        self._retry_at = 0.0
        self.is_away = False
        self._hint = ""  # the last that was told

    def ask(self, question: Question, *, urgent: bool) -> None:
        """Have the question answered, once, at the next opportunity; where Redis is away, perhaps never."""
        loop = asyncio.get_running_loop()
        if self._is_stopped or (self.is_away and (self._flight is not None or loop.time() < self._retry_at)):
            question.hear_nothing()
            return
        self._questions[question] = None
        self._is_urgent = self._is_urgent or urgent
        if self._flight is None:
            self._go_on(loop)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._is_urgent:
            self._begin_flight()
        elif self._linger is None:
            self._linger = loop.call_later(LINGER_S, self._begin_flight)

    def _begin_flight(self) -> None:
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
        batch = list(self._questions)[:KEYS_AT_ONCE]
        for question in batch:
            del self._questions[question]
        self._is_urgent = self._is_urgent and bool(self._questions)
        self._flight = asyncio.create_task(self._fly(batch), name="redis-question")

    async def _fly(self, batch: Sequence[Question]) -> None:
        loop = asyncio.get_running_loop()
        self._late = loop.call_later(ANSWER_WITHIN_S, self._be_late, loop, batch)
        try:
            answers = await self._call(batch, loop.time())
            self._be_back()
            now = loop.time()
            for question, answer in zip(batch, answers, strict=True):
                question.hear(answer, now)
        except asyncio.CancelledError:  # the process ends
            for question in batch:
                question.hear_nothing()
            raise
        except Exception as error:  # whatever it is: nobody may be left waiting
            hint = f"; {self._errand.rights_wanted}" if _lacks_rights(error) else ""
            hint = f"; {IS_CLUSTER}" if type(error).__name__ in OF_A_CLUSTER else hint
            self._retry_at = loop.time() + RETRY_S
            self._be_away(f"{type(error).__name__}: {error}", batch, hint=hint)
        finally:
            self._late.cancel()
            self._flight = None
        if self._questions and not self._is_stopped:
            self._go_on(loop)

    async def _call(self, batch: Sequence[Question], now: float) -> list[list[int]]:
        if self._client is None:
            self._connect()
        keys = [question.key for question in batch]
        arguments = [argument for question in batch for argument in question.arguments(now)]
        return answers_of(await self._script(keys=keys, args=[text_of(arguments)]))

    def _connect(self) -> None:
        from redis.asyncio.retry import Retry  # here: only what REDIS_URL needs is installed with it
        from redis.backoff import NoBackoff
        from redis.exceptions import ConnectionError as NotConnected

        self._client = make_client(
            self._url,
            retry=Retry(NoBackoff(), 1, supported_errors=(NotConnected,)),  # closed because it was idle, say
            socket_timeout=GIVE_UP_S,
            socket_connect_timeout=GIVE_UP_S,
        )
        self._script = self._client.register_script(self._errand.script)

    def _be_late(self, loop: asyncio.AbstractEventLoop, batch: Sequence[Question]) -> None:
        """Where this loop was late itself, the answer lies in the socket and is read within a moment."""
        self._late = loop.call_later(MOMENT_S, self._be_away, "it does not answer", batch)

    def _be_away(self, reason: str, batch: Sequence[Question], *, hint: str = "") -> None:
        """A hint is told also of one that is away: before it refused, it may have been too busy to answer."""
        if not self.is_away or (hint and hint != self._hint):
            self.is_away, self._hint = True, hint
            logger.warning("%s: %s%s", self._errand.is_away, reason, hint)
        waiting, self._questions = [*batch, *self._questions], {}
        for question in waiting:
            question.hear_nothing()

    def _be_back(self) -> None:
        if self.is_away:
            self.is_away = False
            logger.warning(self._errand.is_back)

    async def stop(self) -> None:
        """Nobody waits any more; what is on its way, and what waits for it, is told if Redis takes it at once."""
        self._is_stopped = True
        if self._linger is not None:
            self._begin_flight()
        if self._flight is not None and await self._lands() and self._questions:
            self._begin_flight()
            await self._lands()
        for question in self._questions:
            question.hear_nothing()
        if self._client is not None:
            with suppress(Exception):
                await self._client.aclose()
            self._client = None

    async def _lands(self) -> bool:
        """Whether what is on its way has come to its end; if it takes long, it is given up."""
        flight = self._flight
        assert flight is not None
        done, late = await asyncio.wait([flight], timeout=STOP_WAIT_S)
        for task in late:
            task.cancel()
            await asyncio.wait([task], timeout=STOP_WAIT_S)
        return bool(done)


def _lacks_rights(error: Exception) -> bool:
    """Redis words it in one way for the script itself, and for a command in it in another, by its version."""
    return type(error).__name__ == "NoPermissionError" or any(words in str(error) for words in LACKS_RIGHTS)
