"""Which keys can be sent. What goes over the wire is tested with each provider."""

import pytest

from assistant.upstream import sendable_key


@pytest.mark.parametrize(("key", "sent"), [(" a-key\n", "a-key"), ("a\nb", ""), ("a\x7fb", ""), ("키", "")])
def test_a_key_that_no_header_can_hold_is_none(key: str, sent: str) -> None:
    assert sendable_key(key) == sent
