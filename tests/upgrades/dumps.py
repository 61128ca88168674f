"""The databases of earlier versions, as files: what each state that landed has that the one before had not.

`states/NN_NAME.VENDOR.json` holds the migrations that came, the statements of tables that are new or other than
before (null: gone), and of the rows those that came and those that went: all, where the columns are others. What
was before is in the files before. No database is used here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STATES = Path(__file__).with_name("states")
VENDORS = ("sqlite", "mysql")  # the second made on MariaDB

Row = tuple[Any, ...]


@dataclass
class Table:
    """`statements` make it, `columns` name what each of its rows holds."""

    statements: list[str]
    columns: list[str]
    rows: list[Row] = field(default_factory=list)


Tables = dict[str, Table]


@dataclass
class State:
    """A database as a version of the past left it."""

    number: int
    name: str
    applied: list[str]  # "rooms.0001_initial", in the order of their names
    came: list[str]  # those of them that the state before lacked
    tables: Tables
    changed: list[str]  # tables whose statements are not those of the state before


def states(vendor: str) -> Iterator[State]:
    """From the oldest to the newest."""
    applied: list[str] = []
    tables: Tables = {}
    for path in paths(vendor):
        delta = json.loads(path.read_text(encoding="utf-8"))
        number, _, name = path.name.partition(".")[0].partition("_")
        applied = sorted([*applied, *delta["migrations"]])
        tables = {table: Table(one.statements, one.columns, list(one.rows)) for table, one in tables.items()}
        known = {table: one.columns for table, one in tables.items()} | dict.fromkeys(
            delta["tables"].keys() - tables
        )
        for table, statements in delta["tables"].items():
            if statements is None:
                del tables[table]
            else:
                tables[table] = Table(statements, [], tables[table].rows if table in tables else [])
        for table, columns in delta["columns"].items():
            if columns != known[table]:
                tables[table].rows = []
            tables[table].columns = columns
        for table, rows in delta["went"].items():
            gone = {json.dumps(row) for row in rows}
            tables[table].rows = [row for row in tables[table].rows if json.dumps(row) not in gone]
        for table, rows in delta["came"].items():
            tables[table].rows += map(tuple, rows)
        yield State(int(number), name, applied, delta["migrations"], tables, list(delta["columns"]))


def paths(vendor: str) -> list[Path]:
    return sorted(STATES.glob(f"*.{vendor}.json"))


def write(vendor: str, stem: str, *, before: State | None, applied: list[str], tables: Tables) -> Path:
    """Write what has changed since `before`."""
    old = before.tables if before else {}
    changed = {
        name: one for name, one in tables.items() if name not in old or old[name].statements != one.statements
    }
    came, went = {}, {}
    for name, one in tables.items():
        before_it = old[name].rows if name in old and old[name].columns == one.columns else []
        known, now = ({json.dumps(row) for row in rows} for rows in (before_it, one.rows))
        came[name] = [row for row in one.rows if json.dumps(row) not in known]
        went[name] = [row for row in before_it if json.dumps(row) not in now]
    delta: dict[str, Any] = {
        "migrations": sorted(set(applied) - set(before.applied if before else [])),
        "tables": {name: one.statements for name, one in changed.items()}
        | dict.fromkeys(old.keys() - tables.keys()),
        "columns": {name: one.columns for name, one in changed.items()},
        "went": {name: rows for name, rows in went.items() if rows},
        "came": {name: rows for name, rows in came.items() if rows},
    }
    path = STATES / f"{stem}.{vendor}.json"
    path.write_text(_lines(delta), encoding="utf-8")
    return path


def _lines(delta: dict[str, Any]) -> str:
    """As JSON with a line for each table's statements and each row, so that changes are read line by line."""
    parts = [f'"migrations": {json.dumps(delta["migrations"])}']
    for part in ("tables", "columns"):
        lines = [f"{json.dumps(name)}: {_compact(value)}" for name, value in sorted(delta[part].items())]
        parts.append(f'"{part}": {{\n' + ",\n".join(lines) + "\n}")
    for part in ("went", "came"):
        tables = [
            f"{json.dumps(name)}: [\n" + ",\n".join(map(_compact, rows)) + "\n]"
            for name, rows in sorted(delta[part].items())
        ]
        parts.append(f'"{part}": {{' + ",\n".join(tables) + "}")
    return "{" + ",\n".join(parts) + "}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
