"""One look at the main server's key endpoint, with a real server that behaves as well as it likes."""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from chatproject.signing import key_download
from chatproject.signing.key_download import (
    KEY_SET_MAX_BYTES,
    KEYS_MAX,
    UnusableKeySet,
    download_keys,
    read_key_set,
)
from tests.chatproject.key_server import EC_KEY, RSA_KEY, USUAL, KeyServer, described, key_set
from tests.servers import free_port


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    with KeyServer().running() as server:
        yield server


async def test_the_keys_of_a_set_come_with_their_names(key_server: KeyServer) -> None:
    keys = await download_keys(key_server.url)

    assert [(key.kid, key.algorithm) for key in keys] == [("r1", "RS256"), ("e1", "ES256")]


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ([described(EC_KEY)], [None]),
        ([described(EC_KEY, "")], [None]),
        ([described(EC_KEY) | {"kid": 7}], ["7"]),
        ([described(EC_KEY, "e", use="enc"), described(EC_KEY, "s", use="sig")], ["s"]),
        ([described(EC_KEY, "e", key_ops=["deriveKey"]), described(EC_KEY, "s", key_ops=["verify"])], ["s"]),
        ([described(RSA_KEY, "other", alg="RS512"), described(RSA_KEY, "r")], ["r"]),
        ([{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", "kid": "s"}, described(EC_KEY, "e")], ["e"]),
        ([{"kty": "new"}, 7, None, {"kty": "RSA", "n": 1}, {}, described(EC_KEY, "e")], ["e"]),
    ],
)
def test_what_tokens_are_not_signed_with_is_left_out(listed: list[Any], names: list[str | None]) -> None:
    assert [key.kid for key in read_key_set(key_set(*listed))] == names


def test_a_byte_order_mark_and_a_lone_key_are_no_harm() -> None:
    assert read_key_set(b"\xef\xbb\xbf" + USUAL)
    assert [key.kid for key in read_key_set(key_set(described(EC_KEY, "e"))[len(b'{"keys": [') : -2])] == ["e"]


def test_a_set_of_very_many_keys_is_cut() -> None:
    assert len(read_key_set(key_set(*[described(EC_KEY)] * (KEYS_MAX + 1)))) == KEYS_MAX


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>We are back at nine</html>", "no JSON"),
        (b"", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no key set"),
        (b'{"keys": {}}', "no key set"),
        (b'{"keys": []}', "no key for"),
        (b"{}", "no key for"),
        (b'{"status": "maintenance"}', "no key for"),
    ],
    ids=lambda value: str(value[:12]),
)
async def test_what_is_no_set_with_a_key_is_told_with_a_reason(
    key_server: KeyServer, body: bytes, reason: str
) -> None:
    key_server.body = body

    with pytest.raises(UnusableKeySet, match=reason):
        await download_keys(key_server.url)


@pytest.mark.parametrize("status", [301, 302, 404, 500, 503, 204])
async def test_only_200_brings_keys_and_redirects_are_not_followed(key_server: KeyServer, status: int) -> None:
    key_server.status, key_server.headers = status, {"Location": key_server.url}

    with pytest.raises(UnusableKeySet, match=str(status)):
        await download_keys(key_server.url)
    assert key_server.asked == 1


async def test_an_answer_without_an_end_is_left(key_server: KeyServer) -> None:
    key_server.body = USUAL + b" " * KEY_SET_MAX_BYTES

    with pytest.raises(UnusableKeySet, match="more than"):
        await download_keys(key_server.url)


async def test_a_packed_answer_is_unpacked_as_far_as_a_set_may_be_long(key_server: KeyServer) -> None:
    key_server.headers, key_server.body = {"Content-Encoding": "gzip"}, gzip.compress(USUAL)
    assert len(await download_keys(key_server.url)) == 2

    key_server.body = gzip.compress(USUAL + b" " * KEY_SET_MAX_BYTES)
    with pytest.raises(UnusableKeySet, match="more than"):
        await download_keys(key_server.url)


@pytest.mark.parametrize("way", ["hang", "drip"])
async def test_a_server_that_takes_its_time_is_left_at_the_deadline(
    key_server: KeyServer, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_download, "DOWNLOAD_MAX_S", 0.5)
    key_server.answer = getattr(key_server, way)

    with pytest.raises(UnusableKeySet, match="within"):
        await download_keys(key_server.url)


async def test_a_server_that_is_away_is_told_with_a_reason() -> None:
    with pytest.raises(UnusableKeySet, match="ConnectError"):
        await download_keys(f"http://127.0.0.1:{free_port()}/keys")
