"""How the goodbyes of a server that ends are spread. The end itself is in `tests.e2e.test_shutdown`."""

from typing import Any

import pytest

from chatproject.serving import SLICE_MIN_SOCKETS, SLICES, _slices


@pytest.mark.parametrize(("sockets", "slices"), [(0, 0), (1, 1), (20, 1), (21, 2), (500, 25), (10_000, SLICES)])
def test_goodbyes_go_out_in_slices_to_everybody_once(sockets: int, slices: int) -> None:
    chats: list[Any] = list(range(sockets))
    cut: list[list[Any]] = list(_slices(chats))

    assert len(cut) == slices
    assert sorted(chat for each in cut for chat in each) == list(range(sockets))
    assert all(len(each) >= SLICE_MIN_SOCKETS for each in cut[:-1])


def test_the_members_of_a_room_who_came_together_do_not_go_together() -> None:
    first: list[Any] = next(_slices(list[Any](range(2_000))))

    assert first != list(range(len(first)))
