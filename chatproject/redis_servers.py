"""What REDIS_URL says: servers of Redis or Valkey, each alone or watched by Sentinels; and clients of them.

A Redis Cluster is none of these. It would take the publications, in every node each, which makes nothing quicker;
but not the scripts of limits and presence, whose keys are all over its nodes.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from chatproject.environment import check_url, read_list, require_module

SENTINEL_SCHEMES = ("redis+sentinel", "rediss+sentinel")
SENTINEL_PORT = 26379
ASK_WITHIN_S = 1.0
NO_CLUSTER = (
    "to a Redis that is no Redis Cluster, or to several, comma-separated: rooms and members are spread over them"
)
IS_CLUSTER = "REDIS_URL leads to a Redis Cluster: set it " + NO_CLUSTER
SENTINEL_SHAPE = (
    "to redis+sentinel://user:password@sentinel:26379,another:26379/name, the name of what they watch."
)


class Watched(NamedTuple):
    """A Redis that Sentinels find: which, where they are, what it wants to be told, and what they do."""

    name: str
    sentinels: list[tuple[str, int]]
    options: dict[str, Any]
    sentinel_options: dict[str, Any]


def read_redis_urls(name: str) -> list[str]:
    urls = [
        url if url.startswith(SENTINEL_SCHEMES) else check_url(name, url, schemes=("redis", "rediss", "unix"))
        for url in _joined(read_list(name))
    ]
    for url in urls:
        if url.startswith(SENTINEL_SCHEMES):
            _require_watched(name, url)
        elif urlsplit(url).scheme != "unix" and not re.fullmatch("(/[0-9]*)?", urlsplit(url).path):
            raise ImproperlyConfigured(
                f"Set {name} to redis://host:port/number: what follows the host is no number."
            )
    if urls:
        require_module("channels_redis", package="channels-redis", wanted_by=name)
        _check_options(name, [url for url in urls if not url.startswith(SENTINEL_SCHEMES)])
    return urls


def _joined(parts: Sequence[str]) -> list[str]:
    """The URLs: those of Sentinels have commas inside, as the servers are apart."""
    urls: list[str] = []
    for part in parts:
        if "://" not in part and urls and urls[-1].startswith(SENTINEL_SCHEMES):
            urls[-1] += f",{part}"
        else:
            urls.append(part)
    return urls


def _require_watched(name: str, url: str) -> None:
    try:
        watched = _watched(url)
    except ValueError as error:
        raise ImproperlyConfigured(f"Set {name} {SENTINEL_SHAPE}") from error
    if watched is None:
        raise ImproperlyConfigured(f"Set {name} {SENTINEL_SHAPE}")


def _check_options(name: str, urls: Sequence[str]) -> None:
    """Redis' client refuses what it does not know when it connects, which is too late."""
    from redis.asyncio import ConnectionPool  # here: only what REDIS_URL needs is installed with it

    try:
        for url in urls:
            ConnectionPool.from_url(url).make_connection()  # type: ignore[no-untyped-call]
    except (TypeError, ValueError) as error:
        raise ImproperlyConfigured(f"Set {name} without options that Redis' client refuses (behind ?).") from error


def _watched(url: str) -> Watched | None:
    """None where the URL names one server by itself. Raises ValueError."""
    scheme, _, rest = url.partition("://")
    if scheme not in SENTINEL_SCHEMES:
        return None
    parts = urlsplit(f"//{rest}")
    account, _, hosts = parts.netloc.rpartition("@")
    user, _, password = account.partition(":")
    sentinels = [(one.hostname or "", one.port or SENTINEL_PORT) for one in _each(hosts)]
    name, query = unquote(parts.path.strip("/")), dict(parse_qsl(parts.query))
    sentinel_options = {word: query.pop(f"sentinel_{word}", None) for word in ("username", "password")}
    if query or not re.fullmatch(r"[\w.-]+", name) or not all(host for host, _port in sentinels):
        raise ValueError("no URL of Sentinels")
    given = {"username": unquote(user) or None, "password": unquote(password) or None}
    tls = {"ssl": True} if scheme.startswith("rediss") else {}
    return Watched(
        name,
        sentinels,
        {word: value for word, value in given.items() if value} | tls,
        {word: value for word, value in sentinel_options.items() if value}
        | tls
        | {"socket_timeout": ASK_WITHIN_S, "socket_connect_timeout": ASK_WITHIN_S},
    )


def _each(hosts: str) -> list[Any]:
    return [urlsplit(f"//{host}") for host in hosts.split(",")]


def layer_host(url: str) -> str | dict[str, Any]:
    """One of the `hosts` of channels_redis."""
    watched = _watched(url)
    if watched is None:
        return url
    names = {"master_name": watched.name, "sentinels": watched.sentinels}
    return {**names, "sentinel_kwargs": watched.sentinel_options, **watched.options}


def make_client(url: str, **options: Any) -> Any:
    """An asynchronous client, not connected yet; `options` are those of redis-py."""
    from redis.asyncio import Redis, Sentinel

    watched = _watched(url)
    if watched is None:
        return Redis.from_url(url, **options)
    sentinel: Any = Sentinel(  # type: ignore[no-untyped-call]
        watched.sentinels, sentinel_kwargs=watched.sentinel_options
    )
    return sentinel.master_for(watched.name, **watched.options, **options)


def refuse_other_modes(name: str, urls: Sequence[str]) -> None:
    """End the start where a server that is there cannot do what is wanted of it; one that is away may come later.

    Raises ImproperlyConfigured.
    """
    for url in urls:
        mode = _mode(url) if _watched(url) is None else "standalone"
        if mode == "cluster":
            raise ImproperlyConfigured(f"Set {name} {NO_CLUSTER}.")
        if mode == "sentinel":
            raise ImproperlyConfigured(f"Set {name} {SENTINEL_SHAPE}")


def _mode(url: str) -> str:
    """ "" where it cannot be asked, or its user may not ask."""
    from redis import Redis, RedisError

    try:
        with Redis.from_url(url, socket_timeout=ASK_WITHIN_S, socket_connect_timeout=ASK_WITHIN_S) as client:
            told: dict[str, Any] = client.info("server")
    except (RedisError, OSError):
        return ""
    return str(told.get("redis_mode") or told.get("server_mode"))  # the second is Valkey's
