"""What becomes of members while the main server's keys change, and while it does not tell them."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
import pytest

from chatproject import tokens
from chatproject.errors import MalformedToken, StoreUnavailable
from chatproject.signing import key_sets
from chatproject.tokens import TokenVerifier
from tests.chatproject.key_server import (
    EC_KEY,
    NEW_KEY,
    STRANGERS_KEY,
    USUAL,
    KeyServer,
    described,
    key_set,
    signed,
)
from tests.times import WAIT_S

KNOWN = signed(EC_KEY, "ES256", "e1")
ROTATED = signed(NEW_KEY, "ES256", "e2")
NEW_SET = key_set(described(EC_KEY, "e1"), described(NEW_KEY, "e2"))
AN_AGE_S = 1_000_000.0  # a cool-down that ends in no test


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    with KeyServer().running() as server:
        yield server


def verifier_of(server: KeyServer, **limits: float) -> TokenVerifier:
    """One that has seen the keys."""
    verifier = TokenVerifier(jwks_url=server.url, **{"cool_down_s": 0, **limits})  # type: ignore[arg-type]
    assert verifier.verify(KNOWN).member_id == 7
    server.was_asked.clear()
    return verifier


def forged(number: int) -> str:
    return signed(STRANGERS_KEY, "ES256", f"forged-{number}")


def age(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let so many seconds pass at once, for what is known of keys."""
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + seconds)


# --- keys change ---------------------------------------------------------------------------------


def test_a_key_that_was_changed_right_after_the_last_look_is_found_at_once(key_server: KeyServer) -> None:
    verifier = verifier_of(key_server)
    key_server.body = NEW_SET

    assert verifier.verify(ROTATED).member_id == 7
    assert verifier.verify(KNOWN).member_id == 7
    assert key_server.asked == 2


def test_a_new_key_of_an_old_name_is_found_too(key_server: KeyServer) -> None:
    verifier = verifier_of(key_server)
    key_server.body = key_set(described(NEW_KEY, "e1"))

    assert verifier.verify(signed(NEW_KEY, "ES256", "e1")).member_id == 7
    with pytest.raises(MalformedToken):
        verifier.verify(KNOWN)


def test_during_the_cool_down_a_new_key_waits_for_its_end_and_is_not_refused(key_server: KeyServer) -> None:
    verifier = verifier_of(key_server, cool_down_s=0.5)
    key_server.body = NEW_SET

    assert verifier.verify(ROTATED).member_id == 7


def test_whoever_comes_while_a_look_is_under_way_is_judged_by_a_later_one(key_server: KeyServer) -> None:
    verifier = verifier_of(key_server)
    goes_on = threading.Event()

    def answer_late(request: BaseHTTPRequestHandler) -> None:
        goes_on.wait(WAIT_S)
        request.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + USUAL)

    with ThreadPoolExecutor() as members:
        key_server.answer = answer_late
        first = members.submit(verifier.verify, forged(1))
        assert key_server.was_asked.wait(WAIT_S)
        key_server.answer, key_server.body = None, NEW_SET
        second = members.submit(verifier.verify, ROTATED)
        goes_on.set()

    assert isinstance(first.exception(), MalformedToken)
    assert second.result().member_id == 7


