"""Which requests have a span, whose `traceparent` is heeded, and what a span says of a request."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from chatproject.http.traced_requests import TracedRequests, is_main_servers, is_watched
from chatproject.tracing.starting import tracer_for
from chatproject.tracing.tracer import Tracer
from chatproject.tracing_settings import TracingSettings
from tests.collector import Collector, running_collector

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = (b"traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode())


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with running_collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        yield collector


@pytest.fixture
def tracer(collector: Collector) -> Tracer:
    return tracer_for(TracingSettings(is_on=True), CollectorRegistry())


async def ask(
    tracer: Tracer,
    path: str,
    *headers: tuple[bytes, bytes],
    status: int = 200,
    concerns: Callable[[Any], bool] = is_watched,
    heeds_parents: bool = False,
    **more: Any,
) -> None:
    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})

    async def send(_event: Any) -> None: ...

    traced: Any = TracedRequests(application, tracer, concerns=concerns, heeds_parents=heeds_parents)
    await traced({"type": "http", "method": "GET", "path": path, "headers": [*headers], **more}, None, send)


async def test_it_is_named_by_its_route_and_never_by_what_it_is_about(
    tracer: Tracer, collector: Collector
) -> None:
    await ask(tracer, "/v1/chat/invite/a-secret-code")
    await ask(tracer, "/nowhere/a-secret")
    await ask(tracer, "/v1/chat/history/7", status=503)
    await tracer.stop()
    invite, nowhere, history = collector.spans
    assert invite.values["http.route"] == "/v1/chat/invite/<str:code>"
    assert (nowhere.name, nowhere.values) == (
        "GET",
        {"http.request.method": "GET", "http.response.status_code": 200},
    )
    assert (history.name, history.is_failed) == ("GET /v1/chat/history/<str:room_id>", True)
    assert b"secret" not in b"".join(collector.requests)


@pytest.mark.parametrize("path", ["/v1/healthz", "/readyz", "/metrics", "/static/chat/page/base.css"])
async def test_what_is_asked_every_few_seconds_has_none(tracer: Tracer, collector: Collector, path: str) -> None:
    await ask(tracer, path)
    await tracer.stop()
    assert collector.spans == []


async def test_a_stranger_continues_no_trace_and_a_main_server_does(tracer: Tracer, collector: Collector) -> None:
    await ask(tracer, "/v1/chat/my/rooms", TRACEPARENT)
    servers: dict[str, Any] = {"concerns": is_main_servers, "heeds_parents": True}
    await ask(tracer, "/v1/server/rooms", TRACEPARENT, **servers)  # whoever that is
    await ask(tracer, "/v1/server/rooms", TRACEPARENT, **servers, main_server="main")
    await ask(tracer, "/v1/server/rooms", TRACEPARENT, TRACEPARENT, **servers, main_server="main")
    await ask(tracer, "/v1/server/rooms", (b"traceparent", b"x" * 5_000), **servers, main_server="main")
    await tracer.stop()
    assert [span.trace_id == TRACE for span in collector.spans] == [False, True, False, False]
