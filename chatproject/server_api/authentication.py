"""Who calls the server API, for REST framework and for the document of the API: a key in `Authorization`."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from chatproject.http.api import bearer_token
from chatproject.server_api.keys import MainServer, recognise


class ServerKeyAuthentication(BaseAuthentication):
    """`request.user` is the MainServer; under ASGI `share` has found that out."""

    def authenticate(self, request: Request) -> tuple[MainServer, None]:
        found: MainServer | None = getattr(request, "scope", {}).get("main_server")
        return found or recognise(bearer_token(request.headers.get("authorization", "")), now=timezone.now()), None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def main_server_of(request: Request | HttpRequest) -> MainServer:
    """The authenticated main server of a request, typed."""
    main_server = request.user
    assert isinstance(main_server, MainServer)
    return main_server


class ServerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    target_class = "chatproject.server_api.authentication.ServerKeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A key that the admin made: chk_…"}
