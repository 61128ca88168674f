"""Addresses of files: who made them, how long they are good, and that they stay the same for a while."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.signing import Signer

from chatproject.file_errors import AddressEnded
from chatproject.file_settings import read_storages
from messaging.file_models import File
from messaging.files.downloads.addresses import Address, address_of, addresses_of, origin_of_files, read_address
from tests.messaging.files.having import NOW


@pytest.fixture
def file() -> File:
    return File(
        pk=12, key="ab" * 16, name="노을.jpg", media_type="image/jpeg", state=File.State.READY, created_at=NOW
    )


def signed(address: str) -> str:
    return address.removeprefix("/v1/files/")


def test_an_address_says_what_is_got_and_for_whose_eyes(file: File) -> None:
    address = address_of(file, "320", now=NOW, sight="managers")
    assert read_address(signed(address), now=NOW) == Address(12, "320", "managers")


def test_it_is_good_for_four_minutes_at_least_and_five_at_most(file: File) -> None:
    """NOW is half past a minute."""
    address = signed(address_of(file, now=NOW))
    read_address(address, now=NOW + timedelta(minutes=4, seconds=29))
    with pytest.raises(AddressEnded):
        read_address(address, now=NOW + timedelta(minutes=4, seconds=30))


def test_within_a_minute_it_is_the_same_so_that_browsers_keep_the_picture(file: File) -> None:
    at_once, later = (address_of(file, now=NOW.replace(second=second)) for second in (0, 59))
    assert at_once == later != address_of(file, now=NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    "tampered",
    [
        lambda address: address.replace("12.", "13.", 1),
        lambda address: address.replace(".r.", ".s."),
        lambda address: address[:-1],
        lambda _address: "",
        lambda _address: "12..r.99999999",
        lambda address: address + "x" * 1_000,
        lambda _address: Signer(sep="~").sign("12..r.99999999"),  # signed by us, for something else
    ],
)
def test_nobody_makes_one_up(file: File, tampered: Any) -> None:
    with pytest.raises(AddressEnded):
        read_address(tampered(signed(address_of(file, now=NOW))), now=NOW)


def test_a_picture_has_smaller_ones_and_what_is_not_ready_has_none(file: File) -> None:
    found = addresses_of(file, now=NOW)
    assert found is not None
    assert list(found.previews) == ["320", "1280"]
    file.is_preview = True  # small already
    found = addresses_of(file, now=NOW)
    assert found is not None
    assert found.previews == {}
    file.is_preview, file.media_type = False, "application/pdf"
    found = addresses_of(file, now=NOW)
    assert found is not None
    assert found.previews == {}
    file.state = File.State.CHECKING
    assert addresses_of(file, now=NOW) is None


def test_with_an_origin_of_their_own_addresses_begin_with_it(file: File, settings: Any) -> None:
    assert origin_of_files() == ""
    settings.FILES = replace(settings.FILES, origin="https://files.example.com")
    assert address_of(file, now=NOW).startswith("https://files.example.com/v1/files/12.")
    assert origin_of_files() == "https://files.example.com"


@pytest.fixture
def _bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket where nobody listens: an address is made without asking."""
    monkeypatch.setenv("FILES_URL", "s3://key:secret@127.0.0.1:9/chat?tls=0")
    settings.FILES = replace(settings.FILES, is_s3=True)
    settings.STORAGES = read_storages("FILES_URL", default_folder=settings.BASE_DIR)


@pytest.mark.usefixtures("_bucket")
def test_a_bucket_is_told_with_what_to_answer(file: File) -> None:
    address = urlsplit(address_of(file, "320", now=NOW))
    asked = {name: value for name, [value] in parse_qs(address.query).items()}
    assert address.path == f"/chat/kept/ab/{'ab' * 16}/320.webp"
    assert asked["X-Amz-Expires"] == "300"
    assert asked["response-content-type"] == "image/webp"
    assert asked["response-content-disposition"] == "inline; filename*=utf-8''%EB%85%B8%EC%9D%84.webp"
    assert address_of(file, "320", now=NOW) == address.geturl()
    assert origin_of_files() == "http://127.0.0.1:9"
