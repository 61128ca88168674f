"""Whom an address stands for, where something is counted or shared out by address. Pure.

The address is the server's to say: uvicorn takes a forwarded one from TRUSTED_PROXIES only.
"""

import ipaddress
from functools import lru_cache

from asgiref.typing import HTTPScope

HOUSEHOLD_PREFIX_BITS = 64  # of IPv6: one line or one machine has all addresses behind it
ADDRESSES_KEPT = 4_096
UNKNOWN = "unknown"  # on a UNIX socket


@lru_cache(ADDRESSES_KEPT)
def household(address: str) -> str:
    """The IPv4 address, or the IPv6 network that one household or machine has for itself."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, HOUSEHOLD_PREFIX_BITS), strict=False))


def household_of(scope: HTTPScope) -> str:
    client = scope.get("client")
    return household(client[0]) if client else UNKNOWN
