"""What is outside REST framework answers JSON too, whatever the method and whether DEBUG is on."""

import pytest
from django.test import Client

PLAIN_PATHS = ["/", "/v1/healthz", "/readyz", "/metrics"]


@pytest.fixture
def strict_client() -> Client:
    """As a real client: without a CSRF token it is nobody's browser."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
@pytest.mark.parametrize("path", PLAIN_PATHS)
def test_a_page_that_is_only_read_takes_no_other_method(strict_client: Client, path: str, method: str) -> None:
    answer = strict_client.generic(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "E-C005")
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/v1/healthz"])
def test_it_may_be_asked_for_its_head(strict_client: Client, path: str) -> None:
    assert strict_client.head(path).status_code == 200


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/nope", "/v1/chat/my/rooms/", "/v1/chat/connect", "/v1"])
def test_a_wrong_path_is_told_so_in_json(
    strict_client: Client, settings: object, path: str, method: str, debug: bool
) -> None:
    settings.DEBUG = debug  # type: ignore[attr-defined]
    answer = strict_client.generic(method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, "E-C006")


@pytest.mark.django_db
def test_the_admin_is_found_without_its_slash(strict_client: Client) -> None:
    assert strict_client.get("/admin")["Location"] == "/admin/"
