"""How staff sign in at `/admin/`: what those are told who try too often, and that nobody is kept out by others."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.models import User
from django.test import Client

from chatproject.staff.sign_in_limits import ACCOUNT_AND_ADDRESS
from chatproject.staff.site import BROWSER_COOKIE

pytestmark = pytest.mark.django_db
PAGE = "/admin/login/"
PASSWORD = "sofia knows this password"


@pytest.fixture(autouse=True)
def _staff(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a test needs no slow one
    for name in ("sofia", "oliver"):
        User.objects.create_superuser(name, password=PASSWORD)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were checked."""
    checked: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def encode_aloud(self: Any, password: str, salt: str) -> str:
        checked.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", encode_aloud)
    return checked


def visitor(address: str = "198.51.100.1", **headers: str) -> Client:
    return Client(REMOTE_ADDR=address, headers={"accept": "text/html", "accept-language": "en"} | headers)


def sign_in(client: Client, password: str = PASSWORD, username: str = "sofia") -> Any:
    return client.post(PAGE, {"username": username, "password": password})


def try_passwords(client: Client, count: int = 40) -> list[Any]:
    return [sign_in(client, f"guess {number}") for number in range(count)]


def test_who_tries_too_often_is_told_when_to_come_back_and_no_password_is_checked(checks: list[str]) -> None:
    answers = try_passwords(visitor())

    assert [answer.status_code for answer in answers].count(200) == ACCOUNT_AND_ADDRESS.attempts
    assert len(checks) == ACCOUNT_AND_ADDRESS.attempts
    last = answers[-1]
    assert last.status_code == 429
    assert 1 <= int(last["Retry-After"]) <= ACCOUNT_AND_ADDRESS.within.total_seconds()
    assert "Too many attempts to sign in. Please try again in 5 min." in last.content.decode()


def test_in_korean_too() -> None:
    assert "5분 뒤에" in try_passwords(visitor(**{"accept-language": "ko"}))[-1].content.decode()


def test_who_asks_for_json_is_told_in_the_envelope() -> None:
    answer = try_passwords(visitor(accept="application/json"))[-1]

    assert (answer.status_code, answer.json()["code"]) == (429, "E-C004")
    assert answer.json()["retryAfter"] > 0
    assert int(answer["Retry-After"]) >= 1


def test_a_member_of_staff_elsewhere_signs_in_all_the_same() -> None:
    try_passwords(visitor("198.51.100.1"))
    assert sign_in(visitor("203.0.113.5")).status_code == 302


def test_and_behind_the_same_address_with_the_browser_that_was_signed_in_before() -> None:
    at_the_office = visitor()
    sign_in(at_the_office)
    at_the_office.post("/admin/logout/")
    try_passwords(visitor())

    assert sign_in(visitor()).status_code == 429
    assert sign_in(at_the_office).status_code == 302


def test_the_browser_is_known_to_one_account_only_and_its_cookie_is_no_key() -> None:
    sofias = visitor()
    sign_in(sofias)
    cookie = sofias.cookies[BROWSER_COOKIE]
    stranger = visitor()
    stranger.cookies[BROWSER_COOKIE] = cookie.value

    assert stranger.get("/admin/").status_code == 302
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (PAGE, True, "Lax")
    assert len([a for a in try_passwords(stranger) if a.status_code == 200]) == 10
    guesses = [sign_in(stranger, "a guess", username="oliver") for _ in range(40)]
    assert [answer.status_code for answer in guesses].count(200) == ACCOUNT_AND_ADDRESS.attempts


@pytest.mark.parametrize("cookie", ["", "forged", "WyJzb2ZpYSIsImEiXQ:1:a", "é"])
def test_a_forged_cookie_is_none(cookie: str) -> None:
    forger = visitor()
    forger.cookies[BROWSER_COOKIE] = cookie
    answers = try_passwords(forger)
    assert [answer.status_code for answer in answers].count(200) == ACCOUNT_AND_ADDRESS.attempts


def test_one_household_has_one_set_of_attempts() -> None:
    for number in range(ACCOUNT_AND_ADDRESS.attempts):
        sign_in(visitor(f"2001:db8::{number}"), "a guess")

    assert sign_in(visitor("2001:db8::ffff:1")).status_code == 429
    assert sign_in(visitor("2001:db8:0:1::1")).status_code == 302


def test_an_empty_form_is_no_attempt() -> None:
    client = visitor()
    for _ in range(40):
        client.post(PAGE, {"username": "sofia"})
        client.post(PAGE, {"username": "x" * 300, "password": PASSWORD})
    assert sign_in(client).status_code == 302


FRONT, CSRF = "https://community.example.com", "x" * 32


@pytest.mark.parametrize(
    ("origin", "secure", "status"),
    [
        ("https://chat.example.com", True, 302),
        ("http://chat.example.com", False, 302),
        (FRONT, True, 403),
        (FRONT, False, 403),
        ("null", True, 403),
        ("http://chat.example.com", True, 403),
        ("https://chat.example.com:8443", True, 403),
    ],
)
def test_forms_are_taken_from_the_admins_own_pages_only(
    settings: Any, origin: str, secure: bool, status: int
) -> None:
    settings.ALLOWED_HOSTS = ["chat.example.com"]
    settings.ROUTE_FRONT = settings.CORS_ALLOWED_ORIGINS = [FRONT]
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR="198.51.100.1")
    client.cookies["csrftoken"] = CSRF
    fields = {"username": "sofia", "password": PASSWORD, "csrfmiddlewaretoken": CSRF}
    headers = {"origin": origin, "host": "chat.example.com", "referer": f"{origin}/"}

    assert client.post(PAGE, fields, secure=secure, headers=headers).status_code == status


def test_no_other_origin_is_trusted_whatever_the_front_ends_are() -> None:
    program = "from django.conf import settings; print(settings.ROUTE_FRONT, settings.CSRF_TRUSTED_ORIGINS)"
    environment = os.environ | {"ROUTE_FRONT": FRONT, "DJANGO_SETTINGS_MODULE": "chatproject.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [f"['{FRONT}']", "[]"]
