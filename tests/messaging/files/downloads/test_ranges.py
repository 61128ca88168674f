"""Which part of ten bytes is asked for."""

import pytest

from messaging.files.downloads.ranges import NoSuchPart, part_of


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("", None),
        ("bytes=0-3", (0, 4)),
        ("Bytes=0-3", (0, 4)),
        ("bytes=4-", (4, 10)),
        ("bytes=4-99", (4, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=0-1,4-5", None),
        ("bytes=3-1", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=１-2", None),
        ("lines=0-3", None),
        ("bytes=" + "9" * 100 + "-", None),
    ],
)
def test_one_part_or_all(asked: str, part: tuple[int, int] | None) -> None:
    assert part_of(asked, 10) == part


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_a_part_behind_the_end_is_none(asked: str) -> None:
    with pytest.raises(NoSuchPart):
        part_of(asked, 10)
