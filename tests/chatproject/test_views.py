"""The pages that need no token. What the chat page does in a browser is in `tests/browser`."""

import json
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from django.http import HttpResponseBase
from django.test import Client

from chatproject.asgi import django_application
from chatproject.http.static_files import StaticFiles


def content_security_policy(answer: HttpResponseBase) -> dict[str, list[str]]:
    rules = (rule.split() for rule in answer["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in rules}


@pytest.fixture
def visitor() -> Client:
    return Client()


def test_the_home_page_is_korean_by_default(visitor: Client) -> None:
    page = visitor.get("/").content.decode()

    assert '<html lang="ko">' in page
    assert "채팅방을 고르면" in page


def test_the_home_page_speaks_english_to_who_prefers_it(visitor: Client) -> None:
    page = visitor.get("/", headers={"Accept-Language": "en-US,en;q=0.9,ko;q=0.5"}).content.decode()

    assert '<html lang="en">' in page
    assert "Choose a room" in page


def test_a_language_once_chosen_stays(visitor: Client) -> None:
    visitor.cookies["django_language"] = "en"

    assert '<html lang="en">' in visitor.get("/", headers={"Accept-Language": "ko"}).content.decode()
    assert b"\\uc624\\ub298" not in visitor.get("/texts.js").content


def test_the_scripts_get_their_texts_in_korean(visitor: Client) -> None:
    answer = visitor.get("/texts.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert json.dumps("오늘")[1:-1].encode() in answer.content


def test_the_home_page_has_no_inline_script_or_style(visitor: Client) -> None:
    page = visitor.get("/").content.decode()

    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in attributes or 'type="application/json"' in attributes for attributes in scripts)
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)


async def test_every_file_that_the_home_page_names_is_served() -> None:
    transport = httpx.ASGITransport(app=StaticFiles(django_application))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as visitor:
        files = re.findall(r'"(/static/[^"]+)"', (await visitor.get("/")).text)
        assert len(files) > 5
        for file in files:
            answer = await visitor.get(file)
            assert answer.status_code == 200, file
            assert answer.content, file


def test_nothing_from_elsewhere_and_nothing_inline_may_run(visitor: Client) -> None:
    rules = content_security_policy(visitor.get("/"))

    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == ["'self'"]
    assert rules["connect-src"] == ["'self'", "ws://testserver", "wss://testserver"]
    assert rules["img-src"] == ["'self'", "data:", "blob:"]
    assert rules["require-trusted-types-for"] == ["'script'"]
    assert rules["base-uri"] == ["'none'"]


def test_files_may_come_from_an_origin_of_their_own(visitor: Client, settings: Any) -> None:
    settings.FILES = replace(settings.FILES, origin="https://files.example.com")

    rules = content_security_policy(visitor.get("/"))
    assert rules["img-src"] == ["'self'", "data:", "blob:", "https://files.example.com"]
    assert rules["connect-src"] == ["'self'", "ws://testserver", "wss://testserver", "https://files.example.com"]


def test_nobody_may_embed_the_page_unless_told_so(visitor: Client, settings: Any) -> None:
    assert content_security_policy(visitor.get("/"))["frame-ancestors"] == ["'none'"]

    settings.ROUTE_FRONT = ["https://community.example.com", "https://m.example.com"]

    rules = content_security_policy(visitor.get("/"))
    assert rules["frame-ancestors"] == ["https://community.example.com", "https://m.example.com"]


def test_the_admin_has_no_policy_of_the_chat_page(visitor: Client) -> None:
    assert content_security_policy(visitor.get("/admin/login/")) != content_security_policy(visitor.get("/"))


def test_the_page_learns_who_may_hand_it_a_token_and_nobody_is_anybody(visitor: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://community.example.com"]

    page = visitor.get("/").content.decode()
    (told,) = re.findall(r'<script id="page-settings" type="application/json">(.*?)</script>', page)

    assert json.loads(told) == {
        "assistantName": settings.ASSISTANT_NAME,
        "languageCookie": "django_language",
        "frontOrigins": ["https://community.example.com"],
        "demoMembers": [],
    }


def test_health_is_plain_ok_and_needs_no_token(visitor: Client) -> None:
    answer = visitor.get("/v1/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok")
    assert answer["Content-Type"] == "text/plain"


@pytest.mark.parametrize("path", ["/", "/texts.js", "/v1/healthz"])
def test_pages_are_for_reading(visitor: Client, path: str) -> None:
    assert visitor.post(path).json()["code"] == "E-C005"


# --- where this server itself sends people to https


@pytest.fixture
def by_http(settings: Any) -> Client:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 3600
    return Client(headers={"host": "chat.example.com"})


@pytest.mark.parametrize("path", ["/", "/v1/chat/my/rooms", "/admin/", "/v1/healthz/x", "/x/readyz"])
def test_who_comes_by_http_is_sent_to_https(by_http: Client, path: str) -> None:
    answer = by_http.get(path)
    assert (answer.status_code, answer["Location"]) == (301, f"https://chat.example.com{path}")


@pytest.mark.parametrize("path", ["/v1/healthz", "/readyz", "/metrics"])
def test_health_and_metrics_are_answered_by_http(by_http: Client, path: str) -> None:
    assert by_http.get(path).status_code in (200, 404)  # 404 where no server is behind the client


def test_browsers_are_told_to_keep_to_https_where_they_came_by_it(by_http: Client) -> None:
    assert by_http.get("/v1/healthz", secure=True)["Strict-Transport-Security"] == "max-age=3600"
    assert "Strict-Transport-Security" not in by_http.get("/v1/healthz")
