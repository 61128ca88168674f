"""How tests are spread over processes: a library that leaves that to chance is noticed here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sorting

PROJECT = Path(__file__).resolve().parents[1]
TESTS_OF_A_PAIR = """
import pytest

heard = []

@pytest.fixture(scope="session")
def pair():
    heard.append("begins")
    yield
    heard.append("ends")

def test_after_all_that_use_it():
    assert heard == ["begins", "ends"]

@pytest.mark.e2e
@pytest.mark.parametrize("turn", [1, 2])
def test_with_it(pair, turn):
    assert heard == ["begins"]
"""


def test_what_is_dear_ends_with_the_last_test_that_uses_it(tmp_path: Path) -> None:
    (tmp_path / "test_pair.py").write_text(TESTS_OF_A_PAIR)
    command = [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "tests.sorting", f"--rootdir={tmp_path}"]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert " 3 passed" in done.stdout, done.stdout + done.stderr


def test_with_auto_there_are_more_processes_than_processors(pytestconfig: pytest.Config) -> None:
    number = pytestconfig.hook.pytest_xdist_auto_num_workers(config=pytestconfig)
    assert number == len(os.sched_getaffinity(0)) + sorting.MORE_WORKERS_THAN_PROCESSORS


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="spread over processes only")
def test_a_module_runs_in_one_process(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.rpartition("@")[2] == "tests/test_sorting.py"
