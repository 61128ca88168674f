"""What one request makes of a receiver that is well, and of those that are not."""

import asyncio
import ipaddress
import ssl
from pathlib import Path

import pytest

from chatproject.outgoing import posting as posting_module
from chatproject.outgoing.addresses import read_url
from chatproject.outgoing.answers import Answer
from chatproject.outgoing.connecting import GuardedNetwork, tls
from chatproject.outgoing.posting import REQUEST_MAX_S, Lane, Receiver
from tests.certificates import make_authority
from tests.chatproject.outgoing.receiver import (
    answers,
    drips,
    drops,
    hangs,
    receiving,
    says_a_megabyte,
)
from tests.conftest import TimePasses

NETWORK = GuardedNetwork(allowed=[ipaddress.ip_network("127.0.0.0/8")])
HEADERS = [(b"webhook-id", b"evt_1_1")]
BODY = '{"type":"message","data":{"text":"고민이 있어요"}}'.encode()


@pytest.fixture
def lane() -> Lane:
    return Lane(NETWORK, tls())


async def post(lane: Lane, url: str) -> Answer:
    return await lane.post(Receiver(read_url(url)), HEADERS, BODY)


async def test_a_request_says_what_it_is_and_brings_the_body_as_it_is(lane: Lane) -> None:
    async with receiving() as receiver:
        assert await post(lane, receiver.url) == Answer(204)

        [taken] = receiver.taken
        assert taken.path == "/events?of=chat"
        assert taken.body == BODY
        assert taken.headers["host"] == f"127.0.0.1:{receiver.port}"
        assert taken.headers["content-type"] == "application/json"
        assert taken.headers["webhook-id"] == "evt_1_1"
        await lane.close()


async def test_a_connection_is_kept_for_the_next_request(lane: Lane) -> None:
    async with receiving() as receiver:
        for _ in range(3):
            assert (await post(lane, receiver.url)).is_success

        assert receiver.connections == 1
        await lane.close()


@pytest.mark.parametrize(
    ("status", "reason"), [(500, "status"), (404, "status"), (410, "status"), (307, "redirect")]
)
async def test_what_is_no_success_is_told_by_its_status(lane: Lane, status: int, reason: str) -> None:
    async with receiving() as receiver:
        receiver.behave = answers(status, body=b"no")

        assert await post(lane, receiver.url) == Answer(status, reason, f"answered {status}")
        await lane.close()


async def test_who_asks_to_be_left_alone_is_understood(lane: Lane) -> None:
    async with receiving() as receiver:
        receiver.behave = answers(429, headers="Retry-After: 90\r\n")

        assert await post(lane, receiver.url) == Answer(429, "status", "answered 429", 90)
        await lane.close()


async def test_nobody_is_led_elsewhere(lane: Lane) -> None:
    async with receiving() as elsewhere, receiving() as receiver:
        receiver.behave = answers(307, headers=f"location: {elsewhere.url}\r\n")

        assert (await post(lane, receiver.url)).reason == "redirect"
        assert not elsewhere.connections
        await lane.close()


async def test_a_receiver_that_hangs_is_left_after_ten_seconds(lane: Lane, time_passes: TimePasses) -> None:
    async with receiving() as receiver:
        receiver.behave = hangs
        posting = asyncio.create_task(post(lane, receiver.url))
        await receiver.has_taken(1)
        time_passes(REQUEST_MAX_S)

        assert (await posting).reason == "timeout"

        receiver.behave = answers(200)
        assert (await post(lane, receiver.url)).is_success
        await lane.close()


async def test_yes_counts_though_it_is_said_without_end(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting_module, "ANSWER_REST_MAX_S", 0.05)
    async with receiving() as receiver:
        receiver.behave = drips

        assert await post(lane, receiver.url) == Answer(200)
        await lane.close()


async def test_a_megabyte_is_not_read(lane: Lane) -> None:
    async with receiving() as receiver:
        receiver.behave = says_a_megabyte
        assert await post(lane, receiver.url) == Answer(200)

        receiver.behave = answers(200, body=b"x" * 60_000)
        assert await post(lane, receiver.url) == Answer(200)
        assert await post(lane, receiver.url) == Answer(200)

        assert receiver.connections == 2  # not the one with the megabyte
        await lane.close()


async def test_who_drops_the_connection_and_who_is_away_are_told_apart(lane: Lane) -> None:
    async with receiving() as receiver:
        receiver.behave = drops
        assert (await post(lane, receiver.url)).reason == "dropped"
    away = await post(lane, receiver.url)
    assert (away.reason, "ConnectionRefusedError" in away.error) == ("connect", True)


async def test_who_speaks_no_http_is_like_one_who_drops_it(lane: Lane) -> None:
    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n" * 10)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    answer = await post(lane, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    server.close()

    assert answer.reason == "dropped"


async def test_a_refused_address_is_told_as_such() -> None:
    lane = Lane(GuardedNetwork(allowed=[]), tls())

    assert (await post(lane, "http://127.0.0.1:9/")).reason == "refused"


async def test_a_certificate_is_checked_and_its_name(tmp_path: Path) -> None:
    authority = make_authority("authority", tmp_path)
    ours, other = authority.sign("ours", address="127.0.0.1"), authority.sign("other", address="127.0.0.2")
    trusting = ssl.create_default_context(cafile=str(authority.file))

    for certificate, context, is_success in (
        (ours, trusting, True),
        (other, trusting, False),
        (ours, tls(), False),
    ):
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(*certificate)
        async with receiving(tls=serving) as receiver:
            lane = Lane(NETWORK, context)
            answer = await post(lane, receiver.url.replace("http:", "https:"))
            await lane.close()

        assert answer.is_success is is_success
        assert is_success or (answer.reason, "CERTIFICATE_VERIFY_FAILED" in answer.error) == ("connect", True)
        assert len(receiver.taken) == is_success


async def test_a_cancelled_request_leaves_a_lane_that_works(lane: Lane) -> None:
    async with receiving() as receiver:
        receiver.behave = hangs
        posting = asyncio.create_task(post(lane, receiver.url))
        await receiver.has_taken(1)
        posting.cancel()
        await asyncio.wait([posting])

        receiver.behave = answers(200)
        assert (await post(lane, receiver.url)).is_success
        await lane.close()


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("https://example.com", "example.com", "/"),
        ("https://example.com:8443/a?b=c", "example.com:8443", "/a?b=c"),
        ("https://[2606:4700::1]:444/", "[2606:4700::1]:444", "/"),
    ],
)
def test_an_address_is_written_into_the_request_as_it_stands(url: str, host: str, target: str) -> None:
    receiver = Receiver(read_url(url))

    assert dict(receiver.headers(b""))[b"host"] == host.encode()
    assert receiver.url.target == target.encode()
