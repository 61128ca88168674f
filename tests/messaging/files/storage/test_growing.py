"""What is sent to a bucket while it is made: whole or not at all, whatever its size."""

from typing import Any

import pytest

from messaging.files.storage import growing
from messaging.files.storage.bucket import Bucket
from messaging.files.storage.places import place_of_settings
from tests.messaging.files.conftest import use_store
from tests.servers import BucketServer

PART = 5 * 1024 * 1024  # a bucket takes no smaller ones, but the last


@pytest.fixture
def bucket(bucket_server: BucketServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    monkeypatch.setattr(growing, "PART_BYTES", PART)
    use_store(bucket_server.make_bucket(), settings, monkeypatch)
    place = place_of_settings()
    assert isinstance(place, Bucket)
    return place


@pytest.mark.parametrize("pieces", [[b"small"], [b"a" * PART, b"b" * (PART // 2), b"c" * PART], [b"a" * PART], []])
def test_it_is_there_when_it_is_finished(bucket: Bucket, pieces: list[bytes]) -> None:
    coming = bucket.begin("exports/a.zip")
    for piece in pieces:
        coming.write(piece)
    assert bucket.size_of("exports/a.zip") is None
    coming.finish()
    coming.discard()
    assert bucket.open("exports/a.zip").read(4 * PART) == b"".join(pieces)


def test_what_is_not_finished_leaves_nothing(bucket: Bucket) -> None:
    coming = bucket.begin("exports/a.zip")
    coming.write(b"a" * 2 * PART)
    assert len(bucket.client.list_multipart_uploads(Bucket=bucket.name)["Uploads"]) == 1
    coming.discard()
    assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)
    assert bucket.size_of("exports/a.zip") is None
