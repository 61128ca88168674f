"""Whom an address stands for: what one household can take for itself it cannot take twice."""

import pytest

from chatproject.addresses import UNKNOWN, household


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::1"),
        ("fe80::1%eth0", "fe80::2"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "a UNIX socket"),
        ("testclient", UNKNOWN),
    ],
)
def test_addresses_of_one_household_are_one(one: str, other: str) -> None:
    assert household(one) == household(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "192.0.2.2"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2"),
        ("192.0.2.1", "2001:db8::1"),
    ],
)
def test_neighbours_are_apart(one: str, other: str) -> None:
    assert household(one) != household(other)
