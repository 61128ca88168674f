"""Every column that names a member, or holds what somebody wrote, says what an erasure does with it, and why.

A new one that says nothing fails here: decide, say it in the model's `member_data`, and see to it that it is done.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from chatproject.member_data import MemberData, Policy
from rooms.models import Member

OF_DJANGO = {  # tables that Django's own apps make, column by column as ours
    "admin.LogEntry": {
        "object_id": MemberData.keep("A number."),
        "object_repr": MemberData.anonymise("A member's line names them: see messaging.personal.erasing."),
        "change_message": MemberData.keep("Names of fields."),
    },
    "auth.Permission": dict.fromkeys(("name", "codename"), MemberData.keep("Ours.")),
    "auth.Group": {"name": MemberData.keep("Staff's.")},
    "auth.User": dict.fromkeys(
        ("password", "username", "first_name", "last_name", "email"), MemberData.keep("Staff, who are no members.")
    ),
    "contenttypes.ContentType": dict.fromkeys(("app_label", "model"), MemberData.keep("Ours.")),
    "sessions.Session": dict.fromkeys(("session_key", "session_data"), MemberData.keep("Of staff.")),
}
LIKE_A_MEMBER = re.compile(r"member|_by(_id)?$|actor|subject_id|sender|author|uploader|asker|reporter")
RULES: dict[Any, Policy] = {models.CASCADE: Policy.DELETE, models.SET_NULL: Policy.ANONYMISE}
WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def all_models() -> list[Any]:
    return apps.get_models(include_auto_created=True)


def said_of(model: Any) -> dict[str, MemberData]:
    own: dict[str, MemberData] = model.__dict__.get("member_data", {})
    return own | OF_DJANGO.get(model._meta.label, {})


def names_a_member(field: Any) -> bool:
    if isinstance(field, models.ForeignKey):
        return field.related_model is Member
    return isinstance(field, models.IntegerField) and LIKE_A_MEMBER.search(field.name) is not None


def holds_words(field: Any) -> bool:
    return isinstance(field, WORDS) and not field.choices


def columns() -> Iterator[tuple[Any, Any]]:
    for model in all_models():
        yield from ((model, field) for field in model._meta.concrete_fields)


def unsaid() -> list[str]:
    return [
        f"{model._meta.label}.{field.name}"
        for model, field in columns()
        if (names_a_member(field) or holds_words(field)) and field.name not in said_of(model)
    ]


def test_of_every_such_column_it_is_said_what_becomes_of_it() -> None:
    assert unsaid() == []


def test_a_new_column_of_which_nothing_is_said_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Member, "member_data", {"member_id": MemberData.keep("a reason")})
    assert unsaid() == ["rooms.Member.nickname"]


def test_nothing_is_said_of_what_is_not_there() -> None:
    there = {(model._meta.label, field.name) for model, field in columns()}
    said = {(model._meta.label, name) for model in all_models() for name in said_of(model)}
    assert said - there == set()
    assert OF_DJANGO.keys() <= {model._meta.label for model in all_models()}


def test_each_has_its_reason_and_what_is_emptied_with_another_column_names_it() -> None:
    for model in all_models():
        for name, data in said_of(model).items():
            assert data.why.endswith("."), (model, name)
            if data.of:
                start = data.of.split("__")[0]
                assert data.policy is Policy.ANONYMISE, (model, name)
                assert start in said_of(model) or model._meta.get_field(start).is_relation, (model, name)


def test_what_the_database_does_when_a_users_row_goes_is_what_is_said() -> None:
    """The main server may delete its users without asking for an erasure."""
    for model, field in columns():
        if not isinstance(field, models.ForeignKey) or field.related_model is not Member:
            continue
        does = RULES[field.remote_field.on_delete]
        assert said_of(model)[field.name].policy is does, (model, field.name)
