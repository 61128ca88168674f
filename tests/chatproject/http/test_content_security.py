"""How strict the pages' Content-Security-Policy is. That browsers can live with it is in `tests/browser`."""

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponseBase
from django.test import Client


def rules_of(answer: HttpResponseBase) -> dict[str, list[str]]:
    rules = (rule.split() for rule in answer["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in rules}


PAGES = ("/", "/v1/docs", "/v2/docs")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_runs_what_is_inline_or_from_elsewhere(client: Client, path: str) -> None:
    rules = rules_of(client.get(path))

    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    assert rules.get("script-src", ["'self'"]) == ["'self'"]
    elsewhere = {value for values in rules.values() for value in values} - {"'none'", "'self'", "data:", "blob:"}
    assert elsewhere <= {"'unsafe-inline'", "'script'", "service-worker", "ws://testserver", "wss://testserver"}


def test_only_swagger_ui_brings_styles_of_its_own_along(client: Client) -> None:
    inline = [path for path in PAGES if "'unsafe-inline'" in str(rules_of(client.get(path)))]
    assert inline == ["/v1/docs"]
    assert rules_of(client.get("/v1/docs"))["style-src"] == ["'self'", "'unsafe-inline'"]


def test_the_reference_of_the_protocol_runs_nothing(client: Client) -> None:
    rules = rules_of(client.get("/v2/docs"))
    assert "script-src" not in rules
    assert "connect-src" not in rules


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/login/",
        "/admin/jsi18n/",
        "/admin/rooms/room/",
        "/admin/rooms/room/add/",
        "/admin/assistant/assistantrun/",
        "/admin/password_change/",
    ],
)
def test_no_page_of_the_admin_runs_what_is_inline_or_from_elsewhere(client: Client, path: str) -> None:
    stranger = client.get(path)
    client.force_login(User.objects.create_superuser("staff"))
    for answer in (stranger, client.get(path)):
        rules = rules_of(answer)
        assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
        assert rules["script-src"] == rules["style-src"] == rules["form-action"] == ["'self'"]
