"""What the environment says of how long things are kept."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatproject.keeping_settings import read_keeping


def test_messages_are_kept_for_good_unless_an_operator_says_so_and_all_else_for_a_time() -> None:
    keeping = read_keeping()
    assert keeping.messages_days == 0
    assert all(getattr(keeping, name) > 0 for name in keeping.__slots__ if name != "messages_days")


def test_days_that_are_none_end_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSAGES_KEEP_DAYS", "40000")
    with pytest.raises(ImproperlyConfigured, match="MESSAGES_KEEP_DAYS"):
        read_keeping()
