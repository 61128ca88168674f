"""Which files the chat page is made of: its sources, or what `collectstatic` made of them."""

from pathlib import Path
from typing import NamedTuple

_SCRIPTS = Path(__file__).resolve().parents[1] / "static/chat"
_CLASSIC = {"theme.js", "service-worker.js"}  # no modules: one runs before the first paint, one beside the page


class PageFiles(NamedTuple):
    """Names for `{% static %}`."""

    modules: list[str]  # named in the page, so that browsers need not find one in the other
    kept: list[str]  # on the device, by the service worker; none where the files may change at any time


def page_files() -> PageFiles:
    modules = sorted(
        path.relative_to(_SCRIPTS.parent).as_posix()
        for folder in (".", "client", "page")
        for path in _SCRIPTS.glob(f"{folder}/*.js")
        if path.name not in _CLASSIC
    )
    return PageFiles(modules, kept=[])


def service_worker_source() -> str:
    return (_SCRIPTS / "page/service-worker.js").read_text()
