"""The worker: jobs take turns, one's fault is not the others', and two processes do not work at once."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry

from chatproject.errors import StoreUnavailable
from chatproject.limits.shared import SharedLimits
from messaging.personal import worker as module
from messaging.personal.worker import PersonalWorker
from tests.messaging.people import eventually, soon


class Steps:
    """A job that does what stands in its list, and tells the diary."""

    def __init__(self, name: str, diary: list[str], *steps: bool | Exception) -> None:
        self.name, self._diary, self._steps = name, diary, iter(steps)

    async def step(self) -> bool:
        self._diary.append(self.name)
        done = next(self._steps, False)
        if isinstance(done, Exception):
            raise done
        return done


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.0)


def worker_of(*jobs: Steps, registry: CollectorRegistry | None = None) -> PersonalWorker:
    return PersonalWorker(jobs, shared=SharedLimits([]), registry=registry or CollectorRegistry())


async def test_jobs_take_turns_until_none_has_more_to_do() -> None:
    diary: list[str] = []
    await soon(worker_of(Steps("a", diary, True, True), Steps("b", diary), Steps("c", diary, True)).work())
    assert diary == ["a", "b", "c", "a", "c", "a"]


async def test_a_turn_ends_though_there_is_more_to_do() -> None:
    diary: list[str] = []
    await soon(worker_of(Steps("a", diary, *[True] * 10)).work(until=asyncio.get_running_loop().time()))
    assert diary == []


async def test_what_fails_is_counted_and_logged_and_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    diary: list[str] = []
    registry = CollectorRegistry()
    jobs = (
        Steps("away", diary, StoreUnavailable(), True),
        Steps("broken", diary, RuntimeError("the first time"), True),
        Steps("well", diary, True),
    )
    await soon(worker_of(*jobs, registry=registry).work())
    assert diary == ["away", "broken", "well", "well"]
    assert caplog.text.count("background job failed") == 1
    counts = [registry.get_sample_value("chat_job_failures_total", {"work": job.name}) for job in jobs]
    assert counts == [1, 1, 0]


async def test_it_looks_again_and_again_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TURN_INTERVAL_S", 0.01)
    diary: list[str] = []
    worker = worker_of(Steps("a", diary))
    worker.start()
    worker.start()
    await eventually(lambda: len(diary) > 3)
    await soon(worker.stop())
    seen = len(diary)
    await asyncio.sleep(0)
    assert len(diary) == seen


async def test_one_that_was_never_started_can_be_stopped() -> None:
    await soon(worker_of().stop())
