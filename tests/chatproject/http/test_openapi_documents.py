"""Two documents of one server: what members' apps call, and what the main server calls."""

from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator

from tests.chatproject.http.test_openapi import operations


def documents() -> tuple[dict[str, Any], dict[str, Any]]:
    members, servers = (Client().get(f"/v1/{path}").json() for path in ("schema", "server/schema"))
    return members, servers


def test_neither_document_has_what_is_the_others() -> None:
    members, servers = documents()
    assert not [path for path in members["paths"] if path.startswith("/v1/server")]
    assert {path.startswith("/v1/server/") for path in servers["paths"]} == {True}
    assert "/v1/healthz" in members["paths"]
    assert members["info"]["title"] != servers["info"]["title"]
    assert servers["components"]["securitySchemes"].keys() == {"key"}
    assert members["components"]["securitySchemes"].keys() == {"access", "bearer"}


def test_the_main_servers_names_every_operation_once_and_its_examples_are_some() -> None:
    _members, servers = documents()
    names = []
    for name, operation in operations(servers):
        names.append(operation["operationId"])
        assert operation["security"] == [{"key": []}]
        bodies = [answer["content"] for answer in operation["responses"].values()]
        described = [*operation.get("parameters", ()), *(kind for body in bodies for kind in body.values())]
        for part in described:
            assert part["examples"], name
            for example in part["examples"].values():
                errors = list(Draft202012Validator(part["schema"]).iter_errors(example["value"]))
                assert not errors, f"{name}: {errors}"
    assert len(names) == len(set(names))


def test_each_has_a_page_of_its_own() -> None:
    for path in ("schema", "server/schema"):
        docs = path.replace("schema", "docs")
        assert f"/v1/{path}" in Client().get(f"/v1/{docs}?script=").content.decode()
        assert Client().get(f"/v1/{docs}").status_code == 200
