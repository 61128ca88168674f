"""A connection goes to the address that was judged, whatever the name says a moment later."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import httpcore
import pytest

from chatproject.outgoing.connecting import ADDRESSES_MAX, GuardedNetwork, RefusedAddress
from tests.chatproject.outgoing.receiver import receiving

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]

NameServer = Callable[[list[str]], list[str]]


@pytest.fixture
async def name_server(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Tells the names' addresses: of each question the next of `answers`, the last again and again."""

    def tell(*answers: list[str]) -> list[str]:
        asked: list[str] = []

        async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
            asked.append(host)
            addresses = answers[min(len(asked), len(answers)) - 1]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
        return asked

    return tell


async def test_what_is_inside_is_refused_at_the_connection_though_a_form_let_it_pass() -> None:
    async with receiving() as receiver:
        for host in ("127.0.0.1", "localhost", "2130706433"):
            with pytest.raises(RefusedAddress):
                await GuardedNetwork(allowed=[]).connect_tcp(host, receiver.port)

    assert not receiver.connections


async def test_a_network_that_was_named_is_connected_to() -> None:
    async with receiving() as receiver:
        stream = await GuardedNetwork(allowed=LOOPBACK).connect_tcp("127.0.0.1", receiver.port)
        await stream.aclose()


async def test_a_name_that_changes_after_it_was_judged_leads_to_what_was_judged(
    name_server: Callable[..., list[str]],
) -> None:
    allowed = [ipaddress.ip_network("127.0.0.1/32")]
    asked = name_server(["127.0.0.1"], ["127.0.0.2"])  # which listens too: 0.0.0.0 of the receiver's port is open
    async with receiving() as receiver:
        stream = await GuardedNetwork(allowed=allowed).connect_tcp("rebinding.example", receiver.port)
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        await stream.aclose()

        with pytest.raises(RefusedAddress):
            await GuardedNetwork(allowed=allowed).connect_tcp("rebinding.example", receiver.port)

    assert asked == ["rebinding.example"] * 2  # once for each connection, and nothing looks again behind it


async def test_of_several_addresses_only_those_that_may_be_are_tried_one_after_the_other(
    name_server: Callable[..., list[str]],
) -> None:
    name_server(["10.0.0.1", "127.0.0.9", "127.0.0.1"])  # inside; where nobody listens; the receiver
    async with receiving() as receiver:
        stream = await GuardedNetwork(allowed=LOOPBACK).connect_tcp("several.example", receiver.port)

        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        await stream.aclose()


async def test_a_name_with_a_thousand_addresses_is_not_tried_for_ever(
    name_server: Callable[..., list[str]],
) -> None:
    async with receiving() as receiver:
        name_server([f"127.0.1.{number}" for number in range(1, ADDRESSES_MAX + 1)] + ["127.0.0.1"])
        with pytest.raises(httpcore.ConnectError):
            await GuardedNetwork(allowed=LOOPBACK).connect_tcp("many.example", receiver.port)


async def test_without_tls_only_named_networks_are_connected_to(name_server: Callable[..., list[str]]) -> None:
    name_server(["1.1.1.1"])

    with pytest.raises(RefusedAddress):
        await GuardedNetwork(allowed=LOOPBACK, is_private=True).connect_tcp("public.example", 80)


async def test_no_socket_of_the_file_system_is_connected_to() -> None:
    with pytest.raises(RefusedAddress):
        await GuardedNetwork(allowed=LOOPBACK).connect_unix_socket("/run/docker.sock")


async def test_a_name_that_nobody_knows_is_a_failed_connection() -> None:
    with pytest.raises(httpcore.ConnectError):
        await GuardedNetwork(allowed=[]).connect_tcp("no-such-host.invalid", 443)
