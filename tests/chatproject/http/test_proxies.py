"""What a proxy tells of its client is believed from the proxies that are listed, and from nobody else."""

from typing import Any

import pytest

from chatproject.http.proxies import Proxies, parse_address

LISTED = ["10.0.0.0/8", "192.0.2.7", "fd00::/8"]


def seen(peer: str, *headers: tuple[str, str], trusted: list[str] = LISTED, kind: str = "http") -> tuple[str, str]:
    """The client and the scheme that the application sees."""
    raw = [(name.encode(), value.encode()) for name, value in headers]
    scheme = "http" if kind == "http" else "ws"
    scope: dict[str, Any] = {"type": kind, "scheme": scheme, "client": (peer, 4711), "headers": raw}
    shown = Proxies(trusted).see_through(scope)
    return shown["client"][0], shown["scheme"]


def test_a_listed_proxy_is_believed() -> None:
    told = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")]

    assert seen("10.1.2.3", *told) == ("203.0.113.9", "https")
    assert seen("192.0.2.7", *told, kind="websocket") == ("203.0.113.9", "wss")


@pytest.mark.parametrize("peer", ["203.0.113.50", "192.0.2.8", "127.0.0.1", "", "/run/socket"])
def test_nobody_else_is(peer: str) -> None:
    assert seen(peer, ("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")) == (peer, "http")


def test_a_client_cannot_put_an_address_before_its_own() -> None:
    assert seen("10.1.2.3", ("x-forwarded-for", "198.51.100.1, 203.0.113.9"))[0] == "203.0.113.9"
    assert (
        seen("10.1.2.3", ("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.9"))[0]
        == "203.0.113.9"
    )


def test_proxies_behind_each_other_are_seen_through() -> None:
    assert (
        seen("10.1.2.3", ("x-forwarded-for", "198.51.100.1, 203.0.113.9, 10.9.9.9, 192.0.2.7"))[0] == "203.0.113.9"
    )


def test_where_all_are_proxies_the_farthest_is_the_client() -> None:
    assert seen("10.1.2.3", ("x-forwarded-for", "10.0.0.1, 10.0.0.2"))[0] == "10.0.0.1"


def test_any_proxy_tells_of_who_came_to_it_and_not_of_what_that_one_said() -> None:
    told = ("x-forwarded-for", "198.51.100.1, 203.0.113.9")

    assert seen("203.0.113.50", told, trusted=["*"])[0] == "203.0.113.9"
    assert (
        seen("203.0.113.50", ("x-forwarded-for", "203.0.113.9, 10.1.2.3"), trusted=["*", "10.0.0.0/8"])[0]
        == "203.0.113.9"
    )


@pytest.mark.parametrize(
    ("told", "scheme"),
    [
        ("https", "https"),
        ("HTTPS", "https"),
        (" https , http", "https"),
        ("http,https", "http"),
        ("wss", "https"),
        ("on", "http"),
        ("", "http"),
        (",", "http"),
    ],
)
def test_of_several_protocols_the_first_is_the_clients(told: str, scheme: str) -> None:
    assert seen("10.1.2.3", ("x-forwarded-proto", told))[1] == scheme


@pytest.mark.parametrize("told", ["unknown", "", "_hidden", "nginx, ", "203.0.113.9, unknown"])
def test_a_client_without_an_address_is_its_proxy(told: str) -> None:
    assert seen("10.1.2.3", ("x-forwarded-for", told))[0] == "10.1.2.3"


def test_ipv4_inside_ipv6_is_ipv4() -> None:
    assert seen("::ffff:10.1.2.3", ("x-forwarded-for", "::ffff:203.0.113.9"))[0] == "203.0.113.9"
    assert seen("::ffff:203.0.113.50")[0] == "203.0.113.50"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("nginx:80", "None"),
        ("192.0.2.256", "None"),
    ],
)
def test_an_address_may_have_a_port(said: str, address: str) -> None:
    assert str(parse_address(said)) == address
