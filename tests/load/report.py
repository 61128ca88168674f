"""Writes what the parts found: results.json, a README with the tables, a plot for each part."""

import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

import msgspec

from tests.load.results import Column, Line, Part, Table

PACKAGES = ("django", "channels", "channels-redis", "uvicorn", "uvloop", "daphne", "mysqlclient", "fastapi")
HEAD = """# Benchmarks

Made by `make bench`, all on one machine: servers, MariaDB, Redis and the load generator. A cell is the median,
and in brackets the least and the most, of the rounds; in each round every line has its turn. CPU time is that
of the server process (all its threads) as the kernel counts it, so it says more than rates do on a machine of
few cores. The generator's own share of a core stands beside it: where it is near 100, rates and latencies are
the generator's limit.

Some parts take an earlier build beside this one, under the same interpreter and at the same database, in turns,
and say how many times its figures ours are, each round's by that round's. The aims are measured against b9135ad:

    git worktree add ../b9135ad b9135ad
    make bench ARGS="lone connect storm cluster steady --beside ../b9135ad"
"""

TAIL = (Path(__file__).parent / "further.md").read_text()


class Report(msgspec.Struct):
    """A part, with when, where and how it was measured."""

    part: Part
    measured: str
    machine: str
    command: str
    rounds: int


def save(directory: Path, key: str, part: Part, *, rounds: int, command: str) -> dict[str, Report]:
    """Put the part's figures in the place of its older ones, write everything anew, and return it."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "results.json"
    reports = msgspec.json.decode(file.read_bytes(), type=dict[str, Report]) if file.exists() else {}
    measured = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    reports[key] = Report(part, measured, describe_machine(), command, rounds)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(_rounded(reports)), indent=1))
    (directory / "README.md").write_text(text(reports))
    if tables := [table for table in part.tables if table.plotted]:
        plot(directory / f"{key}.png", tables)
    return reports


def text(reports: dict[str, Report]) -> str:
    """The whole page."""
    return HEAD + "".join(_section(key, report) for key, report in reports.items()) + TAIL


def describe_machine() -> str:
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    kernel = platform.release().partition("-")[0]
    return (
        f"{cpu_count()} cores ({model[1] if model else platform.machine()}), Linux {kernel}, "
        f"Python {platform.python_version()}, {packages}"
    )


def _rounded(reports: dict[str, Report]) -> dict[str, Report]:
    for report in reports.values():
        for line in (line for table in report.part.tables for line in table.lines):
            line.samples = [{key: round(value, 3) for key, value in sample.items()} for sample in line.samples]
    return reports


def _section(key: str, report: Report) -> str:
    part = report.part
    about = f"`{report.command}` · {report.measured} · {report.rounds} rounds · {report.machine}"
    blocks = [f"## {part.title}", part.about, "\n".join(f"* {finding}" for finding in part.findings)]
    for table in part.tables:
        blocks += [f"### {table.title}", _markdown(table)]
    if any(table.plotted for table in part.tables):
        blocks.append(f"![{part.title}]({key}.png)")
    return "\n" + "\n\n".join([*blocks, about]) + "\n"


def _markdown(table: Table) -> str:
    head = ["", *(column.heading for column in table.columns)]
    rows = [[line.label, *(_cell(line, column) for column in table.columns)] for line in table.lines]
    rule = ["---", *["---:"] * len(table.columns)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def _cell(line: Line, column: Column) -> str:
    if not line.has(column.key):
        return ""
    least, median, most = (column.text(value) for value in line.spread(column.key))
    return median if least == most else f"{median} ({least}–{most})"


def plot(file: Path, tables: list[Table]) -> None:
    """Bars of the medians, with the least and the most."""
    import matplotlib as mpl  # here, so that a part is measured without its memory

    mpl.use("Agg")
    from matplotlib import pyplot

    height = sum(0.45 * len(table.lines) + 1 for table in tables)
    ratios = [len(table.lines) + 2 for table in tables]
    figure, all_axes = pyplot.subplots(len(tables), 1, figsize=(9, height), squeeze=False, height_ratios=ratios)
    for axes, table in zip(all_axes[:, 0], tables, strict=True):
        assert table.plotted
        lines = [line for line in table.lines if line.has(table.plotted.key)]
        spreads = [line.spread(table.plotted.key) for line in lines]
        medians = [spread.median for spread in spreads]
        errors = [[s.median - s.least for s in spreads], [s.most - s.median for s in spreads]]
        colours = ["tab:red" if index == 0 else "tab:gray" for index in range(len(lines))]
        bars = axes.barh([line.label for line in lines], medians, xerr=errors, color=colours, capsize=3)
        axes.bar_label(bars, [table.plotted.text(median) for median in medians], padding=8)
        if max(medians) > 20 * min(medians) > 0:
            axes.set_xscale("log")
            axes.set_xlabel("logarithmic")
        axes.margins(x=0.15)
        axes.invert_yaxis()
        axes.set_title(f"{table.title}: {table.plotted.heading}")
    figure.tight_layout()
    figure.savefig(file, dpi=110, metadata={"Software": None})
    pyplot.close(figure)
