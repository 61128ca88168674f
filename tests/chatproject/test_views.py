"""The two pages that need no token."""

import pytest
from django.test import Client


@pytest.fixture
def visitor() -> Client:
    return Client()


def test_the_home_page_says_what_this_is_in_korean(visitor: Client) -> None:
    page = visitor.get("/").content.decode()

    assert '<html lang="ko">' in page
    assert "커뮤니티 서비스의 채팅 서버예요" in page


def test_the_home_page_speaks_english_to_who_prefers_it(visitor: Client) -> None:
    page = visitor.get("/", headers={"Accept-Language": "en-US,en;q=0.9,ko;q=0.5"}).content.decode()

    assert '<html lang="en">' in page
    assert "This is the chat server of a community service" in page


def test_the_home_page_links_to_the_admin_and_to_health(visitor: Client) -> None:
    page = visitor.get("/").content.decode()

    assert 'href="/admin/"' in page
    assert 'href="/v1/healthz"' in page


def test_the_home_page_has_no_inline_script_or_style(visitor: Client) -> None:
    page = visitor.get("/").content.decode()

    assert "<script" not in page
    assert "<style" not in page
    assert "style=" not in page


def test_the_home_pages_stylesheet_is_served(visitor: Client) -> None:
    answer = visitor.get("/static/chatproject/home.css")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/css")
    assert b"--accent" in b"".join(answer)


def test_health_is_plain_ok_and_needs_no_token(visitor: Client) -> None:
    answer = visitor.get("/v1/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok")
    assert answer["Content-Type"] == "text/plain"
