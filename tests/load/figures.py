"""Brings the figures that were measured beside an earlier build into the README. Pure, but for `renew`."""

from collections.abc import Iterable
from pathlib import Path

from tests.load.beside import COMPARED, RATIO
from tests.load.results import Part

BEGIN, END = "<!-- Made by make bench -->\n", "<!-- Up to here -->\n"
HEAD = ["", "now", "before", "times", "measured again by"]


def renew(readme: Path, parts: Iterable[tuple[Part, str]]) -> None:
    """Put the table in the place of the one that is there. The parts, each with its command."""
    before, begin, rest = readme.read_text().partition(BEGIN)
    _old, end, after = rest.partition(END)
    assert begin
    assert end
    rows = [row for part, command in parts for row in _rows(part, command)]
    if rows:
        readme.write_text(
            f"{before}{BEGIN}{_markdown([HEAD, ['---', *['---:'] * 3, '---'], *rows])}\n{END}{after}"
        )


def _rows(part: Part, command: str) -> Iterable[list[str]]:
    for table in part.tables:
        for line in table.lines if table.plotted == RATIO else []:
            values = [column.text(line.median(column.key)) if line.has(column.key) else "" for column in COMPARED]
            yield [line.label.partition(" (target")[0], *values, f"`{command}`"]


def _markdown(rows: Iterable[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
