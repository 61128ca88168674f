"""What a ticket holds, for how long, for whose page; and everything that is none."""

import string
import time
from dataclasses import replace
from typing import Any

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from chatproject.access.tickets import (
    PREFIX,
    SALT,
    TICKET_LIFE_S,
    TICKET_MAX_CHARACTERS,
    Ticket,
    give_ticket,
    read_ticket,
    write_ticket,
)
from chatproject.errors import TicketRefused
from chatproject.nicknames import NICKNAME_MAX_CODE_POINTS
from chatproject.tokens import Caller, token_digest

NOW = time.time()
PAGE = "https://community.example"
ALICE = Caller(7, "USER", NOW + 3_600, "햇살", issued_at=NOW - 60, token_id=token_digest("a-1"))


def given_to(caller: Caller = ALICE, *, origin: str | None = PAGE) -> str:
    return write_ticket(give_ticket(caller, origin=origin, now=NOW))


def read(text: str, *, origin: str | None = PAGE, now: float = NOW) -> Ticket:
    return read_ticket(text, origin=origin, now=now)


@pytest.mark.parametrize(
    "caller",
    [ALICE, Caller(2**63 - 1, "ADMIN", 253_402_300_799), replace(ALICE, nickname="", token_id=None, issued_at=0)],
)
def test_it_says_what_its_token_said(caller: Caller) -> None:
    assert read(given_to(caller)).caller == caller


def test_no_two_are_the_same() -> None:
    assert read(given_to()).nonce != read(given_to()).nonce


def test_it_lives_thirty_seconds_and_not_one_longer() -> None:
    text = given_to()
    assert read(text, now=NOW + TICKET_LIFE_S - 0.1).ends_at == NOW + TICKET_LIFE_S
    with pytest.raises(TicketRefused, match="만료"):
        read(text, now=NOW + TICKET_LIFE_S)


def test_it_never_outlives_its_token() -> None:
    text = given_to(replace(ALICE, expires_at=NOW + 5))
    with pytest.raises(TicketRefused):
        read(text, now=NOW + 5)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://community.example", "null", "", None])
def test_it_is_for_the_page_that_asked_for_it(origin: str | None) -> None:
    with pytest.raises(TicketRefused):
        read(given_to(), origin=origin)


@pytest.mark.parametrize("origin", [PAGE, None])
def test_what_a_server_asked_for_may_be_handed_to_any_page(origin: str | None) -> None:
    assert read(given_to(origin=None), origin=origin).caller == ALICE


def test_it_goes_into_an_address_as_it_is_and_names_neither_token_nor_page() -> None:
    longest = replace(ALICE, nickname="👨" * NICKNAME_MAX_CODE_POINTS)
    text = given_to()
    assert set(text) <= set(string.ascii_letters + string.digits + "-_.")
    assert len(given_to(longest)) <= TICKET_MAX_CHARACTERS
    held = signing.b64_decode(text.removeprefix(PREFIX).encode().partition(b".")[0]).decode()
    assert "a-1" not in held
    assert "community" not in held


# --- what is none


def forged(held: Any, **options: Any) -> str:
    return PREFIX + signing.Signer(**{"salt": SALT, "sep": "."} | options).sign_object(held)


@pytest.mark.parametrize(
    "text",
    [
        "",
        PREFIX,
        "x",
        given_to().removeprefix(PREFIX),
        given_to() + "x",
        given_to()[:-1],
        given_to().replace("cht_", "cht_x", 1),
        PREFIX + "." + "x" * 43,
        PREFIX + "\ud800",
        PREFIX + "x" * 2_000_000,
        forged([7, "USER"]),
        forged({}),
        forged(None),
        forged([7, "OWNER", NOW + 60, None, 0, None, "n", "", NOW + 60]),
        forged([7, "ADMIN", NOW + 60, None, 0, None, "n", "", NOW + 60], salt="another"),
        forged([7, "ADMIN", NOW + 60, None, 0, None, "n", "", NOW + 60], key="another-key"),
    ],
    ids=lambda text: text[:12].encode(errors="replace").decode(),
)
def test_what_this_server_did_not_give_opens_nothing(text: str) -> None:
    with pytest.raises(TicketRefused):
        read(text)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    for tried in (text, PREFIX + text):
        with pytest.raises(TicketRefused):
            read(tried)


def test_a_ticket_of_before_the_secret_was_changed_opens_as_long_as_that_is_a_fallback(settings: Any) -> None:
    text, old = given_to(), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-secret", [old]
    assert read(text).caller == ALICE
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(TicketRefused):
        read(text)
