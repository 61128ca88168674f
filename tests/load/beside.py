"""Two builds of this project side by side: this one and, where it is given, an earlier one (`--beside DIR`).

Both run under this interpreter at the same MariaDB, each with a database and a Redis of its own. A server has a
core of its own, or several where it has several processes; MariaDB and the generator have the others. Each round
measures both.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tests.load.dialects import Seat
from tests.load.drive import Sample
from tests.load.generating import generate, write_seats
from tests.load.results import Column, Line, Table
from tests.load.systems import PROJECT, Stage
from tests.servers import Service

NOW = "now"
RATIO = Column("ratio", "times the earlier build", 2)
COMPARED = [Column("now", "now", None), Column("before", "before", None), RATIO]

Measured = dict[str, Sample]  # by the work's name


@dataclass(frozen=True)
class Build:
    """A checkout, and what the tables call it."""

    name: str
    directory: Path


def commit_of(checkout: Path) -> str:
    """Its short name."""
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def builds_of(beside: Path | None) -> list[Build]:
    """This one, and the one beside it."""
    builds = [Build(NOW, PROJECT)]
    if beside:
        builds.append(Build(f"before ({commit_of(beside)})", beside.resolve()))
    return builds


@dataclass(eq=False)
class House:
    """A build's server, in one process or several, and the seats that its generator takes."""

    build: Build
    services: list[Service]
    stage: Stage
    seats: Path

    @property
    def pids(self) -> list[int]:
        return [service.pid for service in self.services]

    def restart(self) -> None:
        """New processes, for what is measured from their beginning."""
        for service in self.services:
            service.kill()
            service.start()

    @property
    def other_cores(self) -> str:
        """Those that its servers leave, as for taskset."""
        return _others(len(self.services))

    def play(
        self,
        *steps: str,
        of: Sequence[int] = (),
        when_away: Callable[[], None] = lambda: None,
        when_done: Callable[[str], None] = lambda _step: None,
    ) -> Measured:
        """Play the generator's steps at the first process; the cost is that `of` these, or of all.

        See `generating`.
        """
        service = self.stage.database.service
        return generate(
            steps,
            port=self.services[0].port,
            seats=self.seats,
            pids=of or self.pids,
            database_pids=[service.pid] if service else [],
            cores=self.other_cores,
            when_away=when_away,
            when_done=when_done,
        )

    def questions(self) -> int:
        """The statements that the database was sent until now."""
        ((_name, count),) = self.stage.database.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
        return int(str(count))


def open_houses(
    stage: Stage,
    seats: Sequence[Seat],
    *,
    processes: int = 1,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> list[House]:
    """A server of each build, with these members in these rooms; the tables have them in this order."""
    if service := stage.database.service:
        _bind(service.pid, _others(processes))
    return [
        open_house(stage, build, seats, processes=processes, settings=settings)
        for build in builds_of(stage.beside)
    ]


def open_house(
    stage: Stage,
    build: Build,
    seats: Sequence[Seat],
    *,
    processes: int = 1,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> House:
    """A server of one build."""
    env = stage.new_chat(seats, project=build.directory) | dict(settings)
    services = [
        stage.start(
            build.name,
            ["taskset", "-c", str(core), sys.executable, str(build.directory / "manage.py"), "serve", "--port"],
            env,
        )
        for core in _first(processes)
    ]
    file = stage.logs / f"seats-{services[0].port}.tsv"
    write_seats(file, seats)
    return House(build, services, stage, file)


def _first(processes: int) -> list[int]:
    """A core for each process; where there are too few, they share all but the last."""
    cores = sorted(os.sched_getaffinity(0))
    return [cores[index % max(1, len(cores) - 1)] for index in range(processes)]


def _others(processes: int) -> str:
    cores = sorted(os.sched_getaffinity(0))
    taken = set(_first(processes))
    return ",".join(str(core) for core in cores if core not in taken or len(cores) == 1)


def _bind(pid: int, cores: str) -> None:
    """All threads of a process that runs."""
    subprocess.run(["taskset", "-a", "-c", "-p", cores, str(pid)], check=True, capture_output=True)


# --- in turns ------------------------------------------------------------------------------------


def in_rounds(houses: Sequence[House], measure: Callable[[House], Measured], *, rounds: int) -> list[list[Line]]:
    """For each work that `measure` names, a line of each house; who is first changes from round to round."""
    found: dict[str, list[Line]] = {}
    for number in range(rounds):
        for index in range(len(houses)):
            place = (index + number) % len(houses)
            for work, sample in measure(houses[place]).items():
                lines = found.setdefault(work, [Line(f"{work}, {house.build.name}", []) for house in houses])
                lines[place].samples.append(sample)
    return list(found.values())


@dataclass(frozen=True)
class Target:
    """`most` is how many times the earlier build's it may be; with `at_least` that is turned round.

    With `itself` it is the value of this build that may be so much.
    """

    work: str
    key: str
    what: str
    most: float
    at_least: bool = False
    itself: bool = False

    @property
    def bound(self) -> str:
        unit = "" if self.itself else " times"
        return f"{'at least' if self.at_least else 'at most'} {self.most:g}{unit}"

    def says(self, value: float) -> str:
        is_met = value >= self.most if self.at_least else value <= self.most
        unit = "" if self.itself else " times the earlier build's"
        missed = "" if is_met else ", missed"
        return f"{self.work}, {self.what}: {value:.2f}{unit} (target: {self.bound}{missed})."


def compared(found: Sequence[Sequence[Line]], targets: Sequence[Target]) -> tuple[list[Table], list[str]]:
    """The table of ratios, where there is an earlier build, and a sentence for each target.

    The ratio is that of the two samples of a round, so that what else the machine does meets both.
    """
    by_work = {lines[0].label.rpartition(f", {NOW}")[0]: lines for lines in found}
    lines, findings = [], []
    for target in targets:
        now, *earlier = by_work[target.work]
        for before in earlier:
            pairs = [
                (one[target.key], other[target.key])
                for one, other in zip(now.samples, before.samples, strict=True)
            ]
            label = f"{target.work}, {target.what} (target: {target.bound})"
            lines.append(
                Line(
                    label,
                    [
                        {"now": one, "before": other} | ({} if target.itself else {"ratio": one / other})
                        for one, other in pairs
                    ],
                )
            )
        if target.itself:
            findings.append(target.says(now.median(target.key)))
        elif earlier:
            findings.append(target.says(lines[-1].median("ratio")))
    tables = [Table("Against the earlier build", COMPARED, lines, plotted=RATIO)] if lines else []
    return tables, findings
