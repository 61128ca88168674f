"""The address of an export: one member's, nobody can make it up, and it says by which token it was asked for."""

from datetime import timedelta
from typing import Any

import pytest

from chatproject.file_errors import AddressEnded
from messaging.files.downloads.addresses import PATH
from messaging.personal.exports.links import Link, is_link, link_for, read_link
from messaging.personal_models import Export
from tests.factories import ALICE, caller
from tests.messaging.store.doing import NOW

DAY = timedelta(days=1)
READY = Export(pk=5, member_id=ALICE, state="ready", expires_at=NOW + DAY)


def signed(**claims: Any) -> str:
    link = link_for(READY, caller=caller(ALICE, **claims), now=NOW)
    assert link is not None
    return link.removeprefix(PATH)


def test_it_says_whose_it_is_and_by_which_token() -> None:
    asked = signed(issued_at=1_764_000_000.0, token_id="ab" * 32)
    assert is_link(asked)
    assert read_link(asked) == Link(5, ALICE, 1_764_000_000, "ab" * 32)
    assert read_link(asked).caller.token_id == "ab" * 32
    unnamed = read_link(signed(issued_at=1_764_000_000.0))
    assert (unnamed.token_id, unnamed.caller.token_id) == ("", None)


def test_without_a_token_it_is_of_when_it_was_made() -> None:
    link = link_for(READY, caller=None, now=NOW)
    assert link is not None
    assert read_link(link.removeprefix(PATH)) == Link(5, ALICE, int(NOW.timestamp()), "")


def test_where_nothing_can_be_had_there_is_none(settings: Any) -> None:
    waiting = Export(pk=5, member_id=ALICE, state="making")
    assert link_for(waiting, caller=None, now=NOW) is None
    assert link_for(READY, caller=None, now=NOW + DAY) is None


@pytest.mark.parametrize(
    "change", [lambda one: one[:-1], lambda one: one.replace(".7.", ".8."), lambda _one: "export."]
)
def test_what_we_did_not_sign_is_none(change: Any) -> None:
    with pytest.raises(AddressEnded):
        read_link(change(signed()))
    with pytest.raises(AddressEnded):
        read_link("export." + "x" * 300)
