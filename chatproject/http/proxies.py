"""Who is behind a proxy: `X-Forwarded-For` and `-Proto`, believed from TRUSTED_PROXIES only. Pure."""

import ipaddress
import re
from functools import lru_cache
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PEERS_KEPT = 4_096  # behind a proxy there is one; some 100 bytes each
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::[0-9]*)?|([^:]*):[0-9]*")  # [2001:db8::1]:4711, 192.0.2.1:4711
_PROTOCOLS = {"http": ("http", "ws"), "https": ("https", "wss"), "ws": ("http", "ws"), "wss": ("https", "wss")}


class Proxies:
    """The proxies whose word counts: addresses and networks; "*" is whoever connects."""

    def __init__(self, trusted: list[str]) -> None:
        self._is_anybody = "*" in trusted
        self._networks = [ipaddress.ip_network(proxy) for proxy in trusted if proxy != "*"]
        self._peer = lru_cache(PEERS_KEPT)(self._look_at)

    def is_trusted(self, host: str) -> bool:
        """Whether whoever connects from there may speak for others."""
        return self._peer(host)[1]

    def _look_at(self, host: str) -> tuple[str | None, bool]:
        """The address of who connects, None where it is none, and whether they may speak for others."""
        address = parse_address(host)
        return None if address is None else str(address), self._is_anybody or self._trusts(address)

    def see_through(self, scope: dict[str, Any]) -> dict[str, Any]:
        """The ASGI scope with the client and the scheme that its trusted proxies tell of."""
        host, port = scope.get("client") or ("", 0)
        peer, is_trusted = self._peer(host)
        if peer is not None and peer != host:
            scope = {**scope, "client": (peer, port)}
        if not is_trusted:
            return scope
        if (client := self._client_among(_values(scope, b"x-forwarded-for"))) is not None:
            scope = {**scope, "client": (str(client), 0)}
        told = _values(scope, b"x-forwarded-proto")[:1]  # of several, what the client's own connection was
        if told and (schemes := _PROTOCOLS.get(told[0].lower())):
            scope = {**scope, "scheme": schemes[scope["type"] == "websocket"]}
        return scope

    def _client_among(self, forwarded: list[str]) -> Address | None:
        """The nearest address that is no trusted proxy's: what stands before it, the client may have made up."""
        client = None
        for entry in reversed(forwarded):
            if (address := parse_address(entry)) is None:
                break
            client = address
            if not self._trusts(address):
                break
        return client

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


def parse_address(text: str) -> Address | None:
    """The address, with a port or not; None for anything else. IPv4 inside IPv6 is IPv4, as a list means it."""
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address((with_port[1] or with_port[2] or "") if with_port else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _values(scope: dict[str, Any], name: bytes) -> list[str]:
    """The comma-separated values of a header, which may be sent more than once, in order."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return [part.strip() for part in ",".join(lines).split(",") if part.strip()]
