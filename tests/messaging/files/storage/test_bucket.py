"""The bucket itself: what a browser is told to send and may get."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from messaging.files.storage.bucket import Bucket
from messaging.files.storage.places import place_of_settings
from tests.messaging.files.conftest import use_store
from tests.servers import BucketServer


@pytest.fixture
def bucket(bucket_server: BucketServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    use_store(bucket_server.make_bucket(), settings, monkeypatch)
    place = place_of_settings()
    assert isinstance(place, Bucket)
    return place


def test_a_form_lets_a_browser_post_one_name_and_exactly_so_many_bytes(bucket: Bucket) -> None:
    form = bucket.form_for("coming/abc", size=3, within_s=300)

    # the test's server looks at none of it, a real one does
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    assert ["content-length-range", 3, 3] in policy["conditions"]
    assert {"key": "coming/abc"} in policy["conditions"]
    assert {"bucket": bucket.name} in policy["conditions"]
    assert "test-secret" not in json.dumps(form)
    posted = httpx.post(form["url"], data=form["fields"], files={"file": ("cat", b"cat")})
    assert posted.status_code == 204
    assert bucket.size_of("coming/abc") == 3


def test_an_address_answers_with_our_kind_and_disposition(bucket: Bucket, tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"<script>")
    bucket.put("kept/ab/abc/file", tmp_path / "page", "text/html")

    address = bucket.address_of(
        "kept/ab/abc/file", media_type="text/plain", disposition='attachment; filename="a.txt"', within_s=300
    )
    got = httpx.get(address)

    assert got.content == b"<script>"
    assert got.headers["content-type"] == "text/plain"
    assert got.headers["content-disposition"] == 'attachment; filename="a.txt"'
    assert "test-secret" not in address
