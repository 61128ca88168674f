"""What a request's head says before Django looks: for a place to wait and the size of a form, for nothing else."""

from typing import Any

import pytest

from chatproject.http.request_heads import announced_bytes, brings_body, is_for_staff, says_to_be_staff


def scope(path: str, **headers: str) -> Any:
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": path, "headers": lines}


@pytest.mark.parametrize("path", ["/admin", "/admin/", "/admin/rooms/room/"])
def test_pages_of_staff(path: str) -> None:
    assert is_for_staff(scope(path))
    assert says_to_be_staff(scope(path, cookie="csrftoken=a; sessionid=b"))
    assert not says_to_be_staff(scope(path))
    assert not says_to_be_staff(scope(path, cookie="csrftoken=sessionid"))


@pytest.mark.parametrize("path", ["/", "/administrators", "/v1/chat/admin/", "/v1/chat/my/rooms"])
def test_all_else_is_not_for_staff(path: str) -> None:
    assert not is_for_staff(scope(path))
    assert not says_to_be_staff(scope(path, cookie="sessionid=b"))


def test_who_signs_in_is_not_staff_yet() -> None:
    assert is_for_staff(scope("/admin/login/"))
    assert not says_to_be_staff(scope("/admin/login/", cookie="sessionid=b"))


@pytest.mark.parametrize(("value", "size"), [("5", 5), ("", 0), ("x", 0), ("-1", 0), ("9" * 30, 0)])
def test_the_announced_length_is_a_number_or_none(value: str, size: int) -> None:
    assert announced_bytes(scope("/", content_length=value)) == size


def test_a_body_is_told_by_either_header() -> None:
    assert brings_body(scope("/", content_length="5"))
    assert brings_body(scope("/", transfer_encoding="chunked"))
    assert not brings_body(scope("/", content_length="0"))
    assert not brings_body(scope("/"))
