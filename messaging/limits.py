"""How much clients may do on sockets. The buckets that hold them to it are in `chatproject.limits.buckets`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much clients may do; 0 means no limit."""

    frames_per_second: int = 50  # a socket; burst twice that
    sends_per_second: int = 10  # a member, over all processes; burst three times that
    sockets_per_member: int = 20
    rooms_per_socket: int = 128
    flood_repeats: int = 0  # of nearly the same text by a member, within so many minutes; more is held
    flood_minutes: int = 30
