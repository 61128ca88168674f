"""Connections to where others say, endpoints or pages: each address is judged, and that very one is connected to.

So a name that changes its addresses between a look and a connection (DNS rebinding) leads nowhere else.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import httpcore

from chatproject.outgoing.addresses import Address, Network, is_in_networks, may_be_reached, read_addresses

ADDRESSES_MAX = 4  # of a host that are tried, one after the other

LookUp = Callable[[str], Awaitable[Sequence[Address]]]  # of a host, none where it has none


class RefusedAddress(httpcore.ConnectError):
    """The host has none but addresses that nothing is sent to."""


async def look_up(host: str) -> list[Address]:
    """By the event loop's own threads. Raises OSError, UnicodeError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return read_addresses(str(sockaddr[0]) for *_, sockaddr in found)


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """For a pool of httpcore. `is_private`: only to `allowed` networks, as for what is sent without TLS."""

    def __init__(self, *, allowed: Sequence[Network], is_private: bool = False, look_up: LookUp = look_up) -> None:
        self._allowed, self._is_private, self._look_up = allowed, is_private, look_up
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as in the base
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = RefusedAddress()
        for address in await self._reachable(host):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise RefusedAddress

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _reachable(self, host: str) -> list[str]:
        try:
            addresses = await self._look_up(host)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"name: {type(error).__name__}") from error
        may_be = (each for each in addresses if may_be_reached(each, self._allowed))
        if self._is_private:
            may_be = (each for each in may_be if is_in_networks(each, self._allowed))
        return [str(each) for each in may_be][:ADDRESSES_MAX]


def tls() -> ssl.SSLContext:
    """What receivers' certificates are checked by: the authorities that httpx trusts. Takes 20 ms to make."""
    return httpcore.default_ssl_context()
