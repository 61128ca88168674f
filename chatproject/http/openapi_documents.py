"""The two OpenAPI documents: what members' apps call, and what the main server calls. Neither has the other's."""

from typing import Any, ClassVar

from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator

from chatproject.http.openapi import Json, add_healthz

SERVER_PATHS = "/v1/server/"


def _is_servers(endpoint: tuple[str, Any, Any, Any]) -> bool:
    return endpoint[0].startswith(SERVER_PATHS)


class _OfMembers(EndpointEnumerator):
    def get_api_endpoints(self, patterns: Any = None, prefix: str = "") -> list[Any]:
        endpoints: list[Any] = super().get_api_endpoints(patterns, prefix)  # type: ignore[no-untyped-call]
        return [one for one in endpoints if not _is_servers(one)]


class _OfServers(EndpointEnumerator):
    def get_api_endpoints(self, patterns: Any = None, prefix: str = "") -> list[Any]:
        endpoints: list[Any] = super().get_api_endpoints(patterns, prefix)  # type: ignore[no-untyped-call]
        return [one for one in endpoints if _is_servers(one)]


class MembersDocument(SchemaGenerator):
    endpoint_inspector_cls = _OfMembers

    def get_schema(self, *args: Any, **kwargs: Any) -> Json:
        return add_healthz(super().get_schema(*args, **kwargs))  # type: ignore[no-untyped-call]


class ServersDocument(SchemaGenerator):
    endpoint_inspector_cls = _OfServers
    about: ClassVar[Json] = {
        "title": "Community chat: server API",
        "description": "For the main server, with a key that the admin makes. See docs/server-api.md.",
    }

    def get_schema(self, *args: Any, **kwargs: Any) -> Json:
        document: Json = super().get_schema(*args, **kwargs)  # type: ignore[no-untyped-call]
        document["info"] |= self.about
        return document
