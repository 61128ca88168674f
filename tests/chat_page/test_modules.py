"""The chat page's modules that need no browser, tested by Node; the page itself is in `tests/browser`."""

import subprocess
from pathlib import Path

import pytest

from tests.javascript import node

TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_the_module_does_what_it_says(path: Path) -> None:
    done = subprocess.run(node("--test", path), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
