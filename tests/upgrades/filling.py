"""A few rows for every table of a version: people who talk in two rooms, and rows of any kind in all other tables.

Written through the models that the migrations describe, so that it fits each state of them.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections, models
from django.db.migrations.loader import MigrationLoader

MOMENT = datetime(2026, 1, 1, 9, 0, 0, 123_456, tzinfo=UTC)
ROWS = 2  # in each table that is new or has changed
APPS = {"rooms", "messaging", "assistant", "chatproject", "outgoing", "server_api"}
SCENE = {"users", "chat_rooms", "chat_participants", "chat_messages"}
SHIPPED = {
    "assistant_budgets",
    "assistant_switch",
    "chat_care_texts",
}  # migrations make all rows that there can be
LARGEST = 9_000
# by table and column, what stands there: of the row's number, and 0 or 1
SPECIAL: dict[tuple[str, str], Callable[[int, int], Any]] = {
    ("auth_user", "username"): lambda pk, _n: f"staff{pk}",
    ("chat_legal_holds", "member_id"): lambda pk, n: None if n else pk,
    ("chat_legal_holds", "room_id"): lambda pk, n: pk if n else None,
}


def fill(alias: str, *, number: int, applied: list[str], changed: set[str]) -> None:
    """Add what the state of that number has of its own: a scene, and rows in the tables that changed."""
    loader = MigrationLoader(connections[alias])
    nodes = [(app, name) for app, _, name in (one.partition(".") for one in applied)]
    state = loader.project_state([node for node in nodes if node in loader.graph.nodes])
    found = {model._meta.db_table: model for model in state.apps.get_models()}
    _fill_scene(alias, found, number)
    for table, model in _in_order(found):
        if table in changed - SCENE - SHIPPED and (model._meta.app_label in APPS or table == "auth_user"):
            is_the_one = isinstance(model._meta.pk, models.SmallIntegerField)  # there is one for the whole site
            for n in range(0 if is_the_one and model.objects.using(alias).exists() else ROWS):
                with suppress(_NoneLeft):
                    row = {field.attname: _value(alias, field, number, n) for field in model._meta.concrete_fields}
                    model.objects.using(alias).create(**row)


# --- people


def _fill_scene(alias: str, found: dict[str, Any], number: int) -> None:
    """Two members, their group room with five messages, and their private room with one."""
    base = number * 100
    alice, bob, group, private = base + 1, base + 2, base + 1, base + 2
    for member_id, nickname in ((alice, f"앨리스{number}"), (bob, f"Bob{number}🍣")):
        _add(alias, found["users"], member_id=member_id, nickname=nickname, created_at=MOMENT, updated_at=MOMENT)
    for room_id, is_group, last in ((group, True, 5), (private, False, 1)):
        names = {
            "name": f"{number}번째 방" if is_group else None,
            "pair_key": None if is_group else f"{alice}:{bob}",
        }
        if not found["chat_rooms"]._meta.get_field("name").null and not is_group:
            names["name"] = f"{alice}-{bob}"
        _add(
            alias,
            found["chat_rooms"],
            room_id=room_id,
            is_group_chat=is_group,
            last_seq=last,
            version=last,
            roster_version=2,
            creator_id=alice,
            is_owned=is_group,
            created_at=MOMENT,
            updated_at=MOMENT,
            **names,
        )
        for place, member_id in enumerate((alice, bob)):
            _add(
                alias,
                found["chat_participants"],
                participant_id=2 * room_id + place,
                room_id=room_id,
                member_id=member_id,
                read_seq=last - place,
                role="member" if place or not is_group else "owner",
            )
    said: tuple[tuple[str, int | None, str, dict[str, Any]], ...] = (
        ("안녕하세요 👋", alice, "member", {}),
        ("고친 말", bob, "member", {"edited_at": MOMENT, "marks": _marks(alice)}),
        ("지운 말", alice, "member", {"deleted_at": MOMENT, "marks": '{"deletedBy":"author"}'}),
        ("대답이에요", None, "assistant", {"reply_to": 1}),
        ("Bob이 들어왔어요", None, "notice", {}),
    )
    for seq, (contents, sender_id, kind, more) in enumerate(said, start=1):
        _say(alias, found, base + seq, group, seq, contents, sender_id, kind, more)
    _say(alias, found, base + 6, private, 1, "둘만의 말", alice, "member", {"client_id": f"{base:032x}"})


def _say(
    alias: str,
    found: dict[str, Any],
    pk: int,
    room_id: int,
    seq: int,
    contents: str,
    sender_id: int | None,
    kind: str,
    more: dict[str, Any],
) -> None:
    moment = MOMENT + timedelta(seconds=seq)
    _add(
        alias,
        found["chat_messages"],
        message_id=pk,
        room_id=room_id,
        seq=seq,
        version=seq,
        contents=contents,
        sender_id=sender_id,
        kind=kind,
        created_at=moment,
        updated_at=moment,
        **more,
    )


def _marks(member_id: int) -> str:
    return json.dumps({"reactions": [{"key": "👍", "count": 1, "memberIds": [member_id]}]}, ensure_ascii=False)


def _add(alias: str, model: Any, **row: Any) -> None:
    """Without those columns that this state does not have; times are given, not taken."""
    known = {field.attname for field in model._meta.concrete_fields}
    model.objects.using(alias).bulk_create([model(**{name: row[name] for name in row.keys() & known})])
    times = row.keys() & known & {"created_at", "updated_at"}
    model.objects.using(alias).filter(pk=row[model._meta.pk.attname]).update(**{name: row[name] for name in times})


# --- rows of any kind


def _in_order(found: dict[str, Any]) -> list[tuple[str, Any]]:
    """Those that others refer to first."""
    done: dict[str, Any] = {}

    def add(table: str, model: Any) -> None:
        if table not in done:
            for field in model._meta.concrete_fields:
                if field.remote_field and field.related_model is not model:
                    add(field.related_model._meta.db_table, field.related_model)
            done[table] = model

    for table in sorted(found):
        add(table, found[table])
    return list(done.items())


def _value(alias: str, field: Any, number: int, n: int) -> Any:
    base, table = number * 100, field.model._meta.db_table
    pk = base + 50 + n
    if special := SPECIAL.get((table, field.column)):
        return special(pk, n)
    if field.remote_field:
        return _target(alias, field, n)
    if field.choices and not isinstance(field, models.JSONField):
        return field.choices[n % len(field.choices)][0]
    match field:
        case models.JSONField():
            return field.get_default() if field.has_default() else {"n": n}
        case models.BooleanField():
            return bool(n)
        case models.PositiveSmallIntegerField() | models.SmallIntegerField():
            return n + 1
        case models.IntegerField():  # of any size
            return pk if field.primary_key or field.unique else min(pk, LARGEST)
        case models.DateTimeField():
            return None if field.null and n else MOMENT + timedelta(seconds=pk)
        case models.DateField():
            return (MOMENT + timedelta(days=number)).date()
        case models.BinaryField():
            return bytes([n, number, 255])
        case models.CharField() | models.TextField():
            return _text(field, pk)
    raise TypeError(f"What stands in {table}.{field.column}, a {type(field).__name__}?")


class _NoneLeft(Exception):
    """Each row there has its own here already."""


def _text(field: Any, pk: int) -> str:
    if field.has_default() and field.default in ("[]", "{}"):
        return str(field.default)
    if (field.max_length or 0) in (16, 32, 64) or field.primary_key:
        return f"{pk:0{min(field.max_length, 32)}x}"
    return f"말 {pk}"[-field.max_length if field.max_length else 0 :]


def _target(alias: str, field: Any, n: int) -> Any:
    """A row there that nothing unique refers to yet; the second of two refers to none where it may."""
    if field.null and n:
        return None
    target = field.related_model._base_manager.using(alias)
    taken = set()
    if field.unique or field.model._meta.pk is field:
        taken = set(field.model._base_manager.using(alias).values_list(field.attname, flat=True))
    free = [pk for pk in target.order_by("-pk").values_list("pk", flat=True) if pk not in taken]
    if len(free) <= n:
        raise _NoneLeft
    return free[n]
