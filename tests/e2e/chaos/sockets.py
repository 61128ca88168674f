"""The TCP connections that a server process holds, as the kernel lists them (proc_pid_net(5))."""

from pathlib import Path

LISTEN = "0A"


def held_by_server(port: int) -> set[int]:
    """The peers' ports of all connections to `port` that a process still holds.

    One whose process has let it go is an orphan of the kernel's: it has no inode any more.
    """
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = [line.split() for line in lines]
    return {
        _port(peer)
        for _slot, local, peer, state, *_rest, inode in (row[:10] for row in rows)
        if _port(local) == port and state != LISTEN and inode != "0"
    }


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)
