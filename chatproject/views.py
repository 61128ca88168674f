"""What needs no token: the chat page's frame, its texts and service worker, and whether the process lives.

What the page does once it is there is in `static/chat`; it talks to the server as any other client does.
"""

import json
import re
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.i18n import JavaScriptCatalog

from chatproject.demo import demo_members
from chatproject.http.content_security import content_security_policy
from chatproject.http.documents import ASKS_EACH_TIME, FOR_GOOD, Document, document, made_once, sent
from chatproject.http.handlers import read_only
from chatproject.http.page_files import page_files, service_worker_source
from messaging.files.downloads.addresses import origin_of_files

SCRIPT_TYPE = 'text/javascript; charset="utf-8"'
ICONS = {"any": ("192", "512"), "maskable": ("maskable-512",)}
COLOUR = "#fbf8f3"  # `--side` of page/base.css, what the top of the page is painted with


@read_only
def home(request: HttpRequest) -> HttpResponseBase:
    """The chat page. Everything that people say comes later, by script, and only ever as text."""
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": content_security_policy(_rules(request.get_host())),
    }
    return sent(request, _home(), headers=headers)


def _home() -> Document:
    return _home_of(translation.get_language() or settings.LANGUAGE_CODE, json.dumps(_page_settings()))


_INDENTED = re.compile(r"\n[ \n]+")


@lru_cache(maxsize=8)  # more than there are languages; the settings change in tests alone
def _home_of(language: str, page_settings: str) -> Document:
    page = render_to_string(
        "home.html",
        {
            "page": json.loads(page_settings),
            "styles": page_files().styles,
            "modules": page_files().modules,
            "texts": _texts_address(language),
        },
    )
    return document(_INDENTED.sub("\n", page).encode())


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
        "manifest-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(settings.ROUTE_FRONT) or "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "service-worker",  # page/shell.js: the service worker's address, and no other
    }


# --- its texts

# Django writes every syllable as six ASCII characters; one after a backslash may be part of a text
_ESCAPED = re.compile(r"(?<!\\)\\u([0-9a-f]{4})")


class _Catalogue(JavaScriptCatalog):
    """Django's catalogue, as short as it can be."""

    packages = ["chatproject"]

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        return super().get_context_data(**given) | {"formats": {}}  # dates and numbers the browser writes

    def render_to_response(self, context: dict[str, Any], **given: Any) -> HttpResponse:
        made = super().render_to_response(context, **given)
        made.content = _ESCAPED.sub(lambda found: _syllable(found[1]), made.content.decode()).encode()
        return made


def _syllable(code: str) -> str:
    letter = chr(int(code, 16))
    return letter if "가" <= letter <= "힣" else f"\\u{code}"


_catalogue = _Catalogue.as_view()
texts = made_once(_catalogue)


@cache
def _texts(language: str) -> Document:
    with translation.override(language):
        request = HttpRequest()
        request.method = "GET"
        made: Any = _catalogue(request)
        return document(made.content)


def _texts_address(language: str) -> str:
    return reverse("texts-of", args=[language, _texts(language).version])


@read_only
def texts_of(request: HttpRequest, language: str, version: str) -> HttpResponseBase:
    """The texts at an address of their own, to be kept for good; where another build is asked for, once."""
    made = _texts(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
    keep = FOR_GOOD if version == made.version else ASKS_EACH_TIME
    return sent(request, made, headers={"Content-Type": SCRIPT_TYPE}, keep=keep)


# --- the page as something that is installed


@read_only
def service_worker(request: HttpRequest) -> HttpResponseBase:
    """The page's service worker, with what the shell of this build is, in this language."""
    page, kept = _home(), page_files().kept
    files = (
        [*map(static, kept), _texts_address(translation.get_language() or settings.LANGUAGE_CODE)] if kept else []
    )
    version = sha256("\n".join((page.version, *files)).encode()).hexdigest()[:16]
    shell = json.dumps({"version": version, "page": page.version, "files": files})
    headers = {
        "Content-Type": SCRIPT_TYPE,
        "Content-Security-Policy": content_security_policy({"connect-src": "'self'"}),
    }
    script = f"const SHELL = {shell};\n\n{service_worker_source()}"
    return sent(request, document(script.encode()), headers=headers)


@made_once
def web_manifest(_request: HttpRequest) -> HttpResponse:
    """What the page is called and looks like where it is installed."""
    name = _("Community chat")
    manifest = {
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": translation.get_language(),
        "name": name,
        "short_name": name,
        "theme_color": COLOUR,
        "background_color": COLOUR,
        "icons": [
            {"src": static("chat/page/icon.svg"), "type": "image/svg+xml", "sizes": "any"},
            *(
                {
                    "src": static(f"chat/page/icon-{size}.png"),
                    "type": "image/png",
                    "sizes": f"{size.rpartition('-')[2]}x{size.rpartition('-')[2]}",
                    "purpose": purpose,
                }
                for purpose, sizes in ICONS.items()
                for size in sizes
            ),
        ],
    }
    return JsonResponse(
        manifest, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


@read_only
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing about the database or Redis."""
    return HttpResponse("ok", content_type="text/plain")
