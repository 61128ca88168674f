"""A collector of traces, over real HTTP: it takes OTLP as protobuf and keeps the spans, or lets callers hang."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.servers import HOST
from tests.times import WAIT_S


@dataclass(frozen=True)
class Span:
    """As it came. `process` is the instance that sent it; attributes by name, as plain values."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: int
    began_ns: int
    ended_ns: int
    is_failed: bool
    links: tuple[str, ...]  # ids of spans
    values: dict[str, Any]
    service: str
    process: str


class Collector:
    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.spans: list[Span] = []
        self.lets_go = threading.Event()  # cleared: whoever calls waits
        self.lets_go.set()
        self.was_called = threading.Event()
        self._changed = threading.Condition()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.was_called.set()
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.lets_go.wait()
                assert self.path == "/v1/traces"
                collector.take(dict(self.headers), body)
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: object) -> None: ...

        self.server = ThreadingHTTPServer((HOST, 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://{HOST}:{self.server.server_port}"

    def take(self, headers: dict[str, str], body: bytes) -> None:
        plain = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        with self._changed:
            self.requests.append(plain)
            self.headers.append(headers)
            self.spans += _spans(ExportTraceServiceRequest.FromString(plain))
            self._changed.notify_all()

    def wait_for(self, is_there: Callable[[list[Span]], Any]) -> Any:
        """What `is_there` finds in the spans that came, once it finds something."""
        deadline = time.monotonic() + WAIT_S
        with self._changed:
            while not (found := is_there(self.spans)):
                left_s = deadline - time.monotonic()
                assert left_s > 0, f"it never came; there are {[span.name for span in self.spans]}"
                self._changed.wait(left_s)
        return found


def _spans(request: ExportTraceServiceRequest) -> Iterator[Span]:
    for resource_spans in request.resource_spans:
        resource = _values(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield Span(
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    span.name,
                    span.kind,
                    span.start_time_unix_nano,
                    span.end_time_unix_nano,
                    span.status.code == 2,  # STATUS_CODE_ERROR
                    tuple(link.span_id.hex() for link in span.links),
                    _values(span.attributes),
                    resource["service.name"],
                    resource["service.instance.id"],
                )


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


@contextmanager
def running_collector() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.lets_go.set()
        collector.server.shutdown()
        collector.server.server_close()
        thread.join()
