"""What export.json looks like, as a JSON Schema: docs/export.schema.json is made from it."""

from typing import Any

from django.db import models

from chatproject.http.openapi import COUNT, INTEGER_ID, Json, list_of, object_of, optional, struct_schema
from messaging.file_models import File
from messaging.personal.exports.making import FORMAT, VERSION
from messaging.personal.exports.messages import AssistantAnswer, OwnMessage
from messaging.personal.exports.reading import field_of
from messaging.personal.exports.table import Table
from messaging.personal.exports.tables import TABLES
from rooms.models import Member

TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}
KINDS: tuple[tuple[type["models.Field[Any, Any]"], Json], ...] = (
    (models.BooleanField, {"type": "boolean"}),
    (models.DateTimeField, TIME),
    (models.DateField, {"type": "string", "format": "date"}),
    (models.IntegerField, {"type": "integer"}),
    (models.ForeignKey, {"type": "integer"}),
)
MEMBER = object_of(
    memberId=INTEGER_ID,
    nickName=TEXT,
    role=optional({"enum": list(Member.Role.values)}),
    createdAt=optional(TIME),
)
SENT_FILE = object_of(
    fileId=INTEGER_ID,
    roomId=INTEGER_ID,
    seq={**optional(INTEGER_ID), "description": "The message; null: it was not sent yet."},
    name=TEXT,
    type=TEXT,
    size={**COUNT, "description": "Bytes."},
    width=optional(COUNT),
    height=optional(COUNT),
    alt=TEXT,
    state={"enum": list(File.State.values)},
    reason={**TEXT, "description": "Why it was refused."},
    sentAt=TIME,
    path={**optional(TEXT), "description": "In the archive; null: its bytes are not in it."},
)


def export_schema() -> Json:
    lists = {table.name: list_of(_row(table)) for table in TABLES}
    said = {
        "messages": list_of(struct_schema(OwnMessage)),
        "assistantAnswers": list_of(struct_schema(AssistantAnswer)),
        "files": list_of(SENT_FILE),
        "roomNames": list_of(object_of(roomId=INTEGER_ID, name=TEXT)),
    }
    whole = object_of(
        format={"const": FORMAT},
        version={"const": VERSION},
        madeAt=TIME,
        language={"enum": ["ko", "en"]},
        member=MEMBER,
        **lists,
        **said,
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "export.json", **whole}


def _row(table: Table) -> Json:
    columns = {table.json_name(column): _column(table, column) for column in table.columns}
    return {**object_of(**columns), "additionalProperties": False}


def _column(table: Table, column: str) -> Json:
    field = field_of(table, column)
    schema = next((schema for kind, schema in KINDS if isinstance(field, kind)), TEXT)
    if field.choices and not field.blank:
        schema = {"enum": [value for value, _name in field.flatchoices]}
    return optional(schema) if field.null else schema
