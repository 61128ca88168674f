"""What the environment says of files: each wrong value ends the start with a sentence that names it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatproject.file_settings import MIB, host_of_files, read_files, read_storages

S3 = "storages.backends.s3.S3Storage"


def read(monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, Any]:
    monkeypatch.setenv("FILES_URL", url)
    storage: dict[str, Any] = read_storages("FILES_URL", default_folder=Path("/srv/files"))["default"]
    return storage


def test_files_lie_in_a_folder_unless_something_else_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, "")["OPTIONS"]["location"] == "/srv/files"
    assert read(monkeypatch, "file:///mnt/a%20folder")["OPTIONS"]["location"] == "/mnt/a folder"


def test_a_store_of_ones_own_is_reached_by_its_address_and_path(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = read(monkeypatch, "s3://key:a%2Fsecret@minio.internal:9000/chat?region=seoul-1&tls=0")
    options = storage["OPTIONS"]
    assert storage["BACKEND"] == S3
    assert (options["endpoint_url"], options["bucket_name"]) == ("http://minio.internal:9000", "chat")
    assert (options["access_key"], options["secret_key"]) == ("key", "a/secret")
    assert (options["region_name"], options["addressing_style"]) == ("seoul-1", "path")


def test_without_a_host_it_is_amazons_and_without_a_key_the_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    options = read(monkeypatch, "s3:///chat?region=ap-northeast-2")["OPTIONS"]
    assert not {"endpoint_url", "access_key", "secret_key"} & options.keys()
    assert options["addressing_style"] == "virtual"  # the region's own host, not one that redirects
    assert read(monkeypatch, "s3:///my.chat")["OPTIONS"]["addressing_style"] == "auto"


@pytest.mark.parametrize(
    "url",
    [
        "files",
        "ftp://host/files",
        "file://host/files",
        "file:///",
        "s3://key@host/chat",
        "s3://host",
        "s3://host/a/b",
        "s3://host/chat?acl=public",
        "s3://host/chat?tls=maybe",
        "s3://host:port/chat",
        "s3://host/chat?region",
    ],
)
def test_a_wrong_address_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^Set FILES_URL to file:///folder or s3:") as refusal:
        read(monkeypatch, url)
    assert url not in str(refusal.value).replace("file:///folder", "")


def test_limits_are_set_in_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILE_MAX_MB", "10")
    monkeypatch.setenv("FILES_ORIGIN", "https://files.example.com")
    monkeypatch.setenv("CLAMAV_URL", "tcp://clamd:3310")
    files = read_files()
    assert (files.most_bytes, files.member_day_bytes) == (10 * MIB, 200 * MIB)
    assert (files.is_on, files.keep_days, files.link_previews) == (True, 365, False)
    assert (files.origin, files.scanner) == ("https://files.example.com", "tcp://clamd:3310")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FILES_ORIGIN", "https://a.example,https://b.example"),
        ("FILES_ORIGIN", "*"),
        ("CLAMAV_URL", "clamd:3310"),
        ("CLAMAV_URL", "tcp://clamd"),
        ("CLAMAV_URL", "unix:"),
        ("CLAMAV_URL", "tcp://clamd:no"),
    ],
)
def test_a_wrong_value_ends_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=f"^Set {name} "):
        read_files()


def test_the_host_of_files_is_a_host_of_its_own() -> None:
    assert host_of_files("", others=["chat.example.com"]) == []
    assert host_of_files("https://files.example.com", others=["chat.example.com"]) == ["files.example.com"]
    assert host_of_files("https://chat.example.com:8443", others=["chat.example.com"]) == ["chat.example.com"]
    with pytest.raises(ImproperlyConfigured, match=r"^Set FILES_ORIGIN to a host of its own"):
        host_of_files("https://chat.example.com", others=["chat.example.com"])
