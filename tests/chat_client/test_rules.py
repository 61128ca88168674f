"""The JavaScript client's own tests, run by Node: rules about time, against a server and a clock that are none."""

import subprocess
from pathlib import Path

import pytest

from tests.javascript import node

TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_the_client_keeps_its_rules(path: Path) -> None:
    done = subprocess.run(node("--test", path), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
