"""Redis or Valkey: whether it does what processes need of it. What it writes there it takes away again."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from chatproject.doctor.findings import Finding, broken, note, ok, warning, words_of
from chatproject.doctor.places import is_here
from chatproject.redis_servers import NO_CLUSTER, SENTINEL_SCHEMES, make_client

ANSWER_WITHIN_S = 2.0
PINGS = 20
SLOW_S, VERY_SLOW_S = 0.010, 0.100  # limits are asked for in front of what members do
OLDEST = (6, 2)
FULL_SHARE = 0.9
CHANNEL, KEY = "chat__group__chat.doctor.{number}", "chat:doctor:{number}"
# each command that limits and presence use, once; what may not be run is returned
TRY = """
local key, refused = KEYS[1], {}
for _, call in ipairs({
    {'TIME'}, {'SET', key, '1', 'PX', '5000'}, {'GET', key}, {'PEXPIRE', key, '5000'}, {'DEL', key},
    {'RPUSH', key, '1'}, {'LTRIM', key, '0', '1'}, {'LRANGE', key, '0', '1'}, {'DEL', key},
    {'ZADD', key, '1', 'a'}, {'ZCARD', key}, {'ZMSCORE', key, 'a'}, {'ZRANGE', key, '0', '1'},
    {'ZREVRANGE', key, '0', '1'}, {'ZRANGEBYSCORE', key, '0', '1'}, {'ZREMRANGEBYSCORE', key, '5', '6'},
    {'ZREMRANGEBYRANK', key, '5', '6'}, {'ZREM', key, 'a'}, {'DEL', key},
}) do
    local answer = redis.pcall(unpack(call))
    if type(answer) == 'table' and answer.err then table.insert(refused, call[1] .. ': ' .. answer.err) end
