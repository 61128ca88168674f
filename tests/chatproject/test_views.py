"""The pages that need no token. What the chat page does in a browser is in `tests/browser`."""

import json
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from django.contrib.staticfiles import finders
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
    assert "오늘".encode() not in visitor.get("/texts.js").content


def test_the_scripts_get_their_texts_in_korean(visitor: Client) -> None:
    answer = visitor.get("/texts.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert "오늘".encode() in answer.content


def test_the_pages_texts_are_kept_for_good_and_change_their_address_with_their_words(visitor: Client) -> None:
    address, elsewhere = (
        re.search(
            r'src="(/texts\.[^"]+)"', visitor.get("/", headers={"Accept-Language": language}).content.decode()
        )
        for language in ("ko", "en")
    )
    assert address
    assert elsewhere
    assert address[1] != elsewhere[1]
    texts = visitor.get(address[1], headers={"Accept-Language": "en"})  # whose address it is, decides
    assert "오늘".encode() in texts.content
    assert texts["Cache-Control"] == "public, max-age=31536000, immutable"
    of_another_build = visitor.get("/texts.ko.0123456789abcdef.js")
    assert (of_another_build.content, of_another_build["Cache-Control"]) == (texts.content, "no-cache")


def test_who_has_the_home_page_is_told_so(visitor: Client) -> None:
    first = visitor.get("/", headers={"Accept-Encoding": "br"})
    again = visitor.get("/", headers={"Accept-Encoding": "br", "If-None-Match": first["ETag"]})

    assert (first["Content-Encoding"], again.status_code, again.content) == ("br", 304, b"")
    assert first["Cache-Control"] == "no-cache"
    assert visitor.get("/", headers={"Accept-Language": "en", "If-None-Match": first["ETag"]}).status_code == 200


def shell_of(visitor: Client, language: str = "ko") -> dict[str, Any]:
    script = visitor.get("/service-worker.js", headers={"Accept-Language": language}).content.decode()
    shell: dict[str, Any] = json.loads(script.removeprefix("const SHELL = ").partition(";\n")[0])
    return shell


def test_the_service_worker_is_of_this_page_and_keeps_nothing_that_may_change_at_any_time(visitor: Client) -> None:
    answer, shell = visitor.get("/service-worker.js"), shell_of(visitor)

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert content_security_policy(answer)["connect-src"] == ["'self'"]
    assert shell["page"] in visitor.get("/")["ETag"]
    assert shell["files"] == []
    assert shell["version"] != shell_of(visitor, "en")["version"]


def test_who_installs_the_page_finds_its_name_and_its_pictures(visitor: Client) -> None:
    korean, english = (
        visitor.get("/chat.webmanifest", headers={"Accept-Language": language}).json() for language in ("ko", "en")
    )
    assert (korean["lang"], korean["name"]) == ("ko", "커뮤니티 채팅")
    assert (english["lang"], english["name"]) == ("en", "Community chat")
    assert {icon.get("purpose") for icon in korean["icons"]} == {None, "any", "maskable"}
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in korean["icons"])


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
    assert rules["trusted-types"] == ["service-worker"]
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


@pytest.mark.parametrize("path", ["/", "/texts.js", "/v1/healthz", "/service-worker.js", "/chat.webmanifest"])
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
