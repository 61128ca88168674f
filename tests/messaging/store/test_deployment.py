"""The name that a deployment's processes agree on, and nobody else has."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from messaging.models import Deployment
from messaging.store.deployment import deployment_name, rename_deployment


@pytest.mark.django_db
def test_whoever_asks_again_is_told_the_same_name() -> None:
    assert deployment_name() == deployment_name()
    assert Deployment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_processes_that_ask_at_once_agree() -> None:
    def ask(_process: int) -> str:
        try:
            return deployment_name()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as processes:
        names = set(processes.map(ask, range(8)))
    assert len(names) == 1


@pytest.mark.django_db
def test_another_database_has_another_name() -> None:
    ours = deployment_name()
    Deployment.objects.all().delete()
    assert deployment_name() != ours


@pytest.mark.django_db
def test_a_copy_beside_the_original_has_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = deployment_name()
    monkeypatch.setitem(connection.settings_dict, "NAME", "chat_staging")
    assert deployment_name() != ours


@pytest.mark.django_db
def test_a_renamed_deployment_has_another_name() -> None:
    ours = deployment_name()
    rename_deployment()
    assert deployment_name() != ours


@pytest.mark.django_db
def test_a_database_that_nobody_asked_yet_can_be_renamed() -> None:
    rename_deployment()
    assert deployment_name() == deployment_name()
