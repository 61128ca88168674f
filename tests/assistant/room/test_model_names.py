"""Which model wrote an answer: known from before it is said."""

from datetime import UTC, datetime

import pytest

from assistant.models import AssistantRun
from assistant.room.model_names import models_of, name_model
from rooms.models import Room

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


@pytest.fixture
def run_ids(room: Room) -> list[str]:
    ids = [f"{number:032x}" for number in range(3)]
    for seq, run_id in enumerate(ids):
        AssistantRun.objects.create(run_id=run_id, room=room, trigger_seq=seq, created_at=NOW)
    return ids


def test_the_model_that_served_is_named_before_the_one_that_was_asked(run_ids: list[str]) -> None:
    name_model(run_ids[0], asked="gemini-x", served="gemini-x-001")
    name_model(run_ids[1], asked="gemini-x", served="")
    assert models_of([*run_ids, "f" * 32]) == {run_ids[0]: "gemini-x-001", run_ids[1]: "gemini-x"}


def test_what_has_ended_is_named_no_other_way(run_ids: list[str]) -> None:
    AssistantRun.objects.update(state=AssistantRun.State.DONE, model_served="first")
    name_model(run_ids[0], asked="x", served="x")
    assert models_of(run_ids[:1]) == {run_ids[0]: "first"}
