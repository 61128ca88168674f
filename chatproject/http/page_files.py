"""Which files the chat page is made of: its sources, or what `collectstatic` made of them in STATIC_ROOT.

Served from its sources the page asks for each module, and for each anew after a minute: nobody has to build it. In
STATIC_ROOT few files remain of it, each under a name with a hash of its content, packed by gzip and brotli.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from chatproject.http.page_bundle import LIST, PAGE

_STATIC = Path(__file__).resolve().parents[1] / "static"
# no modules: one runs before the first paint, the others beside the page
_CLASSIC = {"theme.js", "service-worker.js", "service-worker-push.js"}


class PageFiles(NamedTuple):
    """Names for `{% static %}`."""

    styles: list[str]
    modules: list[str]  # named in the page, so that browsers need not find one in the other
    kept: list[str]  # on the device, by the service worker; none where the files may change at any time


def refuse_uncollected() -> None:
    """Raise ImproperlyConfigured where the files should be in STATIC_ROOT and are not."""
    if settings.STATIC_ROOT and not (Path(settings.STATIC_ROOT) / LIST).exists():
        raise ImproperlyConfigured(
            "Run `manage.py collectstatic`, or leave STATIC_ROOT empty: there is nothing in it."
        )


def page_files() -> PageFiles:
    return _page_files(settings.STATIC_ROOT)


@cache
def _page_files(collected: str | None) -> PageFiles:
    if collected:
        return PageFiles(**json.loads((Path(collected) / LIST).read_text()))
    modules = sorted(
        path.relative_to(_STATIC).as_posix()
        for folder in ("chat", "chat/client", PAGE)
        for path in (_STATIC / folder).glob("*.js")
        if path.name not in _CLASSIC
    )
    # Chromium's preload scanner looks for what a style sheet imports in the wrong folder
    styles = [
        f"{PAGE}/{name}"
        for name in re.findall(r'@import "([\w-]+\.css)"', (_STATIC / PAGE / "page.css").read_text())
    ]
    return PageFiles(styles, modules, kept=[])


def service_worker_source() -> str:
    halves = ("service-worker.js", "service-worker-push.js")
    return "\n".join((_STATIC / PAGE / half).read_text() for half in halves)
