"""The tables of the server API: what the database itself keeps."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from chatproject.server_api.models import IdempotentCall, ServerKey

pytestmark = pytest.mark.django_db


def test_an_idempotency_key_stands_for_one_call_of_one_key() -> None:
    one, other = (ServerKey.objects.create(name="main", prefix=f"chk_{n}", digest="0" * 64) for n in range(2))

    def call(key: ServerKey) -> None:
        IdempotentCall.objects.create(key=key, digest="a" * 64, fingerprint="b" * 64, begun_at=timezone.now())

    call(one)
    call(other)
    with pytest.raises(IntegrityError):
        call(one)
