"""The OpenAPI document: it is valid, nothing is missing in it, and its page needs nobody else's server.

Whether the server keeps its word is in `tests.e2e.test_openapi`.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from jsonschema import Draft202012Validator

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    answer = client.get("/v1/schema")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in methods.keys() & METHODS:
            yield f"{method.upper()} {path}", methods[method]


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from routes(entry, path)


def test_the_document_is_valid_and_complete(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert capsys.readouterr().err == ""


def test_every_route_of_the_contract_is_described(document: dict[str, Any]) -> None:
    wanted = {
        "/" + re.sub(r"<str:(\w+)>", r"{\1}", path).replace("_id}", "Id}")
        for path in routes(get_resolver())
        if path.startswith(("v1/chat/", "v1/healthz"))
    }
    assert set(document["paths"]) == wanted


def test_every_parameter_and_every_answer_has_an_example(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        if name == "GET /v1/healthz":
            continue
        for parameter in operation.get("parameters", ()):
            assert parameter["examples"], f"{name}: {parameter['name']}"
        for status, response in operation["responses"].items():
            assert response["content"]["application/json"]["examples"], f"{name}: {status}"


def test_every_example_is_one(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        bodies = [answer["content"] for answer in operation["responses"].values()]
        bodies += [operation["requestBody"]["content"]] if "requestBody" in operation else []
        described = [*operation.get("parameters", ()), *(kind for body in bodies for kind in body.values())]
        for part in described:
            for example in part.get("examples", {}).values():
                errors = list(Draft202012Validator(part["schema"]).iter_errors(example["value"]))
                assert not errors, f"{name}: {errors}"


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _name, operation in operations(document)]
    assert len(names) == len(set(names))
    assert "createGroupRoom" in names


def test_either_header_is_enough(document: dict[str, Any]) -> None:
    assert document["paths"]["/v1/chat/my/rooms"]["get"]["security"] == [{"access": []}, {"bearer": []}]


def test_a_failure_names_the_codes_it_can_have(document: dict[str, Any]) -> None:
    responses = document["paths"]["/v1/chat/history/{roomId}"]["get"]["responses"]
    schema = responses["404"]["content"]["application/json"]["schema"]
    assert schema["properties"]["code"]["enum"] == ["E-M001", "E-R001"]


def test_the_page_takes_everything_from_this_server(client: Client) -> None:
    page = client.get("/v1/docs")
    script = client.get("/v1/docs?script=")
    assert page.status_code == script.status_code == 200
    assert "/v1/schema" in script.content.decode()
    for text in (page.content.decode(), script.content.decode()):
        assert not re.search(r"""(?:src|href|url)\s*[=:]\s*["']?(?:https?:)?//""", text)
