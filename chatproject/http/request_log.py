"""One line per HTTP request: method, path, status, time. An ASGI wrapper. Never the query: it may hold a token.

Nor the address of a file or an invitation: who has it gets the file, or into the room.
"""

import logging
import re
import time
from uuid import uuid4

import structlog
from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope

QUIET_PATHS = ("/v1/healthz", "/static/")  # asked every few seconds, or of no interest
SECRET_PATHS = ("/v1/files/", "/v1/chat/invite/")  # in what follows
UNPRINTABLE = re.compile(r"[^\x20-\x7e가-힣]")
PATH_MAX_CHARACTERS = 200
HUNG_UP = 499  # nginx's word for a client that went before it was answered

logger = logging.getLogger(__name__)


class RequestLog:
    """Gives each request an id, which every log line of it and the answer's header X-Request-Id carry."""

    def __init__(self, application: ASGI3Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        request_id = uuid4().hex[:16]
        status = 0
        started = time.perf_counter()

        async def send_with_id(event: ASGISendEvent) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                event["headers"] = [*event["headers"], (b"x-request-id", request_id.encode())]
            await send(event)

        with structlog.contextvars.bound_contextvars(request=request_id):
            try:
                await self.application(scope, receive, send_with_id)
                status = status or HUNG_UP
            finally:
                status = status or 500  # what the server answers for a fault
                if status >= 400 or not scope["path"].startswith(QUIET_PATHS):
                    path = UNPRINTABLE.sub("?", _without_secret(scope["path"])[:PATH_MAX_CHARACTERS])
                    taken_ms = round((time.perf_counter() - started) * 1_000, 1)
                    logger.info("%s %s %d", scope["method"], path, status, extra={"ms": taken_ms})


def _without_secret(path: str) -> str:
    return next((f"{known}..." for known in SECRET_PATHS if path.startswith(known)), path)
