"""The operator sees how the assistant's runs went, and can neither change them nor read what was said."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assistant.models import AssistantRun
from rooms.models import Room
from tests.factories import ALICE, BOB

LIST = reverse("admin:assistant_assistantrun_changelist")


def make_runs(room: Room, *trigger_seqs: int) -> None:
    for seq in trigger_seqs:
        AssistantRun.objects.create(
            run_id=f"{seq:032x}",
            room=room,
            asker_id=ALICE if seq % 2 else BOB,
            trigger_seq=seq,
            state=AssistantRun.State.DONE if seq % 2 else AssistantRun.State.FAILED,
            model_asked="gemini-x",
            created_at=datetime.now(UTC),
        )


def test_many_runs_cost_as_many_queries_as_few(
    room: Room, admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_runs(room, *range(1, 51))
    with django_assert_max_num_queries(12):
        page = admin_client.get(LIST)

    assert page.status_code == 200
    assert len(page.context["cl"].result_list) == 50


@pytest.mark.parametrize(
    "query", ["state__exact=failed", "model_asked=gemini-x&state__exact=failed", "q=Bob", f"q={2:032x}"]
)
def test_runs_are_found_by_state_model_room_and_member(room: Room, admin_client: Client, query: str) -> None:
    make_runs(room, 1, 2, 3)

    assert [run.trigger_seq for run in admin_client.get(f"{LIST}?{query}").context["cl"].result_list] == [2]


def test_runs_are_found_by_day(room: Room, admin_client: Client) -> None:
    make_runs(room, 1)
    found = admin_client.get(f"{LIST}?created_at__lt=2020-01-01 00:00:00%2B00:00").context["cl"].result_list

    assert not found


def test_nobody_changes_a_run_by_hand(room: Room, admin_client: Client) -> None:
    make_runs(room, 1)
    change = reverse("admin:assistant_assistantrun_change", args=[f"{1:032x}"])

    assert admin_client.get(change).status_code == 200
    assert admin_client.post(change, {"state": "queued"}).status_code == 403
    assert admin_client.get(reverse("admin:assistant_assistantrun_add")).status_code == 403
    assert AssistantRun.objects.get().state == AssistantRun.State.DONE
