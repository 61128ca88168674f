"""Where events may be sent: to public addresses, and to private ones that EVENTS_ALLOWED_NETWORKS names.

Else whoever may write an address into the admin could reach what only this machine's network can: databases, the
cloud's own metadata, this server's inside. Pages for link previews, which anybody may name, come from public
addresses alone. Pure but for `resolve`.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

URL_MAX_CHARACTERS = 500
# IPv6 addresses that something takes to the IPv4 address in them, and by how many bits to shift for that one
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_EMBEDDING = (
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),  # mapped
    (_NAT64, 0),
    (ipaddress.IPv6Network("2002::/16"), 80),  # 6to4
)
# what Python 3.11 takes for public, or takes for it in some releases
_REFUSED = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "192.0.0.0/24",
        "192.88.99.0/24",  # the 6to4 relays
        "::/96",  # IPv4-compatible
        "2001::/32",  # Teredo
        "3fff::/20",  # documentation
        "64:ff9b:1::/48",  # local translators
        "fec0::/10",  # site-local
        "5f00::/16",  # segment routing
    )
]


class AddressRefused(ValueError):
    """Why nothing is sent there, in the operator's language."""


class HostUnknown(AddressRefused):
    """The host has no address, or its name servers do not answer just now."""


def may_be_reached(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether events may be sent there: it is public or in an `allowed` network."""
    if is_in_networks(address, allowed):
        return True
    inner = _inner(address)
    public = inner.is_global and not inner.is_multicast and not inner.is_reserved
    return public and not is_in_networks(address, _REFUSED)


def read_url(url: str) -> SplitResult:
    """The parts of a URL that something could be sent to. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(_("This is no address that can be read.")) from None
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > URL_MAX_CHARACTERS:
        raise AddressRefused(_("An address has at most 500 characters, of ASCII and without spaces."))
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not host or "%" in host or port == 0:
        raise AddressRefused(_("An address begins with https:// and a host."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused(_("An address is without user, password and fragment."))
    return parts


def check_addresses(
    parts: SplitResult, addresses: Sequence[Address], *, allowed: Sequence[Network], debug: bool
) -> None:
    """Judge what the host of `parts` resolved to, before it is kept. Raises AddressRefused, or HostUnknown."""
    if not addresses:
        raise HostUnknown(_("No such host is known."))
    if not all(may_be_reached(address, allowed) for address in addresses):
        raise AddressRefused(_("The host is in a private network that EVENTS_ALLOWED_NETWORKS does not name."))
    if parts.scheme == "http" and not debug and not all(is_in_networks(each, allowed) for each in addresses):
        raise AddressRefused(_("An address on the internet begins with https://."))


def resolve(host: str) -> list[Address]:
    """The addresses of a host, none if it has none. Asks the name servers, which may take seconds."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return read_addresses(str(sockaddr[0]) for *_, sockaddr in found)


def read_addresses(written: Iterable[str]) -> list[Address]:
    """Each once, in their order; without the zones of link-local ones."""
    return list(dict.fromkeys(ipaddress.ip_address(address.partition("%")[0]) for address in written))


def _inner(address: Address) -> Address:
    """The IPv4 address within an IPv6 address, if there is one."""
    if isinstance(address, ipaddress.IPv6Address):
        for network, shift in _EMBEDDING:
            if address in network:
                return ipaddress.IPv4Address(int(address) >> shift & 0xFFFF_FFFF)
    return address


def is_in_networks(address: Address, networks: Iterable[Network]) -> bool:
    inner = _inner(address)
    return any(address in network or inner in network for network in networks)
