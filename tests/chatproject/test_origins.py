"""Hosts and origins are the same when a browser says so."""

import pytest

from chatproject.origins import Origin, normal_host


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("chat.example.com", "chat.example.com"),
        ("Chat.Example.COM.", "chat.example.com"),
        ("커뮤니티.한국", "xn--9i1b01onwqqzd.xn--3e0b707e"),
        ("\u110f\u1165뮤니티.한국", "xn--9i1b01onwqqzd.xn--3e0b707e"),  # in decomposed form
        ("chat。example。com", "chat.example.com"),
        ("chat_1", "chat_1"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:DB8:0::1]", "[2001:db8::1]"),
    ],
)
def test_a_host_has_one_form(said: str, meant: str) -> None:
    assert normal_host(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        *("", ".", "*.example.com", "a..b", "a b", "[::1", "[example.com]", "a" * 64, "x/y"),
        *("127.1", "1", "256.0.0.1", "0x7f.0.0.1", "192.0.2.01", "a.0x1", "1.2.3.4.5"),  # no browser sends these
    ],
)
def test_what_is_no_host_is_refused(said: str) -> None:
    with pytest.raises(ValueError):
        normal_host(said)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("https://Community.Example.com:443", "https://community.example.com"),
        ("HTTP://community.example.com:80", "http://community.example.com"),
        ("http://community.example.com:443", "http://community.example.com:443"),
        ("https://커뮤니티.한국", "https://xn--9i1b01onwqqzd.xn--3e0b707e"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("capacitor://localhost", "capacitor://localhost"),
    ],
)
def test_an_origin_has_one_form(said: str, meant: str) -> None:
    assert str(Origin.parse(said)) == meant


@pytest.mark.parametrize(
    "said",
    [
        *("null", "", "https://", "community.example.com", "https://a.example/", "https://a.example/app"),
        *("https://u@a.example", "https://u:p@a.example", "https://*.example.com", "https://a.example:0"),
        *("https://a.example:99999", "https://a.example:", "https://a.example https://b.example", "file:///x"),
    ],
)
def test_what_is_no_origin_is_refused(said: str) -> None:
    with pytest.raises(ValueError):
        Origin.parse(said)


@pytest.mark.parametrize(
    ("origin", "host", "is_its_own"),
    [
        ("https://chat.example.com", "chat.example.com", True),
        ("https://chat.example.com", "chat.example.com:443", True),
        ("http://chat.example.com", "chat.example.com:80", True),
        ("https://chat.example.com", "Chat.Example.com", True),
        ("https://chat.example.com", "chat.example.com.", True),
        ("https://chat.example.com.", "chat.example.com:443", True),
        ("http://127.0.0.1:8081", "127.0.0.1:8081", True),
        ("http://[::1]:8081", "[0:0::1]:8081", True),
        ("https://xn--9i1b01onwqqzd.xn--3e0b707e", "커뮤니티.한국", True),
        ("http://chat.example.com", "chat.example.com:443", False),
        ("https://chat.example.com", "chat.example.com:8443", False),
        ("https://chat.example.com:8443", "chat.example.com", False),
        ("https://m.chat.example.com", "chat.example.com", False),
        ("https://chat.example.com", "", False),
        ("https://chat.example.com", "u@chat.example.com", False),
        ("capacitor://localhost", "localhost", False),
    ],
)
def test_a_page_is_a_servers_own_by_scheme_host_and_port(origin: str, host: str, is_its_own: bool) -> None:
    assert Origin.parse(origin).is_of_host(host) is is_its_own
