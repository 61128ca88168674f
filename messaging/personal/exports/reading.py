"""The rows of the tables that an export has as they are: some at a time, as JSON's values."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Field, Model, Q, QuerySet

from messaging.personal.exports.table import Table
from messaging.wire.times import wire_time
from rooms.models import Member, Room, shown_nickname
from rooms.selectors import private_room_names

ROWS_AT_ONCE = 300

Row = dict[str, Any]


class Page(NamedTuple):
    """`after`: where the next one begins; None where this is the last."""

    rows: list[Row]
    after: tuple[Any, ...] | None


def read_rows(table: Table, *, member_id: int, after: Sequence[Any] = ()) -> Page:
    """The next rows, by the names of the ORM and with its values."""
    theirs = model_of(table)._default_manager.filter(table.only, **{table.by: member_id})
    if after:
        theirs = theirs.filter(_behind(table.order, after))
    found = _rows(theirs, table)
    last = found[-1] if len(found) == ROWS_AT_ONCE else None
    return Page(found, None if last is None else tuple(last[one] for one in table.order))


def _rows(theirs: QuerySet[Any], table: Table) -> list[Row]:
    wanted = dict.fromkeys((*table.order, *table.columns))
    return list(theirs.order_by(*table.order).values(*wanted)[:ROWS_AT_ONCE])


def _behind(order: Sequence[str], after: Sequence[Any]) -> Q:
    """By the first column, or by the second where the first is the same."""
    first = Q(**{f"{order[0]}__gt": after[0]})
    if len(order) == 1:
        return first
    return first | Q(**{order[0]: after[0], f"{order[1]}__gt": after[1]})


def json_row(table: Table, row: Row) -> Row:
    return {table.json_name(column): _json(row[column]) for column in table.columns}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return wire_time(value)
    return value.isoformat() if isinstance(value, date) else value


def model_of(table: Table) -> type[Model]:
    """By its name: some are of apps that this one does not know."""
    return apps.get_model(table.model)


def field_of(table: Table, column: str) -> "Field[Any, Any]":
    """The model's field behind a column, also one of another table."""
    model: Any = model_of(table)
    *through, last = column.split("__")
    for step in through:
        model = model._meta.get_field(step).related_model
    found: Field[Any, Any] = next(one for one in model._meta.concrete_fields if last in (one.name, one.attname))
    return found


def member_item(*, member_id: int) -> Row:
    """Who it is, as far as it is known here."""
    member = Member.objects.filter(pk=member_id).first()
    return {
        "memberId": member_id,
        "nickName": member.nickname if member else shown_nickname(None, member_id=member_id),
        "role": member.role if member else None,
        "createdAt": _json(member.created_at) if member else None,
    }


def room_names(*, room_ids: Collection[int]) -> dict[int, str]:
    """What these rooms are called, those that are there."""
    names = dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "name"))
    private = private_room_names(room_ids=[room_id for room_id, name in names.items() if name is None])
    return {room_id: name or private[room_id] for room_id, name in names.items()}
