"""Where a server listens, and how its goodbyes are spread. The end itself is in `tests.e2e.test_shutdown`."""

import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from chatproject.serving import SLICE_MIN_SOCKETS, SLICES, _slices, listening_sockets
from tests.servers import HOST, free_port


@pytest.mark.parametrize(("sockets", "slices"), [(0, 0), (1, 1), (20, 1), (21, 2), (500, 25), (10_000, SLICES)])
def test_goodbyes_go_out_in_slices_to_everybody_once(sockets: int, slices: int) -> None:
    chats: list[Any] = list(range(sockets))
    cut: list[list[Any]] = list(_slices(chats))

    assert len(cut) == slices
    assert sorted(chat for each in cut for chat in each) == list(range(sockets))
    assert all(len(each) >= SLICE_MIN_SOCKETS for each in cut[:-1])


def test_the_members_of_a_room_who_came_together_do_not_go_together() -> None:
    first: list[Any] = next(_slices(list[Any](range(2_000))))

    assert first != list(range(len(first)))


# --- where it listens --------------------------------------------------------------------------


@contextlib.contextmanager
def listening(host: str) -> Iterator[int]:
    """Yields the port: another one where somebody took the first meanwhile, at another address of the host."""
    with contextlib.ExitStack() as stack:
        port, listeners = listen(host)
        for listener in listeners:
            stack.enter_context(listener)
        yield port


def listen(host: str) -> tuple[int, list[socket.socket]]:
    port = free_port()
    try:
        return port, listening_sockets(host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return listen(host)


BOTH = [HOST, "::1"] if socket.has_dualstack_ipv6() else [HOST]  # what this machine has


@pytest.mark.parametrize(
    ("host", "reached_by"),
    [("::", BOTH), ("[::]", BOTH), ("0.0.0.0", [HOST]), (HOST, [HOST]), ("localhost", [HOST])],
)
def test_every_address_is_listened_on_that_a_host_stands_for(host: str, reached_by: list[str]) -> None:
    if host.strip("[]") == "::" and BOTH == [HOST]:
        return  # without IPv6 there is no such address
    with listening(host) as port:
        for address in reached_by:
            socket.create_connection((address, port)).close()


def test_only_the_addresses_of_the_host_are_listened_on() -> None:
    with listening(HOST) as port, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port))


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_this_machines_is_a_failure(host: str) -> None:
    with pytest.raises(OSError):
        listening_sockets(host, free_port())


def test_a_port_that_another_server_has_is_a_failure() -> None:
    with listening(HOST) as port, pytest.raises(OSError, match="in use"):
        listening_sockets(HOST, port)
