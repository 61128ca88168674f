"""What processes call each other."""

import os

import pytest
from channels.layers import InMemoryChannelLayer

from messaging.delivery.process_name import is_visitor, new_process_name


def test_a_name_says_which_process_it_is_and_is_no_other_ones() -> None:
    name = new_process_name()
    assert name.split(".")[1] == str(os.getpid())
    assert name != new_process_name()
    assert not is_visitor(name)
    assert is_visitor(new_process_name("why"))


def test_layers_take_the_name_of_any_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "채팅-server_1.example." + "x" * 200)
    assert InMemoryChannelLayer().require_valid_group_name(f"chat.inbox.{new_process_name('why')}")
