"""Lets `migrate` work out what models look like before and after each operation once in a process.

That takes two thirds of `migrate`'s time, depends on no database, and comes out the same each time. What is done
to the database is done each time.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

Applied = frozenset[tuple[str, str]]
APPLIED = "applied"  # of a state that `migrate` goes on from: the migrations it comes of


class _Known(NamedTuple):
    """The states before and after each operation of a migration, and what the next migration begins with."""

    around: list[tuple[ProjectState, ProjectState]]
    end: ProjectState


_known: dict[tuple[Applied, str, str], _Known] = {}
_executor: Any = MigrationExecutor  # what the types of Django leave out
_migrate_all_forwards: Callable[..., ProjectState] = _executor._migrate_all_forwards
_apply = Migration.apply


def remember_states() -> None:
    """From now on."""
    _executor._migrate_all_forwards = _migrate_from_known
    Migration.apply = _apply_known  # type: ignore[method-assign,assignment]


def forget_states() -> None:
    _known.clear()


def are_known() -> bool:
    return bool(_known)


def _migrate_from_known(
    executor: Any, state: ProjectState, plan: Any, full_plan: Any, fake: bool, fake_initial: bool
) -> ProjectState:
    if not fake and not fake_initial:  # what is not applied is not remembered, nor what follows
        vars(state)[APPLIED] = frozenset(executor.loader.applied_migrations)
    end = _migrate_all_forwards(executor, state, plan, full_plan, fake, fake_initial)
    vars(end).pop(APPLIED, None)
    return end


def _apply_known(migration: Any, project_state: ProjectState, *arguments: Any, **options: Any) -> ProjectState:
    applied: Applied | None = vars(project_state).pop(APPLIED, None)
    if applied is None:
        return _apply(migration, project_state, *arguments, **options)
    key = (applied, migration.app_label, migration.name)
    operations = migration.operations
    try:
        if known := _known.get(key):
            migration.operations = [_Again(*each) for each in zip(operations, known.around, strict=True)]
            _apply(migration, _Nowhere(), *arguments, **options)
            project_state = known.end.clone()
        else:
            around: list[tuple[ProjectState, ProjectState]] = []
            migration.operations = [_First(each, around) for each in operations]
            project_state = _apply(migration, project_state, *arguments, **options)
            _known[key] = _Known(around, project_state.clone())
    except BaseException:
        forget_states()  # an operation that was cut off may have left a model half changed
        raise
    finally:
        migration.operations = operations
    vars(project_state)[APPLIED] = applied | {(migration.app_label, migration.name)}
    return project_state


class _First:
    """An operation, done for the first time: its states are noted."""

    def __init__(self, operation: Operation, around: list[tuple[ProjectState, ProjectState]]) -> None:
        self._operation, self._around = operation, around

    def __getattr__(self, name: str) -> Any:
        return getattr(self._operation, name)

    def database_forwards(self, app_label: str, editor: Any, before: ProjectState, after: ProjectState) -> None:
        self._operation.database_forwards(app_label, editor, before, after)
        if isinstance(self._operation, RunPython):
            before.is_delayed = False  # it had all models made ready, and need not again
        self._around.append((before, after.clone()))


class _Again:
    """An operation, done between states that are known."""

    def __init__(self, operation: Operation, around: tuple[ProjectState, ProjectState]) -> None:
        self._operation, self._around = operation, around

    def __getattr__(self, name: str) -> Any:
        return getattr(self._operation, name)

    def state_forwards(self, _app_label: str, _state: ProjectState) -> None:
        """It is known."""

    def database_forwards(self, app_label: str, editor: Any, _before: ProjectState, _after: ProjectState) -> None:
        self._operation.database_forwards(app_label, editor, *self._around)


class _Nowhere(ProjectState):
    """Stands for a state where none is worked out."""

    def clone(self) -> ProjectState:
        return self
