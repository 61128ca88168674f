"""`python -m tests.load [PART …]`: measures the parts, all without a name, and writes docs/benchmarks."""

import argparse
import gc
import importlib
import os
import tempfile
import time
from pathlib import Path

import uvloop

from tests.load.beside import commit_of
from tests.load.figures import renew
from tests.load.report import save
from tests.load.systems import PROJECT, stage
from tests.servers import private_mariadb

DOCS = PROJECT / "docs" / "benchmarks"
SIDE_BY_SIDE = ("lone", "connect", "storm", "cluster", "steady")  # these take an earlier build beside
PARTS = (
    *SIDE_BY_SIDE,
    "soak",
    "fan_out",
    "many_rooms",
    "store",
    "latency",
    "idle",
    "reconnect",
    "slow_reader",
    "growth",
    "askers",
    "files",
    "read_marks",
    "reactions",
    "inbox",
    "search",
    "outgoing",
    "traces",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure, and write docs/benchmarks.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=5, help="samples of each line (default: 5)")
    parser.add_argument("--output", type=Path, default=DOCS, help="folder of the report")
    parser.add_argument(
        "--beside",
        type=Path,
        metavar="DIR",
        help="a checkout of an earlier build, measured in turns with this one",
    )
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    beside = arguments.beside and arguments.beside.resolve()
    os.chdir(PROJECT)
    gc.disable()  # the generator's own pauses would count as latency; its samples are short-lived
    with tempfile.TemporaryDirectory(prefix="chat-bench-") as logs, private_mariadb() as database:
        for key in arguments.parts or PARTS:
            began = time.monotonic()
            measure = importlib.import_module(f"tests.load.{key}").measure
            with stage(database, Path(logs), beside) as servers:
                part = uvloop.run(measure(servers, arguments.rounds))
            wanted = f'"{key} --beside ../{commit_of(beside)}"' if beside and key in SIDE_BY_SIDE else key
            command = f"make bench ARGS={wanted}"
            reports = save(arguments.output, key, part, rounds=arguments.rounds, command=command)
            if arguments.output == DOCS:
                renew(PROJECT / "README.md", [(report.part, report.command) for report in reports.values()])
            gc.collect()
            print(f"{key}: {time.monotonic() - began:.0f} s")
            for finding in part.findings:
                print(f"    {finding}")


if __name__ == "__main__":
    main()
