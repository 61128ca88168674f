"""`migrate` again after it was cut off: MySQL commits each change of a table at once, so what is there is left.

Also what makes the first migrations take tables over: a table that is there, with the columns that are wanted, is
not made.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Field, Index, Model
from django.db.models.constraints import BaseConstraint
from django.db.models.fields import PositiveIntegerRelDbTypeMixin


@contextmanager
def resuming(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Until the end of the block, this connection's migrations pass over what they find done."""
    editor = connection.SchemaEditorClass
    assert editor is not None
    first = _TakingOver if connection.features.can_rollback_ddl else _Resuming
    connection.SchemaEditorClass = type("ResumingSchemaEditor", (first, editor), {})
    try:
        yield
    finally:
        connection.SchemaEditorClass = editor


class _TakingOver(BaseDatabaseSchemaEditor):
    """Makes no table that is there. Goes before a database's own schema editor, as the one below."""

    # what the types of Django leave out
    _constraint_names: Callable[..., list[str]]
    _create_fk_sql: Callable[..., Any]
    _create_index_sql: Callable[..., Any]
    _create_unique_sql: Callable[..., Any]
    _field_should_be_indexed: Callable[..., bool]

    def create_model(self, model: type[Model]) -> None:
        if _columns_of(model) <= self._columns(model):
            self._complete(model)
        else:
            super().create_model(model)

    def _complete(self, model: type[Model]) -> None:
        """Make what follows a table's CREATE at the end of its migration, as far as it lacks."""
        present = self._constraints(model)
        self.deferred_sql += [
            index.create_sql(model, self) for index in model._meta.indexes if index.name not in present
        ]
        indexed = [each["columns"] for each in present.values() if each["index"]]
        for field in model._meta.local_fields:
            if self._field_should_be_indexed(model, field) and [field.column] not in indexed:
                self.deferred_sql.append(self._create_index_sql(model, fields=[field]))
            self._require_foreign_key(model, field)
        for names in model._meta.unique_together:
            if not self._is_unique(model, names):
                self.deferred_sql.append(self._create_unique_sql(model, list(map(model._meta.get_field, names))))
        for many in model._meta.local_many_to_many:
            through: Any = many.remote_field.through
            if through._meta.auto_created:
                self.create_model(through)

    def _require_foreign_key(self, model: type[Model], field: Any) -> None:
        if self.connection.vendor != "mysql" or not field.remote_field or not field.db_constraint:
            return
        if not self._constraint_names(model, [field.column], foreign_key=True):
            self.deferred_sql.append(self._create_fk_sql(model, field, "_fk_%(to_table)s_%(to_column)s"))

    def _is_unique(self, model: type[Model], names: tuple[str, ...]) -> bool:
        fields: Iterable[Any] = map(model._meta.get_field, names)
        return bool(self._constraint_names(model, [field.column for field in fields], unique=True))

    def _columns(self, model: type[Model]) -> set[str]:
        """Of the table as it stands; none where there is no table."""
        with self.connection.cursor() as cursor:
            if model._meta.db_table not in self.connection.introspection.table_names(cursor):
                return set()
            table = self.connection.introspection.get_table_description(cursor, model._meta.db_table)
        return {info.name for info in table}

    def _constraints(self, model: type[Model]) -> dict[str, Any]:
        with self.connection.cursor() as cursor:
            return dict(self.connection.introspection.get_constraints(cursor, model._meta.db_table))


class _Resuming(_TakingOver):
    """For databases that cannot take a half done migration back."""

    def delete_model(self, model: type[Model]) -> None:
        if self._columns(model):
            super().delete_model(model)

    def alter_db_table(self, model: type[Model], old_db_table: str, new_db_table: str) -> None:
        with self.connection.cursor() as cursor:
            is_there = old_db_table in self.connection.introspection.table_names(cursor)
        if is_there:
            super().alter_db_table(model, old_db_table, new_db_table)

    def add_field(self, model: type[Model], field: "Field[Any, Any]") -> None:
        if field.column is not None and field.column in self._columns(model):
            return
        # a new column that may be empty refers to nothing yet; looked at, all rows would be copied
        refers_to_nothing = bool(field.remote_field) and field.null
        with (
            self.connection.constraint_checks_disabled() if refers_to_nothing else nullcontext(),
            _unchecked(field),
        ):
            super().add_field(model, field)

    def remove_field(self, model: type[Model], field: "Field[Any, Any]") -> None:
        if field.column is None or field.column in self._columns(model):
            super().remove_field(model, field)

    def alter_field(
        self, model: type[Model], old_field: "Field[Any, Any]", new_field: "Field[Any, Any]", strict: bool = False
    ) -> None:
        if old_field.column is not None and old_field.column not in self._columns(model):
            return  # a later step of the same migration took it out, or gave it another name
        # a foreign key that is made again need not look at every row: they fitted
        with self.connection.constraint_checks_disabled() if old_field.remote_field else nullcontext():
            super().alter_field(model, old_field, new_field, strict)
        if new_field.column is not None:
            self._require_foreign_key(model, new_field)  # it is dropped, and made again, around the change

    def alter_unique_together(
        self, model: type[Model], old_unique_together: Any, new_unique_together: Any
    ) -> None:
        kept = {names for names in map(tuple, new_unique_together) if self._is_unique(model, names)}
        old: Any = {*map(tuple, old_unique_together)} | kept
        super().alter_unique_together(model, old, new_unique_together)

    def add_constraint(self, model: type[Model], constraint: BaseConstraint) -> None:
        if constraint.name not in self._constraints(model):
            super().add_constraint(model, constraint)

    def remove_constraint(self, model: type[Model], constraint: BaseConstraint) -> None:
        if constraint.name in self._constraints(model):
            super().remove_constraint(model, constraint)

    def add_index(self, model: type[Model], index: Index) -> None:
        if index.name not in self._constraints(model):
            super().add_index(model, index)

    def remove_index(self, model: type[Model], index: Index) -> None:
        if index.name in self._constraints(model):
            super().remove_index(model, index)


@contextmanager
def _unchecked(field: "Field[Any, Any]") -> Iterator[None]:
    """Let the field's column be added without a CHECK that it is positive: being unsigned it is, and with a CHECK
    MySQL copies the table, during which nobody writes, instead of adding the column at once."""
    if not isinstance(field, PositiveIntegerRelDbTypeMixin):
        yield
        return
    vars(field)["db_check"] = lambda _connection: None
    try:
        yield
    finally:
        del vars(field)["db_check"]


def _columns_of(model: type[Model]) -> set[str]:
    return {field.column for field in model._meta.local_fields if field.column is not None}
