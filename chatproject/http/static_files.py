"""Static files by WhiteNoise, an ASGI wrapper around Django. Which there are is Django's staticfiles' to say.

The chat page asks for more than a hundred of them. Through Django each takes one of the turns and a thread.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles:
    """Answers what asks for one of the files, and hands everything else on."""

    def __init__(self, application: ASGI3Application) -> None:
        self._application = application
        self._files = _Files(get_response=_never)
        self._security = SecurityMiddleware(_never)

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or (answer := self._answer(scope)) is None:
            await self._application(scope, receive, send)
            return
        headers = _encoded(answer.items())
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})  # type: ignore[typeddict-item]
        await send({"type": "http.response.body", "body": answer.content, "more_body": False})

    def _answer(self, scope: HTTPScope) -> HttpResponse | None:
        if self._files.static_prefix not in scope["path"]:
            return None
        request = ASGIRequest(scope, BytesIO())
        if self._security.redirect and not request.is_secure():
            return None  # Django sends it elsewhere
        found = self._files.find(request.path_info)
        return None if found is None else self._with_security(request, self._files.serve(found, request))

    def _with_security(self, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        secured = self._security.process_response(request, answer)
        assert isinstance(secured, HttpResponse)
        return secured


class _Files(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise is not typed
    """WhiteNoise's list of the files."""

    def find(self, path: str) -> Any:
        return self.find_file(path) if self.autorefresh else self.files.get(path)

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """Read whole: they are small, and lie in the kernel's memory."""
        told = static_file.get_response(request.method, request.META)
        content = b""
        if told.file is not None:
            with told.file:
                content = told.file.read()
        answer = HttpResponse(content, status=int(told.status))
        del answer["content-type"]
        for name, value in told.headers:
            answer[name] = value
        return answer


def _never(_request: HttpRequest) -> HttpResponse:
    raise AssertionError("no middleware calls this")


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
