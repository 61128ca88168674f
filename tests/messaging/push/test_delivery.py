"""How a push gets to its push service, whatever that one does: by HTTPS, opened with a browser's own key."""

import asyncio
import ipaddress
import socket
import time
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from chatproject.outgoing.connecting import GuardedNetwork
from messaging.push import delivery as module
from messaging.push.delivery import FAILURES_BEARABLE, REQUESTS_MOST, REQUESTS_OF_ONE, TTL_S, Delivery, Parcel
from messaging.push.notes import About
from messaging.push.vapid import LASTS_S, Vapid
from tests.chatproject.outgoing.receiver import Taken, answers, drops, hangs
from tests.messaging.people import eventually, soon
from tests.messaging.push.browsers import HOST, PUSH, Browser, PushService

ABOUT = About(member_id=7, room_id=1, seqs=(1,))


@dataclass
class Sent:
    """A delivery, and what became of it."""

    delivery: Delivery
    service: PushService
    registry: CollectorRegistry
    forgotten: list[int] = field(default_factory=list)

    def outcomes(self) -> dict[str, float]:
        found = {}
        for metric in self.registry.collect():
            for sample in metric.samples:
                if sample.name == "chat_pushes_total":
                    found[sample.labels["outcome"]] = sample.value
        return found

    def offer(self, browser: Browser, text: bytes = b"hello", *, name: str = "1", push_id: int = 1) -> None:
        address = self.service.address(name, browser, push_id=push_id)
        self.delivery.offer(Parcel(address, text, "topic", "high", ABOUT))

    async def settled(self) -> dict[str, float]:
        await soon(self.delivery.settled())
        return self.outcomes()


def make(service: PushService, network: GuardedNetwork) -> Sent:
    registry, forgotten = CollectorRegistry(), list[int]()

    async def forget(push_ids: Collection[int]) -> None:
        forgotten.extend(push_ids)

    vapid = Vapid(private_key=PUSH.private_key, subject=PUSH.subject, now=time.time)
    delivery = Delivery(vapid=vapid, network=network, tls=service.trust, forget=forget, registry=registry)
    return Sent(delivery, service, registry, forgotten)


@pytest.fixture
async def sent(service: PushService) -> AsyncIterator[Sent]:
    sent = make(service, service.network)
    yield sent
    await soon(sent.delivery.stop())


@pytest.fixture
def browser() -> Browser:
    return Browser()


async def test_it_arrives_for_the_browser_alone_and_says_who_sent_it(sent: Sent, browser: Browser) -> None:
    before = int(time.time())
    sent.offer(browser, "안녕".encode(), name="laptop?x=1")
    [taken] = await sent.service.has_taken(1)
    assert await sent.settled() == {"sent": 1}
    assert taken.path == "/wpush/laptop?x=1"
    assert browser.open(taken.body) == "안녕".encode()
    claims = sent.service.whom(taken)
    assert claims["sub"] == PUSH.subject
    assert before + LASTS_S <= claims["exp"] <= time.time() + LASTS_S
    named = {name: taken.headers[name] for name in ("content-encoding", "content-type", "ttl", "topic", "urgency")}
    assert named == {
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(TTL_S),
        "topic": "topic",
        "urgency": "high",
    }
    assert taken.headers["host"] == f"{HOST}:{sent.service.receiver.port}"


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_no_more_is_forgotten(sent: Sent, browser: Browser, status: int) -> None:
    sent.service.receiver.behave = answers(status)
    sent.offer(browser, push_id=5)
    assert await sent.settled() == {"gone": 1}
    assert sent.forgotten == [5]


@pytest.mark.parametrize("status", [301, 400, 403, 413])
async def test_a_refusal_says_nothing_of_other_browsers(sent: Sent, browser: Browser, status: int) -> None:
    sent.service.receiver.behave = answers(status, headers="location: https://127.0.0.1/\r\n")
    for _time in range(FAILURES_BEARABLE + 2):
        sent.offer(browser)
        await sent.settled()
    assert sent.outcomes() == {"failed": FAILURES_BEARABLE + 2}
    assert sent.forgotten == []


