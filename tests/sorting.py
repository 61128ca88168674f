"""Which tests need the database, and how tests are spread over processes. A pytest plugin, loaded by `-p`.

* A test that uses Django's database is marked `database`. Any other is kept from it by pytest-django, so that it
  says the same on each database.
* With `-n auto` there are more processes than processors, because many tests wait for servers. A module runs in
  one process, and so do all tests with the same dear fixture. Those that wait longest begin first.
"""

import os

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "layer_aliases"}
DEAR_FIXTURES = ["chromium", "cluster", "pair"]  # seconds each; the first of them that a test uses names its group
MORE_WORKERS_THAN_PROCESSORS = 1


def pytest_xdist_auto_num_workers() -> int:
    return len(os.sched_getaffinity(0)) + MORE_WORKERS_THAN_PROCESSORS


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
        dear = (name for name in DEAR_FIXTURES if name in fixtures)
        item.add_marker(pytest.mark.xdist_group(next(dear, item.nodeid.partition("::")[0])))
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)
