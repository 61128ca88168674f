"""How tests are spread over processes: a library that leaves that to chance is noticed here."""

import os

import pytest

from tests import sorting


def test_with_auto_there_are_more_processes_than_processors(pytestconfig: pytest.Config) -> None:
    number = pytestconfig.hook.pytest_xdist_auto_num_workers(config=pytestconfig)
    assert number == len(os.sched_getaffinity(0)) + sorting.MORE_WORKERS_THAN_PROCESSORS


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="spread over processes only")
def test_a_module_runs_in_one_process(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.rpartition("@")[2] == "tests/test_sorting.py"
