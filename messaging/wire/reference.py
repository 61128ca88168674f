"""The WebSocket protocol for machines and for people: the AsyncAPI document, and the same as a page. No token."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from chatproject.http.content_security import allow
from chatproject.http.documents import made_once
from messaging.wire.asyncapi import Json, document


@made_once
def asyncapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


@made_once
@allow({"style-src": "'self'"})
def reference(request: HttpRequest) -> HttpResponse:
    """Every frame, close code and error code, in a page without scripts."""
    return render(request, "messaging/reference.html", _page())


def _page() -> dict[str, Any]:
    made = document()
    sections: dict[str, list[Json]] = {"receive": [], "send": []}
    for operation in made["operations"].values():
        answers = [_name_of(reply) for reply in operation.get("reply", {}).get("messages", [])]
        for message in operation["messages"]:
            sections[operation["action"]].append(_frame(made, _name_of(message), answers))
    replies = {name for frame in sections["receive"] for name in frame["answers"]}
    shown = {frame["name"] for frame in sections["send"]}
    sections["send"] += [_frame(made, name, []) for name in sorted(replies - shown)]
    return {
        "info": made["info"],
        "introduction": [_spans(paragraph) for paragraph in made["info"]["description"].split("\n\n")],
        "address": made["channels"]["chat"]["address"],
        "sections": [("Client to server", sections["receive"]), ("Server to client", sections["send"])],
        "close_codes": made["x-close-codes"],
        "error_codes": made["x-error-codes"],
    }


def _name_of(reference: Json) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _frame(made: Json, name: str, answers: list[str]) -> Json:
    schema, message = made["components"]["schemas"][name], made["components"]["messages"][name]
    fields = [
        {"name": field, "type": _type(values), "needed": field in schema["required"]}
        for field, values in schema["properties"].items()
        if field != "type"
    ]
    return {
        "name": name,
        "type": message["name"],
        "summary": _spans(message.get("summary", "")),
        "fields": fields,
        "answers": answers,
        "answered_by": [made["components"]["messages"][answer]["name"] for answer in answers],
    }


def _spans(text: str) -> list[str]:
    """The text's plain parts and what stands between backticks, by turns."""
    return " ".join(text.split()).split("`")


def _type(schema: Json) -> str:
    """A field's type and limits in a few words."""
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "$ref" in schema:
        return "object"
    limits = [
        f"{word} {schema[key]:,}"
        for key, word in (("minimum", "from"), ("minLength", "from"), ("maxLength", "to"))
        if key in schema
    ]
    unit = ["characters"] if "maxLength" in schema else []
    return " ".join([str(schema["type"]), *limits, *unit])
