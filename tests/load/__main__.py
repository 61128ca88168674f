"""`python -m tests.load [PART …]`: measures the parts, all without a name, and writes docs/benchmarks."""

import argparse
import gc
import importlib
import os
import tempfile
import time
from pathlib import Path

import uvloop

from tests.load.report import save
from tests.load.systems import PROJECT, stage
from tests.servers import private_mariadb

PARTS = (
    "fan_out",
    "many_rooms",
    "store",
    "latency",
    "idle",
    "reconnect",
    "slow_reader",
    "growth",
    "askers",
    "read_marks",
    "reactions",
    "search",
    "outgoing",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure, and write docs/benchmarks.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=5, help="samples of each line (default: 5)")
    parser.add_argument(
        "--output", type=Path, default=PROJECT / "docs" / "benchmarks", help="folder of the report"
    )
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    os.chdir(PROJECT)
    gc.disable()  # the generator's own pauses would count as latency; its samples are short-lived
    with tempfile.TemporaryDirectory(prefix="chat-bench-") as logs, private_mariadb() as database:
        for key in arguments.parts or PARTS:
            began = time.monotonic()
            measure = importlib.import_module(f"tests.load.{key}").measure
            with stage(database, Path(logs)) as servers:
                part = uvloop.run(measure(servers, arguments.rounds))
            save(arguments.output, key, part, rounds=arguments.rounds)
            gc.collect()
            print(f"{key}: {time.monotonic() - began:.0f} s")
            for finding in part.findings:
                print(f"    {finding}")


if __name__ == "__main__":
    main()
