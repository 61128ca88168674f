"""Hosts and origins, in the one form in which browsers send and compare them. Pure; reads no setting."""

import ipaddress
import re
from dataclasses import dataclass

import idna

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
WEB = ("http", "https")
_LABELS = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")  # containers have names with underscores
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # as a last label: to browsers the host is an IPv4 address
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://(\[[^\]]*\]|[^\s/?#@:\\]+)(?::([0-9]{1,5}))?", re.IGNORECASE)


def normal_host(host: str) -> str:
    """`host` in lower case and punycode (UTS 46), without the final dot. Raises ValueError where it is none."""
    if host.startswith("[") and host.endswith("]"):
        return f"[{ipaddress.IPv6Address(host[1:-1])}]"
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()  # an IDNAError is a ValueError
    name = host.lower().removesuffix(".")
    if not _LABELS.fullmatch(name):
        raise ValueError("no host")
    return str(ipaddress.IPv4Address(name)) if _NUMBER.fullmatch(name.rpartition(".")[2]) else name


def may_connect(said: str | None, *, host: str, allowed: list[str]) -> bool:
    """A browser's Origin must be listed or be this very host; who sends none is no browser.

    By http or https: a proxy that ends TLS need not say so.
    """
    if said is None or "*" in allowed:
        return True
    try:
        origin = Origin.parse(said)
    except ValueError:
        return False
    return str(origin) in allowed or origin.is_of_host(host)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page is from. `port` is None where it is the scheme's own."""

    scheme: str
    host: str
    port: int | None

    @classmethod
    def parse(cls, text: str) -> "Origin":
        """Raises ValueError for anything but scheme, host and port, which "null" is too."""
        found = _ORIGIN.fullmatch(text)
        if found is None:
            raise ValueError("no origin")
        scheme, port = found[1].lower(), int(found[3]) if found[3] else None
        if port is not None and not 0 < port < 65536:
            raise ValueError("no port")
        return cls(scheme, normal_host(found[2]), None if port == DEFAULT_PORTS.get(scheme) else port)

    def __str__(self) -> str:
        """As a browser sends it."""
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    def is_of_host(self, host: str) -> bool:
        """Whether a page of this origin is from the server that was asked for as `host`, a Host header's value."""
        try:
            return self.scheme in WEB and self == Origin.parse(f"{self.scheme}://{host}")
        except ValueError:
            return False
