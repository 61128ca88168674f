"""A worker that is replaced leaves its number to the next; houses do not meet."""

from chatproject.workers.places import Place, free_number, new_house


def test_the_lowest_number_that_nobody_has_is_free() -> None:
    assert [free_number(taken) for taken in ([], [0], [1], [0, 2], [0, 1, 2])] == [0, 1, 0, 1, 3]


def test_two_houses_have_no_address_in_common() -> None:
    here, there = Place(new_house(), 0), Place(new_house(), 0)
    assert len({here.address(0), here.address(1), there.address(0), there.address(1)}) == 4
