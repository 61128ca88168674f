"""`manage.py make_server_key`: a key for the main server, printed and nothing else."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chatproject.server_api.keys import recognise
from chatproject.server_api.models import ServerKey
from rooms.audit_models import AuditEntry

pytestmark = pytest.mark.django_db


def make(*arguments: str, **options: Any) -> str:
    output = StringIO()
    call_command("make_server_key", *arguments, stdout=output, **options)
    return output.getvalue()


def test_the_key_is_all_that_is_printed() -> None:
    key, end = make("main", "--scope", "rooms", "--scope", "notices").split("\n")
    assert end == ""
    assert recognise(key, now=timezone.now()).scopes == {"rooms", "notices"}
    assert ServerKey.objects.get().ends_at is None
    assert AuditEntry.objects.get().actor_kind == "staff"


def test_it_may_have_an_end() -> None:
    make("night jobs", "--scope", "rooms:read", "--days", "90")
    left = ServerKey.objects.get().ends_at - timezone.now()  # type: ignore[operator]
    assert timedelta(days=89) < left <= timedelta(days=90)


@pytest.mark.parametrize(
    "arguments",
    [
        ("main",),
        ("main", "--scope", "everything"),
        (" ", "--scope", "rooms"),
        ("n" * 101, "--scope", "rooms"),
        ("main", "--scope", "rooms", "--days", "0"),
        ("main", "--scope", "rooms", "--days", "9999"),
    ],
)
def test_what_makes_no_key_is_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        make(*arguments)
    assert not ServerKey.objects.exists()
