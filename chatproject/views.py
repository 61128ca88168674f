"""The pages that need no token: the chat page's frame, its texts, and whether the process lives.

What the page does once it is there is in `static/chat`; it talks to the server as any other client does.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.i18n import JavaScriptCatalog

from chatproject.demo import demo_members
from chatproject.http.content_security import content_security_policy
from chatproject.http.documents import made_once
from chatproject.http.handlers import read_only
from messaging.files.downloads.addresses import origin_of_files

_SCRIPTS = Path(__file__).parent / "static/chat"
_CLASSIC = {"theme.js"}  # runs before the first paint
# named in the page, so that browsers need not find one in the other
MODULES = sorted(
    path.relative_to(_SCRIPTS.parent).as_posix()
    for folder in (".", "client", "page")
    for path in _SCRIPTS.glob(f"{folder}/*.js")
    if path.name not in _CLASSIC
)


@read_only
def home(request: HttpRequest) -> HttpResponse:
    """The chat page. Everything that people say comes later, by script, and only ever as text."""
    page = render(request, "home.html", {"page": _page_settings(), "modules": MODULES})
    page["Content-Security-Policy"] = content_security_policy(_rules(request.get_host()))
    return page


def _page_settings() -> dict[str, Any]:
    """What the page's scripts cannot know by themselves."""
    return {
        "assistantName": settings.ASSISTANT_NAME,
        "languageCookie": settings.LANGUAGE_COOKIE_NAME,
        "frontOrigins": settings.CORS_ALLOWED_ORIGINS,  # who may hand the page a token; never "*"
        "demoMembers": demo_members() if settings.DEMO else [],
    }


def _rules(host: str) -> dict[str, str]:
    """Nothing inline, nothing from elsewhere but files, and no string ever becomes markup or code."""
    files = origin_of_files()
    return {
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' data: blob: {files}".rstrip(),  # blob: what is about to be sent
        # not every browser counts sockets among 'self'
        "connect-src": f"'self' ws://{host} wss://{host} {files}".rstrip(),
        "form-action": "'self'",
        "frame-ancestors": " ".join(settings.ROUTE_FRONT) or "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


texts = made_once(JavaScriptCatalog.as_view(packages=["chatproject"]))


@read_only
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing about the database or Redis."""
    return HttpResponse("ok", content_type="text/plain")