def test_keys_are_looked_at_again_now_and_then_and_one_that_was_withdrawn_goes(
    key_server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = verifier_of(key_server)
    key_server.body = key_set(described(NEW_KEY, "e2"))
    age(monkeypatch, key_sets.FRESH_S + 1)

    assert verifier.verify(KNOWN).member_id == 7  # nobody waits for the look
    assert key_server.was_asked.wait(WAIT_S)
    assert verifier.verify(ROTATED).member_id == 7
    with pytest.raises(MalformedToken):
        verifier.verify(KNOWN)


# --- forged tokens -------------------------------------------------------------------------------


def test_many_forged_names_of_keys_have_the_main_server_asked_once(key_server: KeyServer) -> None:
    verifier = verifier_of(key_server, cool_down_s=0.5)
    with ThreadPoolExecutor(20) as strangers:
        looks = [strangers.submit(verifier.verify, forged(number)) for number in range(20)]

    assert {type(look.exception()) for look in looks} == {MalformedToken}
    assert key_server.asked == 2


def test_while_the_key_server_hangs_forged_tokens_hold_up_no_member(key_server: KeyServer) -> None:
    verifier = verifier_of(key_server)
    key_server.answer = key_server.hang
    with ThreadPoolExecutor(20) as strangers:
        looks = [strangers.submit(verifier.verify, forged(number)) for number in range(20)]
        assert key_server.was_asked.wait(WAIT_S)

        assert [verifier.verify(KNOWN).member_id for _visit in range(100)] == [7] * 100
        assert not any(look.done() for look in looks)
        key_server.ends.set()
    assert {type(look.exception()) for look in looks} == {StoreUnavailable}


async def test_sockets_that_wait_for_the_same_keys_are_all_told_at_once(
    key_server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "KEYS_WAIT_S", 0.5)
    key_server.answer = key_server.hang
    verifier = TokenVerifier(jwks_url=key_server.url)
    async with asyncio.timeout(WAIT_S):
        told = await asyncio.gather(
            *(verifier.verify_aside(KNOWN) for _socket in range(50)), return_exceptions=True
        )

    assert {type(error) for error in told} == {StoreUnavailable}
    assert key_server.asked == 1


def test_an_unsigned_token_asks_for_no_keys(key_server: KeyServer) -> None:
    verifier = verifier_of(key_server)
    unsigned = signed(EC_KEY, "ES256", "e9").split(".")
    header = {"alg": "none", "kid": "e9"}
    token = f"{jwt.utils.base64url_encode(json.dumps(header).encode()).decode()}.{unsigned[1]}."

    with pytest.raises(MalformedToken):
        verifier.verify(token)
    assert key_server.asked == 1


# --- the main server does not tell its keys ------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [
        {"body": b"<html>Back at nine</html>"},
        {"body": b'{"keys": []}'},
        {"body": b"[]"},
        {"status": 503},
        {"status": 302},
        {"body": b" " * 300_000},
    ],
)
def test_in_any_trouble_the_known_keys_go_on_for_a_day(
    key_server: KeyServer, trouble: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = verifier_of(key_server)
    vars(key_server).update(trouble)
    with pytest.raises(StoreUnavailable) as refusal:
        verifier.verify(ROTATED)

    assert (refusal.value.retry_after or 0) >= 1
    age(monkeypatch, 86_000)
    assert verifier.verify(KNOWN).member_id == 7


def test_after_that_day_nobody_is_let_in_and_nobody_blamed(
    key_server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = verifier_of(key_server, stale_s=3600)
    key_server.status = 503
    age(monkeypatch, 3600 + key_sets.FRESH_S + 1)

    with pytest.raises(StoreUnavailable):
        verifier.verify(KNOWN)
    key_server.status = 200
    assert verifier.verify(KNOWN).member_id == 7


def test_a_forged_token_of_a_known_key_is_refused_in_an_outage_too(key_server: KeyServer) -> None:
    verifier = verifier_of(key_server)
    key_server.status = 503

    with pytest.raises(MalformedToken):
        verifier.verify(signed(STRANGERS_KEY, "ES256", "e1"))


def test_failures_cool_down_too(key_server: KeyServer) -> None:
    key_server.status = 503
    verifier = TokenVerifier(jwks_url=key_server.url, cool_down_s=AN_AGE_S)

    with pytest.raises(StoreUnavailable):
        verifier.verify(KNOWN)
    for token in (KNOWN, ROTATED, forged(1)):
        with pytest.raises(StoreUnavailable) as refusal:
            verifier.verify(token)
        assert (refusal.value.retry_after or 0) > AN_AGE_S / 2  # told without waiting for what does not come
    assert key_server.asked == 1


def test_the_operator_is_told_what_is_wrong_and_when_it_is_over(
    key_server: KeyServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="chatproject.signing.key_sets")
    verifier = verifier_of(key_server)
    key_server.status = 503
    for number in range(5):
        with pytest.raises(StoreUnavailable):
            verifier.verify(forged(number))
    key_server.status, key_server.body = 200, NEW_SET
    assert verifier.verify(ROTATED).member_id == 7

    lines = [record.getMessage() for record in caplog.records]
    assert [line for line in lines if "503" in line] == [lines[0]]
    assert lines[-1] == "the key set of the main server is there again"


def test_the_set_is_asked_for_anew_after_an_outage(key_server: KeyServer) -> None:
    key_server.body = b"maintenance"
    verifier = TokenVerifier(jwks_url=key_server.url, cool_down_s=0)
    with pytest.raises(StoreUnavailable):
        verifier.verify(KNOWN)
    key_server.body = USUAL

    assert verifier.verify(KNOWN).member_id == 7
