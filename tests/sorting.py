"""Which tests need the database, and how tests are spread over processes. A pytest plugin, loaded by `-p`.

* A test that uses Django's database is marked `database`. Any other is kept from it by pytest-django, so that it
  says the same on each database.
* With `-n auto` there are more processes than processors, because many tests wait for servers. A module runs in
  one process, and so do all tests with the same dear fixture. Those that wait longest begin first, and of the
  others those of which there are many.
* What is dear ends with the last test that uses it, and not with the run: servers that nobody asks still look
  after their database many times a second.
"""

import os
from collections import Counter
from collections.abc import Generator

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "layer_aliases"}
RUNNING = pytest.StashKey[list[pytest.FixtureDef[object]]]()
# seconds each; the first of them that a test uses names its group
DEAR_FIXTURES = ["chromium", "cluster", "pair"]
LANES = {"chromium": 2}  # groups so long that all others would have ended before
MORE_WORKERS_THAN_PROCESSORS = 1  # with two more, servers came so late that promises of seconds broke


@pytest.hookimpl(tryfirst=True)  # xdist answers too
def pytest_xdist_auto_num_workers() -> int:
    return len(os.sched_getaffinity(0)) + MORE_WORKERS_THAN_PROCESSORS


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
    groups = _groups(items)
    counts = Counter(groups.values())
    items.sort(key=lambda item: _turn(item, groups[item], counts))
    if getattr(config.option, "loadgroup", False):
        for item in items:
            _put_together(item, groups[item])


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> None:
    if fixturedef.argname in DEAR_FIXTURES and fixturedef.scope == "session":
        request.session.stash.setdefault(RUNNING, []).append(fixturedef)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    yield
    if nextitem is not None and not _dear_fixture(nextitem):
        for definition in item.session.stash.get(RUNNING, []):
            definition.finish(item._request)  # type: ignore[attr-defined]
        item.session.stash[RUNNING] = []


def _groups(items: list[pytest.Item]) -> dict[pytest.Item, str]:
    modules = {item: item.nodeid.partition("::")[0] for item in items}
    dear = {item: _dear_fixture(item) for item in items}
    sizes = Counter(modules[item] for item in items if dear[item] in LANES)
    places = {module: place for place, (module, _size) in enumerate(sizes.most_common())}
    return {
        item: f"{dear[item]} {places[modules[item]] % LANES[dear[item]]}"
        if dear[item] in LANES
        else dear[item] or modules[item]
        for item in items
    }


def _dear_fixture(item: pytest.Item) -> str:
    fixtures = getattr(item, "fixturenames", ())
    return next((name for name in DEAR_FIXTURES if name in fixtures), "")


def _turn(item: pytest.Item, group: str, counts: Counter[str]) -> tuple[object, ...]:
    is_dear = group.partition(" ")[0] in DEAR_FIXTURES
    return item.get_closest_marker("e2e") is None, not is_dear, -counts[group], group


def _put_together(item: pytest.Item, group: str) -> None:
    """As xdist's mark `xdist_group` does with a pytest older than 9.2: with this one it says nothing of that, and
    each test is a group. See findings/xdist_load_groups.sh."""
    item._id = item.id.parse(f"{item.nodeid}@{group}")
