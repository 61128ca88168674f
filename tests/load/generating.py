"""Runs the load generator in C, which is no bottleneck where a server has a core of its own.

`tests/load/generator/load.c` says what the steps are. It is compiled once for each run of the benchmarks.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.load.dialects import OurDialect, Seat
from tests.load.drive import Sample

SOURCE = Path(__file__).resolve().parent / "generator" / "load.c"
AWAY = "away"


@cache
def _program() -> Path:
    """Compiled where it is deleted when this process ends."""
    directory = Path(_directory().name)
    subprocess.run(["cc", "-O2", "-o", str(directory / "load"), str(SOURCE)], check=True)
    return directory / "load"


@cache
def _directory() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="chat-load-")


def write_seats(file: Path, seats: Sequence[Seat]) -> None:
    """What the generator reads; the tokens are good for an hour."""
    dialect = OurDialect()
    lines = [f"{seat.room_id}\t{dialect.path(seat).partition('=')[2]}\n" for seat in seats]
    file.write_text("".join(lines))


def generate(
    steps: Sequence[str],
    *,
    port: int,
    seats: Path,
    pids: Sequence[int],
    database_pids: Sequence[int] = (),
    cores: str = "",
    when_away: Callable[[], None] = lambda: None,
    when_done: Callable[[str], None] = lambda _step: None,
) -> dict[str, Sample]:
    """Play the steps at one server and return each one's sample. `cores` as for taskset. Blocks.

    `when_away` is called where everybody of a storm is gone and nobody has come back yet, `when_done` after each
    step. Raises AssertionError where anything was refused, lost or out of order.
    """
    bound = ["taskset", "-c", cores] if cores else []
    where = [str(port), f"127.0.0.1:{port}", str(seats), _joined(pids), _joined(database_pids)]
    samples = {}
    with subprocess.Popen(
        [*bound, str(_program()), *where, *steps], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        for line in process.stdout:
            found = json.loads(line)
            if found["step"] == AWAY:
                when_away()
                process.stdin.write("\n")
                process.stdin.flush()
                continue
            assert found["errors"] == found["disorder"] == 0, line
            samples[found["step"]] = _sample(found)
            when_done(found["step"])
    assert process.returncode == 0, f"the generator ended with {process.returncode}"
    return samples


def _joined(pids: Sequence[int]) -> str:
    return ",".join(map(str, pids))


def _sample(found: dict[str, Any]) -> Sample:
    wall_s, server_s, database_s = found["wall_s"], found["server_s"], found["database_s"]
    acks, deliveries = max(1, found["acks"]), max(1, found["deliveries"])
    sample = {key: float(found[key]) for key in ("p50_ms", "p99_ms", "ack_p50_ms", "ack_p99_ms")}
    sample |= {
        "messages": float(found["acks"]),
        "us_per_message": server_s * 1e6 / acks,
        "us_per_message_with_database": (server_s + database_s) * 1e6 / acks,
        "us_per_delivery": server_s * 1e6 / deliveries,
        "messages_per_s": acks / wall_s,
        "deliveries_per_s": deliveries / wall_s,
        "ack_p99_per_p50": sample["ack_p99_ms"] / max(0.01, sample["ack_p50_ms"]),
        "server_percent": 100 * server_s / wall_s,
        "database_percent": 100 * database_s / wall_s,
        "generator_percent": 100 * found["own_s"] / wall_s,
        "memory_mib": found["memory_kib"] / 1024,
    }
    if "joined" in found:
        sample |= {
            "us_per_connect": server_s * 1e6 / found["joined"],
            "connects_per_s": found["joined"] / wall_s,
            "kib_per_socket": found["grown_kib"] / found["joined"],
        }
    if "back" in found:
        assert found["complete"] == found["back"], f"{found['back'] - found['complete']} are not complete"
        sample |= {
            "complete_s": wall_s,
            "us_per_reconnect": server_s * 1e6 / found["back"],
            "refused": float(found["failed"]),
        }
    return sample
