"""Between processes: what this one tells the others, and hears of them. How a layer behaves is in `link`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from channels.layers import channel_layers

from chatproject.errors import StoreUnavailable
from chatproject.seldom import Seldom
from messaging.delivery.correspondence import EVERY_PROCESS
from messaging.delivery.link import Link
from messaging.delivery.notices import Notice
from messaging.delivery.on_their_way import Said
from messaging.delivery.process_name import new_process_name

_encode = msgspec.msgpack.Encoder().encode
logger = logging.getLogger(__name__)

JOIN_WAIT_S = 1.0  # how long a subscription waits for a slow layer; the sweep covers what it misses then
ASK_AGAIN_AFTER_S = 1.0  # for the deployment's name, while the database is away: nothing is said meanwhile


class Relay:
    """The links of this process, one for each layer; a room always uses the same one.

    Without any layer this process is the only one, and nothing is published.
    """

    def __init__(
        self,
        aliases: Sequence[str],
        *,
        deployment_name: Callable[[], Awaitable[str]],
        receive: Callable[[Notice], None],
        healed: Callable[[], None],
        role: str = "",
    ) -> None:
        self._links = [
            Link(channel_layers[alias], new_process_name(role), receive=receive, healed=healed)
            for alias in aliases
        ]
        self._alone = new_process_name(role)
        self._deployment_name = deployment_name
        self._naming: asyncio.Task[None] | None = None
        self._seldom = Seldom()  # it is asked for every second

    def start(self) -> None:
        for link in self._links:
            link.start()
        if self._links:
            self._naming = asyncio.create_task(self._name_links(), name="relay-naming")

    async def _name_links(self) -> None:
        while (deployment := await self._ask_name()) is None:  # noqa: ASYNC110 - nothing tells that it is back
            await asyncio.sleep(ASK_AGAIN_AFTER_S)
        for link in self._links:
            link.name(deployment)

    async def _ask_name(self) -> str | None:
        try:
            return await self._deployment_name()
        except StoreUnavailable:
            return None
        except Exception as error:  # a database that was not migrated yet, say: without a name nobody is heard
            if self._seldom.may_say(type(error).__name__):
                logger.exception("the name of this deployment cannot be read")
            return None

    async def stop(self) -> None:
        if self._naming is not None:
            self._naming.cancel()
        await asyncio.gather(*(link.stop() for link in self._links))

    @property
    def is_up(self) -> bool:
        return all(link.is_up for link in self._links)

    def publish(self, notice: Notice, *, said: Said | None = None) -> tuple[str, ...]:
        """Tell the other processes, and return which. Never waits; what cannot be told is dropped.

        `said`: see Link.send.
        """
        if not self._links:
            return ()
        address = EVERY_PROCESS if notice.is_for_every_process else notice.room_id
        return self._link(notice.room_id).send(address, _encode(notice), said=said)

    def own_name(self, room_id: int) -> str:
        """What others call this process where they hear of that room."""
        return self._link(room_id).process if self._links else self._alone

    def company(self, room_id: int) -> dict[str, float]:
        """How many seconds ago each other process was heard that may be told of that room."""
        return self._link(room_id).company() if self._links else {}

    async def join(self, *room_ids: int) -> None:
        """Hear what other processes tell about these rooms. Returns once they are heard, or after JOIN_WAIT_S."""
        if not self._links:
            return
        for room_id in room_ids:
            self._link(room_id).enter(room_id)
        for link in {self._link(room_id) for room_id in room_ids}:
            await self._wait_for(link)

    async def _wait_for(self, link: Link) -> None:
        if link.joined.is_set() or not link.is_up:
            return
        try:
            async with asyncio.timeout(JOIN_WAIT_S):
                await link.joined.wait()
        except TimeoutError:
            logger.warning("joining the layer between processes takes long")

    def leave(self, room_id: int) -> None:
        if self._links:
            self._link(room_id).leave(room_id)

    def _link(self, room_id: int) -> Link:
        return self._links[room_id % len(self._links)]
