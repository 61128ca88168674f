"""Where events may go: out, and nowhere inside that the operator did not name."""

import ipaddress

import pytest

from chatproject.outgoing.addresses import (
    AddressRefused,
    check_addresses,
    may_be_reached,
    read_addresses,
    read_url,
    resolve,
)

OFFICE = [ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00:1::/32")]


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::1.1.1.1", "::ffff:1.1.1.1"])
def test_the_internet_may_be_reached(address: str) -> None:
    assert may_be_reached(ipaddress.ip_address(address), [])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",  # the clouds' metadata
        "100.64.0.1",
        "192.0.0.8",
        "198.18.0.1",
        "192.88.99.1",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "2001:0:1::1",  # Teredo
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",  # documentation too
        "::ffff:0:7f00:1",  # translated
    ],
)
def test_what_is_not_the_internet_may_not(address: str) -> None:
    assert not may_be_reached(ipaddress.ip_address(address), [])


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("fd00:1::5", True),
        ("10.2.0.1", False),
        ("fd00:2::5", False),
    ],
)
def test_networks_that_the_operator_named_may_be_reached_too(address: str, may: bool) -> None:
    assert may_be_reached(ipaddress.ip_address(address), OFFICE) is may


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com/",
        "https://",
        "https:///path",
        "https://user@example.com/",
        "https://:secret@example.com/",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:70000/",
        "https://example.com/a b",
        "https://example.com/\r\nx: y",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://예시.com/",
        "https://example.com/" + "x" * 500,
    ],
)
def test_what_is_no_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(AddressRefused):
        read_url(url)


@pytest.mark.parametrize(
    ("url", "addresses", "debug", "refused"),
    [
        ("https://example.com/", ["1.1.1.1"], False, False),
        ("https://example.com/", ["1.1.1.1", "10.9.0.1"], False, True),  # one of them is inside
        ("https://example.com/", [], False, True),
        ("http://example.com/", ["1.1.1.1"], False, True),
        ("http://example.com/", ["1.1.1.1"], True, False),
        ("http://office/", ["10.1.0.1"], False, False),
        ("http://office/", ["10.1.0.1", "1.1.1.1"], False, True),
        ("http://office/", ["10.9.0.1"], True, True),  # nobody reaches inside by a demo either
    ],
)
def test_an_address_is_judged_by_all_that_its_host_resolves_to(
    url: str, addresses: list[str], debug: bool, refused: bool
) -> None:
    found = read_addresses(addresses)
    if refused:
        with pytest.raises(AddressRefused):
            check_addresses(read_url(url), found, allowed=OFFICE, debug=debug)
    else:
        check_addresses(read_url(url), found, allowed=OFFICE, debug=debug)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1"])
def test_other_spellings_of_this_machine_resolve_to_it(host: str) -> None:
    assert [str(address) for address in resolve(host)] == ["127.0.0.1"]


def test_a_host_that_nobody_knows_resolves_to_nothing() -> None:
    assert resolve("no-such-host.invalid") == []
    assert resolve("x" * 70 + ".invalid") == []


def test_zones_and_repetitions_are_dropped() -> None:
    assert [str(each) for each in read_addresses(["fe80::1%eth0", "fe80::1", "1.1.1.1"])] == ["fe80::1", "1.1.1.1"]
