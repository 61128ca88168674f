"""The inventory: what is kept of a member is in the export, or it is said why not. Of a new column, too."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps

from chatproject.member_data import Policy
from messaging.personal.exports.left_out import LEFT_OUT
from messaging.personal.exports.reading import field_of
from messaging.personal.exports.schema import export_schema
from messaging.personal.exports.tables import TABLES, WRITTEN
from tests.chatproject.test_member_data import names_a_member, said_of

THE_MEMBERS = (Policy.DELETE, Policy.ANONYMISE)
ELSEWHERE = ("admin", "auth", "contenttypes", "sessions")  # staff's


def of_members() -> Iterator[tuple[str, Any]]:
    """Each column that names a member or that an erasure changes, with its model."""
    for model in apps.get_models():
        said = said_of(model)
        for field in model._meta.concrete_fields:
            policy = said[field.name].policy if field.name in said else None
            if model._meta.app_label not in ELSEWHERE and (names_a_member(field) or policy in THE_MEMBERS):
                yield model._meta.label, field


def exported() -> set[tuple[str, str]]:
    """By model and column, the ORM's names."""
    direct = {(table.model, column) for table in TABLES for column in (table.by, *table.columns)}
    joined = {
        (field_of(table, column).model._meta.label, field_of(table, column).name)
        for table in TABLES
        for column in table.columns
    }
    return direct | joined


def forgotten() -> list[str]:
    there = exported()
    return [
        f"{model}.{field.name}"
        for model, field in of_members()
        if model not in WRITTEN
        and not {(model, field.name), (model, field.attname)} & there
        and not {model, f"{model}.{field.name}"} & LEFT_OUT.keys()
    ]


def test_all_that_is_kept_of_a_member_is_exported_or_left_out_for_a_reason() -> None:
    assert forgotten() == []


def test_a_table_that_nobody_thought_of_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    others = tuple(table for table in TABLES if table.model != "messaging.Keyword")
    monkeypatch.setattr("tests.messaging.personal.exports.test_tables.TABLES", others)
    assert forgotten() == ["messaging.Keyword.member", "messaging.Keyword.word"]


def test_nothing_is_left_out_that_is_not_there_or_is_exported() -> None:
    columns = {f"{model}.{field.name}" for model, field in of_members()}
    models = {model._meta.label for model in apps.get_models()}
    assert {name for name in LEFT_OUT if name not in columns | models} == set()
    assert {table.model for table in TABLES} & LEFT_OUT.keys() == set()
    assert all(why.endswith(".") for why in LEFT_OUT.values())


def test_each_list_has_a_name_of_its_own() -> None:
    names = [table.name for table in TABLES]
    assert len({*names, *WRITTEN, *export_schema()["properties"]}) == len(WRITTEN) + len(
        export_schema()["properties"]
    )
    for table in TABLES:
        called = [table.json_name(column) for column in table.columns]
        assert len(set(called)) == len(called), table.name


def test_what_no_export_tells_stands_in_the_docs(pytestconfig: pytest.Config) -> None:
    """A member who asks why is answered from there."""
    documented = (pytestconfig.rootpath / "docs" / "export.md").read_text()
    assert [why for why in LEFT_OUT.values() if why not in " ".join(documented.split())] == []
    assert [table.name for table in TABLES if f"`{table.name}`" not in documented] == []