@pytest.mark.parametrize("behave", [answers(500), drops])
async def test_a_service_that_fails_is_left_alone_for_a_while(
    sent: Sent, browser: Browser, behave: object
) -> None:
    sent.service.receiver.behave = behave  # type: ignore[assignment]
    for _time in range(FAILURES_BEARABLE + 2):
        sent.offer(browser)
        await sent.settled()
    assert sent.outcomes() == {"failed": FAILURES_BEARABLE, "alone": 2}
    [known] = sent.delivery._services.values()
    assert 0 < known.alone_until - asyncio.get_running_loop().time() <= module.ALONE_FIRST_S
    known.alone_until = 0.0
    sent.service.receiver.behave = answers(201)
    sent.offer(browser)
    await eventually(lambda: sent.outcomes().get("sent") == 1)


async def test_a_service_that_asks_to_be_left_alone_is(sent: Sent, browser: Browser) -> None:
    sent.service.receiver.behave = answers(429, headers="retry-after: 60\r\n")
    sent.offer(browser)
    await sent.settled()
    sent.offer(browser)
    assert await sent.settled() == {"failed": 1, "alone": 1}


async def test_one_that_hangs_has_its_share_of_the_requests_and_no_more(
    sent: Sent, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_MOST", REQUESTS_OF_ONE + 2)
    sent.service.receiver.behave = hangs
    for number in range(2 * REQUESTS_OF_ONE):
        sent.offer(browser, name=str(number))
        if number < REQUESTS_OF_ONE:
            await sent.service.has_taken(number + 1)
    assert len(sent.service.receiver.taken) == REQUESTS_OF_ONE
    assert sent.outcomes() == {}
    for _more in range(3):
        sent.offer(browser)
    assert sent.outcomes() == {"dropped": 1}


async def test_a_burst_goes_out_in_its_order_by_few_connections(sent: Sent, browser: Browser) -> None:
    for number in range(40):
        sent.offer(browser, b"%d" % number)
    taken: list[Taken] = await sent.service.has_taken(40)
    assert await sent.settled() == {"sent": 40}
    assert {browser.open(one.body) for one in taken} == {b"%d" % number for number in range(40)}
    assert sent.service.receiver.connections <= 40 // REQUESTS_OF_ONE + REQUESTS_OF_ONE
    [known] = sent.delivery._services.values()
    assert (known.requests, list(known.waiting)) == (0, [])


async def test_nothing_inside_is_reached_by_any_name(service: PushService, browser: Browser) -> None:
    sent = make(service, GuardedNetwork(allowed=(), look_up=service.network._look_up))
    sent.offer(browser)
    assert await sent.settled() == {"failed": 1}
    assert service.receiver.connections == 0


async def test_of_services_that_members_name_and_that_are_none_few_are_remembered(
    sent: Sent, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SERVICES_MOST", 5)
    address = sent.service.address("1", browser)
    for number in range(12):
        elsewhere = address._replace(endpoint=f"https://push{number}.elsewhere.example/")
        sent.delivery.offer(Parcel(elsewhere, b"hello", "topic", "high", ABOUT))
        await sent.settled()
    assert sent.outcomes() == {"failed": 12}
    assert len(sent.delivery._services) <= 5


async def test_many_that_only_hold_us_up_hold_up_none_that_takes_what_it_is_sent(
    service: PushService, browser: Browser
) -> None:
    async def anywhere(_host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
        return [ipaddress.ip_address("127.0.0.1")]

    network = GuardedNetwork(allowed=[ipaddress.ip_network("127.0.0.0/8")], look_up=anywhere)
    sent = make(service, network)
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        port = silent.getsockname()[1]
        sent.offer(browser)
        await service.has_taken(1)
        await eventually(lambda: sent.outcomes() == {"sent": 1})
        address = service.address("1", browser)
        for number in range(2 * REQUESTS_MOST):
            elsewhere = address._replace(endpoint=f"https://push{number}.elsewhere.example:{port}/")
            sent.delivery.offer(Parcel(elsewhere, b"hello", "topic", "high", ABOUT))
        sent.offer(browser)
        await eventually(lambda: sent.outcomes().get("sent") == 2)
        assert sent.outcomes() == {"sent": 2}  # nobody waited for the others to fail
    await sent.settled()


@pytest.mark.parametrize("port", ["", ":443"])
async def test_however_an_endpoint_is_written_its_push_service_has_one_share(
    sent: Sent, browser: Browser, port: str
) -> None:
    for host in ("push.elsewhere.example", "PUSH.elsewhere.Example"):
        elsewhere = sent.service.address("1", browser)._replace(endpoint=f"https://{host}{port}/wpush/1")
        sent.delivery.offer(Parcel(elsewhere, b"hello", "topic", "high", ABOUT))
    await sent.settled()
    assert list(sent.delivery._services) == ["https://push.elsewhere.example"]
