"""REST of getting files, by Django's test client: envelopes, codes, bounds."""

from typing import Any

import pytest

from messaging.files.downloads.selectors import FILES_MOST, IDS_MOST
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.files.having import have_file
from tests.messaging.test_views import NO_ROOM, code, data, say

pytestmark = pytest.mark.django_db


def test_bob_gets_a_picture_of_his_room(room: Room) -> None:
    say(room, "look")
    file = have_file(room, ALICE, seq=1, alt="해")
    found = data("GET", f"/room/{room.pk}/file/{file.pk}")
    assert found["previews"]["320"].startswith("/v1/files/")
    assert (found["senderId"], found["alt"], found["width"]) == (ALICE, "해", 640)
    listed = data("GET", f"/room/{room.pk}/files", limit=1, kind="picture")
    assert (listed["files"], listed["next"]) == ([found], None)
    assert data("GET", f"/room/{room.pk}/files", ids=f"{file.pk},{file.pk + 1}")["files"] == [found]
    assert data("GET", f"/room/{room.pk}/files", ids="", before="", kind="", limit="")["files"] == [found]


@pytest.mark.parametrize(
    ("path", "query", "by", "told"),
    [
        ("/files", {}, CHARLIE, (403, "E-AU002")),
        ("/files", {"ids": "1"}, CHARLIE, (403, "E-AU002")),
        ("/file/1", {}, CHARLIE, (403, "E-AU002")),
        ("/file/1", {}, BOB, (404, "E-FI001")),
        ("/file/x", {}, BOB, (400, "E-C001")),
        ("/files", {"limit": FILES_MOST + 1}, BOB, (400, "E-C001")),
        ("/files", {"kind": "film"}, BOB, (400, "E-C001")),
        ("/files", {"before": "4"}, BOB, (400, "E-C001")),
        ("/files", {"ids": "1,"}, BOB, (400, "E-C001")),
        ("/files", {"ids": "1,x"}, BOB, (400, "E-C001")),
        ("/files", {"ids": ",".join(["1"] * (IDS_MOST + 1))}, BOB, (400, "E-C001")),
        ("/files", {"ids": "1" * 10_000}, BOB, (400, "E-C001")),
    ],
)
def test_what_is_refused(room: Room, path: str, query: dict[str, Any], by: int, told: tuple[int, str]) -> None:
    assert code("GET", f"/room/{room.pk}{path}", by=by, **query) == told


def test_no_room_no_files() -> None:
    for path in ("files", "file/1"):
        assert code("GET", f"/room/{NO_ROOM}/{path}", by=BOB)[0] == 404
