"""What operators ask a process: is it ready for clients, and what has it counted. No token; keep them inside."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chatproject.errors import ChatError, PathNotFound, StoreUnavailable
from chatproject.http.api import json_failure, success
from chatproject.http.handlers import read_only
from chatproject.workers.colleagues import Colleagues
from messaging.server import ChatServer

RETRY_AFTER_S = 1.0


@read_only
async def readyz(request: HttpRequest) -> HttpResponse:
    """200 while clients are welcome, with what is degraded by name; 503 without the database or before the end."""
    try:
        state = await _look_at(_chat_server(request), are_files_up=_are_files_up(request))
    except ChatError as error:
        return json_failure(error)
    return JsonResponse(success(state), json_dumps_params={"ensure_ascii": False})


async def _look_at(server: ChatServer, *, are_files_up: bool) -> dict[str, object]:
    if server.is_stopping:
        raise StoreUnavailable(_("This server is about to stop."), retry_after=RETRY_AFTER_S)
    takes_writes = await server.database.takes_writes()
    degraded = ["database"] if server.writer.is_refused or not takes_writes else []
    degraded += [] if server.relay.is_up else ["relay"]
    degraded += ["writer"] if server.writer.is_behind else []
    degraded += [] if are_files_up else ["files"]  # people talk on without
    return {
        "state": "degraded" if degraded else "ready",
        "degraded": degraded,
        "database": "up" if takes_writes else "read-only",
        "relay": "up" if server.relay.is_up else "down",
        "files": "up" if are_files_up else "down",
        "messagesWaiting": server.writer.waiting,
    }


@read_only
async def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. Of several workers the one that is asked tells of all, each by its number."""
    colleagues: Colleagues | None = getattr(request, "scope", {}).get("colleagues")
    try:
        registry: Any = _chat_server(request).metrics.registry
    except PathNotFound as error:
        return json_failure(error)
    text = generate_latest(registry if colleagues is None else await colleagues.figures())
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _are_files_up(request: HttpRequest) -> bool:
    """Whether the store of files could be written to when it was looked at last."""
    files = getattr(request, "scope", {}).get("files")
    return files is None or bool(files.store.is_up)


def _chat_server(request: HttpRequest) -> ChatServer:
    """This process's server; PathNotFound outside ASGI, where there is none."""
    server = getattr(request, "scope", {}).get("chat_server")
    if server is None:
        raise PathNotFound
    assert isinstance(server, ChatServer)
    return server
