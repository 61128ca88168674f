"""The span of an HTTP request that is sampled: its method, route and status, never its address. ASGI wrapper.

Whoever sends `traceparent` could have all their requests sampled. So it is heeded where the caller is known to be
a main server, and of others only where a setting says that their proxy answers for it.
"""

from collections.abc import Callable
from typing import Any

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    ASGISendEvent,
    HTTPScope,
    Scope,
)
from django.conf import settings
from django.urls import Resolver404, resolve

from chatproject.tracing.tracer import Place, Span, Tracer

QUIET_PATHS = ("/v1/healthz", "/readyz", "/metrics", "/static/", "/v1/server/")
TRACEPARENT_MAX_CHARACTERS = 512
TRACEPARENT = b"traceparent"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class TracedRequests:
    """`heeds_parents`: of all that comes by here. `concerns` says which requests do."""

    def __init__(
        self,
        application: ASGI3Application,
        tracer: Tracer,
        *,
        concerns: Callable[[HTTPScope], bool],
        heeds_parents: bool,
    ) -> None:
        self._application, self._tracer = application, tracer
        self._concerns, self._heeds_parents = concerns, heeds_parents

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        span = None
        if scope["type"] == "http" and self._concerns(scope):
            parent = self._parent(scope) if self._heeds_parents else None
            span = self._tracer.begin(scope["method"], kind="server", under=parent)
        if span is None:
            await self._application(scope, receive, send)
        else:
            assert scope["type"] == "http"
            await self._answer_in(span, scope, receive, send)

    def _parent(self, scope: HTTPScope) -> Place | None:
        shown = [value for name, value in scope["headers"] if name == TRACEPARENT]
        if len(shown) != 1 or len(shown[0]) > TRACEPARENT_MAX_CHARACTERS:
            return None
        return self._tracer.read(shown[0].decode("latin-1"))

    async def _answer_in(
        self, span: Span, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        route, status = _route(scope["path"]), 0

        async def send_noting_status(event: ASGISendEvent) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
            await send(event)

        try:
            with self._tracer.inside(span):
                await self._application(scope, receive, send_noting_status)
        except BaseException as error:
            span.fail(type(error).__name__)
            raise
        finally:
            span.rename(f"{method} {route}" if route else method)
            span.say({"http.request.method": method, **({"http.route": route} if route else {})})
            if status:
                span.say({"http.response.status_code": status})
            if status >= 500:
                span.fail(str(status))
            span.end()


def _route(path: str) -> str:
    """How the path is written in the project's addresses: without what it is about. "" where it is not there."""
    try:
        route = resolve(path).route
    except Resolver404:
        return ""
    return f"/{route}" if route or path == "/" else ""  # the last of the addresses takes everything


def is_watched(scope: HTTPScope) -> bool:
    """Whether it is worth a span, and no main server's, which has one further in."""
    return not scope["path"].startswith(QUIET_PATHS)


def is_main_servers(scope: HTTPScope) -> bool:
    """Whether its key was found to be good."""
    return "main_server" in scope


def traced(application: Any, tracer: Tracer, *, concerns: Callable[[HTTPScope], bool]) -> Any:
    """The application, with spans where there are any. Main servers' come once it is known whose they are."""
    if not tracer.is_on:
        return application
    heeds_parents = concerns is is_main_servers or settings.TRACING.trusts_everybody
    return TracedRequests(application, tracer, concerns=concerns, heeds_parents=heeds_parents)