end
return refused
"""
ACL = "ACL SETUSER its user as README says under Redis"


def place_of(url: str) -> str:
    """Where it is, without its account."""
    scheme, _, rest = url.partition("://")
    if scheme == "unix":
        return urlsplit(url).path
    return rest.rpartition("@")[2].partition("?")[0]


async def ask_time(url: str) -> tuple[int, int]:
    """Its clock: seconds since 1970, and microseconds."""
    async with make_client(url, socket_timeout=ANSWER_WITHIN_S, socket_connect_timeout=ANSWER_WITHIN_S) as client:
        seconds, microseconds = await client.time()
        return int(seconds), int(microseconds)


def look_at_redis(url: str) -> Iterator[Finding]:
    yield from asyncio.run(_all(url))


async def _all(url: str) -> list[Finding]:
    return [finding async for finding in _look(url)]


async def _look(url: str) -> AsyncIterator[Finding]:
    where = place_of(url)
    async with make_client(
        url, socket_timeout=ANSWER_WITHIN_S, socket_connect_timeout=ANSWER_WITHIN_S, decode_responses=True
    ) as client:
        try:
            await client.get(KEY.format(number="nothing"))
        except Exception as error:
            yield _unreachable(where, error)
            return
        for look in (_server, _commands, _channel, _latency, _buffers):
            try:
                async for finding in look(client, where):
                    yield finding
            except Exception as error:
                yield broken(f"{where}: a part could not be looked at: {words_of(error)}")
    is_elsewhere = url.startswith(SENTINEL_SCHEMES) or not is_here(urlsplit(url).hostname)
    if "@" in url and is_elsewhere and not url.startswith("rediss"):
        yield warning(
            f"{where}: its password and what is said go there in the clear",
            "use rediss:// where Redis has TLS, unless the network is yours alone",
        )


def _unreachable(where: str, error: Exception) -> Finding:
    said = words_of(error)
    if "moved" in said.lower() or "cluster" in said.lower():
        return broken(f"{where} is a Redis Cluster", f"set REDIS_URL {NO_CLUSTER}")
    if "uthentication" in said or "invalid password" in said:
        return broken(f"{where} does not know who asks: {said}", "check user and password in REDIS_URL")
    if "ermission" in said or "NOPERM" in said:
        return broken(f"{where}: its user may not read keys of ours: {said}", ACL)
    if "Loading" in said:
        return broken(f"{where} is still loading its data", "wait; processes go on by the database meanwhile")
    return broken(
        f"{where} cannot be reached: {said}",
        "see that it runs and that REDIS_URL names its host and port; messages cross by the database meanwhile,"
        " up to 3 seconds later",
    )


async def _server(client: Any, where: str) -> AsyncIterator[Finding]:
    try:
        told: Mapping[str, Any] = await client.info()
    except Exception as error:
        yield note(f"{where} does not say how it is set up: {words_of(error)}", "let its user run INFO: +info")
        return
    version = str(told.get("valkey_version") or told["redis_version"])
    name = "Valkey" if "valkey_version" in told else "Redis"
    if (told.get("redis_mode") or told.get("server_mode")) == "cluster":
        yield broken(f"{where} is a Redis Cluster", f"set REDIS_URL {NO_CLUSTER}")
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        yield broken(f"{where} is {name} {version}, older than 6.2: limits and presence need that", "upgrade it")
    if told.get("role") == "slave":
        yield broken(f"{where} is a replica, which takes no writes", "let REDIS_URL name the primary")
    for finding in _memory(told, where):
        yield finding
    most = int(told.get("maxclients", 0))
    if most and int(told["connected_clients"]) > FULL_SHARE * most:
        yield warning(f"{where}: {told['connected_clients']} of {most} clients are connected", "raise maxclients")
    yield ok(f"{name} {version} at {where}")


def _memory(told: Mapping[str, Any], where: str) -> Iterator[Finding]:
    policy, most, used = str(told["maxmemory_policy"]), int(told["maxmemory"]), int(told["used_memory"])
    if policy.startswith("allkeys"):
        yield warning(
            f"{where}: maxmemory-policy is {policy}: when its memory is full it forgets who is online and how much"
            " members did, the busiest time first",
            "CONFIG SET maxmemory-policy noeviction (or volatile-ttl, where other services need an eviction)",
        )
    elif policy != "noeviction" and int(told.get("evicted_keys", 0)):
        yield warning(f"{where} has evicted {told['evicted_keys']} keys: its memory was full", "raise maxmemory")
    if not most:
        yield note(
            f"{where} has no maxmemory: it takes what the machine has",
            "CONFIG SET maxmemory 256mb; 10,000 members who are here take about 10 MB",
        )
    elif used > FULL_SHARE * most:
        full = "writes are refused" if policy == "noeviction" else "keys are evicted"
        yield warning(
            f"{where} has {used / most:.0%} of its maxmemory in use: when it is full {full}, and each process"
            " keeps limits and presence by itself",
            "raise maxmemory, or look who else keeps keys there",
        )


async def _commands(client: Any, where: str) -> AsyncIterator[Finding]:
    key = KEY.format(number=secrets.token_hex(8))
    try:
        digest = await client.script_load(TRY)
        refused = await client.evalsha(digest, 1, key)
    except Exception as error:
        yield broken(f"{where}: scripts cannot be run: {words_of(error)}", ACL)
        return
    for line in refused:
        yield broken(f"{where}: a command that limits and presence need fails: {line}", ACL)


async def _channel(client: Any, where: str) -> AsyncIterator[Finding]:
    """A word has to come through as those between processes do."""
    channel, sent_at = CHANNEL.format(number=secrets.token_hex(8)), time.perf_counter()
    async with client.pubsub() as listening:
        try:
            await listening.subscribe(channel)
            await listening.get_message(timeout=ANSWER_WITHIN_S)  # that it is heard from now on
            sent_at = time.perf_counter()
            await client.publish(channel, "here")
            heard = await listening.get_message(ignore_subscribe_messages=True, timeout=ANSWER_WITHIN_S)
        except Exception as error:
            yield broken(f"{where}: processes cannot hear each other there: {words_of(error)}", ACL)
            return
    if heard is None or heard["data"] != "here":
        yield broken(f"{where}: what one process says there no other hears", "see what stands between: a proxy?")
    else:
        yield ok(f"words cross {where} in {(time.perf_counter() - sent_at) * 1000:.1f} ms")


async def _latency(client: Any, where: str) -> AsyncIterator[Finding]:
    took = []
    for _ping in range(PINGS):
        began = time.perf_counter()
        await client.time()
        took.append(time.perf_counter() - began)
    quick, longest = min(took), max(took)  # the quickest: this process has more to do beside it
    says = f"{where} answers in {quick * 1000:.1f} ms, at most {longest * 1000:.1f}"
    if is_here(urlsplit(f"//{where}").hostname):
        yield ok(says)  # whatever it takes, it is no distance
    elif quick > VERY_SLOW_S:
        yield broken(f"{says}: processes give it up, and keep limits by themselves", "bring it nearer")
    elif quick > SLOW_S:
        yield warning(f"{says}, which is far", "keep it in the network of the servers")
    else:
        yield ok(says)


async def _buffers(client: Any, where: str) -> AsyncIterator[Finding]:
    try:
        told = await client.config_get("client-output-buffer-limit")
    except Exception:
        return  # its user may not ask; nothing is wrong with that
    words = str(next(iter(told.values()), "")).split()
    if "pubsub" in words and 0 < int(words[words.index("pubsub") + 1]) < 8 * 1024**2:
        yield warning(
            f"{where}: a process that is 8 MB behind is cut off (client-output-buffer-limit pubsub)",
            "CONFIG SET client-output-buffer-limit 'pubsub 32mb 8mb 60'",
        )


def look_at_several(urls: Sequence[str]) -> Iterator[Finding]:
    """Whether two of them are one."""
    places = [place_of(url) for url in urls]
    doubled = sorted({place for place in places if places.count(place) > 1})
    if doubled:
        yield warning(f"REDIS_URL names {', '.join(doubled)} twice: that spreads nothing", "name each server once")
    if not urls:
        yield note(
            "REDIS_URL is empty: one process alone, which nobody else may run beside on the same database",
            "set it before a second process starts: members there would hear each other seconds later",
        )
