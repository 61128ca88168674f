"""The limits that all processes keep together, and each by itself while they cannot."""

import asyncio
from collections.abc import Sequence
from zlib import crc32

from chatproject.limits.buckets import KeyedBuckets
from chatproject.limits.counting import SharedCounter
from chatproject.limits.leases import Lease, Pace
from chatproject.limits.shards import Shard

KEY = "chat:{deployment}:limits:{name}:{number}"


class SharedLimits:
    """The limits of a process, and the servers of Redis that keep them: none, one, or several with a part each.

    Other deployments may use the same servers: until it is given the deployment's name, the process asks none.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = urls
        self._shards = [Shard(url) for url in urls]
        self.deployment = ""

    def name(self, deployment: str) -> None:
        """Say which deployment the process belongs to. From now on Redis is asked."""
        self.deployment = deployment

    @property
    def is_up(self) -> bool:
        """Whether no Redis that should keep limits is away."""
        return not any(shard.is_away for shard in self._shards)

    def buckets(self, name: str, *, rate: float, burst: float, is_exact: bool = False) -> "SharedBuckets":
        """Buckets that hold over all processes. See Pace and, for how well they hold, `leases`."""
        return SharedBuckets(self, name, Pace(rate=rate, burst=burst, is_exact=is_exact))

    def counter(self, name: str) -> SharedCounter:
        """Counts over all processes, each by its name: what one counts another one does not."""

        def shard_of(key: str) -> Shard | None:
            return self.shard_of(key) if self.are_shared else None

        return SharedCounter(
            lambda number: KEY.format(deployment=self.deployment, name=name, number=number), shard_of
        )

    @property
    def are_shared(self) -> bool:
        return bool(self._shards and self.deployment)

    def shard_of(self, key: str) -> Shard:
        """Where the key is kept. Only where limits are shared."""
        return self._shards[crc32(key.encode()) % len(self._shards)]

    async def stop(self) -> None:
        await asyncio.gather(*(shard.stop() for shard in self._shards))


class SharedBuckets:
    """A bucket for each member, forgotten when it is full again. A rate of 0 is no limit."""

    SWEEP_AT = 10_000  # buckets; about 5 MB

    def __init__(self, limits: SharedLimits, name: str, pace: Pace) -> None:
        self._limits, self._name, self._pace = limits, name, pace
        self._alone = KeyedBuckets(rate=pace.rate, burst=pace.burst)
        self._leases: dict[int, tuple[Lease, Shard]] = {}
        self._sweep_at = self.SWEEP_AT

    async def take(self, member_id: int) -> float:
        """Take one token of the member. Returns 0.0, or in how many seconds there may be one.

        Waits, ANSWER_WITHIN_S at most, only where `leases` says so: usually not at all, and then whoever awaits it
        goes on without a turn of the loop.
        """
        wait_s = self.take_at_once(member_id, asyncio.get_running_loop().time())
        return await _ask(*self._leases[member_id]) if wait_s is None else wait_s

    def take_at_once(self, member_id: int, now: float) -> float | None:
        """The same without waiting; None, and nothing is taken, where Redis has to be asked. `now`: the loop's."""
        if not self._pace.rate:
            return 0.0
        if not self._limits.are_shared:
            return self._alone.take(member_id, now)
        lease, shard = self._leases.get(member_id) or self._begin_lease(member_id, now)
        if shard.is_away:
            return _take_alone(lease, shard, now)
        wait_s = lease.take(now)
        if wait_s == 0.0 and lease.wants_more:
            shard.ask(lease, urgent=False)
        return wait_s

    def _begin_lease(self, member_id: int, now: float) -> tuple[Lease, Shard]:
        if len(self._leases) >= self._sweep_at:
            self._leases = {key: kept for key, kept in self._leases.items() if not kept[0].is_idle(now)}
            self._sweep_at = max(self.SWEEP_AT, 2 * len(self._leases))
        key = KEY.format(deployment=self._limits.deployment, name=self._name, number=member_id)
        begun = self._leases[member_id] = Lease(key, self._pace, now=now), self._limits.shard_of(key)
        return begun


def _take_alone(lease: Lease, shard: Shard, now: float) -> float:
    wait_s = lease.take_alone(now)
    shard.ask(lease, urgent=False)  # is it back?
    return wait_s


async def _ask(lease: Lease, shard: Shard) -> float:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[float | None] = loop.create_future()
    lease.waiting.append(future)
    shard.ask(lease, urgent=True)
    wait_s = await future
    return _take_alone(lease, shard, loop.time()) if wait_s is None else wait_s
