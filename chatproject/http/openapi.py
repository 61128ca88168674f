"""How a view describes itself for the OpenAPI document, in this project's envelope. The words are the views'."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from chatproject.errors import (
    ChatError,
    InvalidInput,
    MemberNotFound,
    NotAuthenticated,
    StoreUnavailable,
    TooLarge,
    TooManyRequests,
    TooSlow,
)
from chatproject.http.api import BIGINT_MAX

Json = dict[str, Any]
View = TypeVar("View", bound=Callable[..., Any])

INTEGER_ID: Json = {"type": "integer", "minimum": 1, "maximum": BIGINT_MAX}
COUNT: Json = {"type": "integer", "minimum": 0, "maximum": BIGINT_MAX}
NOTHING: Json = {"type": "null"}

# whatever an endpoint does, these can happen before it: to the request as such, to its token, to the database
_ALWAYS: tuple[type[ChatError], ...] = (
    InvalidInput,
    NotAuthenticated,
    MemberNotFound,
    TooLarge,
    TooManyRequests,
    TooSlow,
    StoreUnavailable,
)


def describe(
    summary: str,
    *,
    data: Json,
    example: Any = None,
    parameters: Sequence[OpenApiParameter] = (),
    headers: Sequence[OpenApiParameter] = (),
    body: Json | None = None,
    refusals: Iterable[type[ChatError]] = (),
    always: Iterable[type[ChatError]] = _ALWAYS,
) -> Callable[[View], View]:
    """Describe a view's method. `data` and `body` are JSON schemas, `example` is a value of `data`; `always` is
    what can happen before it, whatever it does."""
    responses: dict[Any, Any] = {
        200: OpenApiResponse(_success(data), description="Done.", examples=[_example("done", _done(example))])
    }
    by_status: dict[int, list[type[ChatError]]] = defaultdict(list)
    for error in (*always, *refusals):
        by_status[error.http_status].append(error)
    for status, errors in sorted(by_status.items()):
        responses[status] = OpenApiResponse(
            _failure(status, errors),
            description=" / ".join(_meaning(error) for error in errors),
            examples=[_example(error.code, _failed(error)) for error in errors],
        )
    request = {"application/json": body} if body else None
    decorate: Callable[[View], View] = extend_schema(
        summary=summary, parameters=[*parameters, *headers], request=request, responses=responses
    )
    return decorate


def query(name: str, schema: Json, description: str, *, example: Any, required: bool = True) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        schema,
        OpenApiParameter.QUERY,
        required=required,
        description=description,
        examples=[OpenApiExample("an ordinary one", example)],
    )


def in_path(name: str, schema: Json, description: str, *, example: Any) -> OpenApiParameter:
    examples = [OpenApiExample("an ordinary one", example)]
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, description=description, examples=examples)


ROOM_ID_IN_PATH = in_path("room_id", INTEGER_ID, "The room.", example=1)
ROOM_ID_IN_QUERY = query("roomId", INTEGER_ID, "The room.", example=1)


def object_of(**properties: Json) -> Json:
    """A schema of an object that always has all of these, by their camelCase names."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def list_of(items: Json) -> Json:
    return {"type": "array", "items": items}


def optional(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def struct_schema(struct: type[msgspec.Struct]) -> Json:
    """The schema of a msgspec struct, with those that it holds in their places."""
    (reference,), schemas = msgspec.json.schema_components([struct])
    return _inlined(reference, schemas)  # type: ignore[no-any-return]


def _inlined(schema: Any, schemas: dict[str, Any]) -> Any:
    """Without references: those that msgspec makes lead nowhere in another document."""
    match schema:
        case {"$ref": str(reference)}:
            return _inlined(schemas[reference.rpartition("/")[2]], schemas)
        case dict():
            return {key: _inlined(value, schemas) for key, value in schema.items()}
        case list():
            return [_inlined(value, schemas) for value in schema]
        case _:
            return schema


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    """The two headers that a token may come in."""

    target_class = "chatproject.http.api.AccessTokenAuthentication"
    name = ["access", "bearer"]

    def get_security_definition(self, auto_schema: Any) -> list[Json]:
        return [
            {"type": "apiKey", "in": "header", "name": "access", "description": "The main server's access token."},
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The same."},
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]  # either is enough


class Schema(AutoSchema):
    """An operation is named after its view, and stands with those of the same app."""

    def get_operation_id(self) -> str:
        name = type(self.view).__name__
        several = len(set(self.view.allowed_methods) - {"OPTIONS"}) > 1
        return f"{self.method.lower()}{name}" if several else name[0].lower() + name[1:]

    def get_tags(self) -> list[str]:
        return [type(self.view).__module__.partition(".")[0]]


def say_what_annotations_cannot(result: Json, **_kwargs: Any) -> Json:
    """drf-spectacular's hook: `{room_id}` is `{roomId}` in the contract, a body is needed if anything in it is,
    and an optional number may be empty."""
    result["paths"] = {path.replace("_id}", "Id}"): operations for path, operations in result["paths"].items()}
    for operations in result["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                [content] = operation["requestBody"]["content"].values()
                operation["requestBody"]["required"] = bool(content["schema"].get("required"))
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["name"] = parameter["name"].replace("_id", "Id")
                elif not parameter.get("required") and parameter["schema"].get("type") == "integer":
                    parameter["allowEmptyValue"] = True
    return result


def add_healthz(result: Json) -> Json:
    """The one path of the contract that is no view of REST framework's."""
    alive = {"description": "It lives.", "content": {"text/plain": {"schema": {"type": "string", "enum": ["ok"]}}}}
    result["paths"]["/v1/healthz"] = {
        "get": {"operationId": "healthz", "summary": "Whether the process lives", "responses": {"200": alive}}
    }
    return result


# --- envelopes ---------------------------------------------------------------------------------


def _success(data: Json) -> Json:
    return object_of(
        status={"type": "string", "enum": ["SUCCESS"]},
        code={"type": "string", "enum": ["S-001"]},
        message={"type": "string"},
        data=data,
    )


def _failure(status: int, errors: Sequence[type[ChatError]]) -> Json:
    schema = object_of(
        status={"type": "integer", "enum": [status]},
        code={"type": "string", "enum": sorted({error.code for error in errors})},
        message={"type": "string", "description": "For people, in their language."},
    )
    schema["properties"]["retryAfter"] = {"type": "number", "description": "Seconds, where waiting helps."}
    return schema


def _done(data: Any) -> Json:
    return {"status": "SUCCESS", "code": "S-001", "message": "Done.", "data": data}


def _failed(error: type[ChatError]) -> Json:
    return {"status": error.http_status, "code": error.code, "message": _meaning(error)}


def _meaning(error: type[ChatError]) -> str:
    with translation.override("en"):
        return str(error.default_message)


def _example(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value)
