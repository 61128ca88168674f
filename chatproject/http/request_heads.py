"""What the ASGI wrappers around Django read off a request before Django has seen it. Pure."""

from asgiref.typing import HTTPScope
from django.conf import settings
from django.http import parse_cookie

SIGN_IN_PATH = "/admin/login/"


def is_for_staff(scope: HTTPScope) -> bool:
    return scope["path"] == "/admin" or scope["path"].startswith("/admin/")


def says_to_be_staff(scope: HTTPScope) -> bool:
    """For staff, from somebody who has a session by their own account: a forged one, Django finds out."""
    return is_for_staff(scope) and scope["path"] != SIGN_IN_PATH and _has_session(scope)


def announced_bytes(scope: HTTPScope) -> int:
    """The Content-Length, 0 where there is none."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0


def brings_body(scope: HTTPScope) -> bool:
    """RFC 9112, 6.3: one header or the other says so."""
    return announced_bytes(scope) > 0 or any(name == b"transfer-encoding" for name, _value in scope["headers"])


def has_two_ends(scope: HTTPScope) -> bool:
    """RFC 9112, 6.1: whoever stands before us may have read another end of this request, and hidden a second one.

    A client of HTTP/1.0 knows no Transfer-Encoding; one that sends it is such a request too.
    """
    names = {name for name, _value in scope["headers"]}
    return b"transfer-encoding" in names and (b"content-length" in names or scope.get("http_version") == "1.0")


def asks_before_sending(scope: HTTPScope) -> bool:
    return any(name == b"expect" for name, _value in scope["headers"])


def _has_session(scope: HTTPScope) -> bool:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    return settings.SESSION_COOKIE_NAME in parse_cookie(cookies)
