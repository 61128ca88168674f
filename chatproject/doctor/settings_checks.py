"""The settings, the machine's limits, and what Django itself has to say of a deployment."""

import ipaddress
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import WARNING, run_checks

from chatproject.doctor.findings import Finding, note, ok, warning
from chatproject.doctor.places import is_here

OPEN_FILES_FEW = 4_096  # each socket takes one


def look_at_settings(settings: Any) -> Iterator[Finding]:
    if settings.DEBUG:
        yield warning(
            "DEBUG is on: known secrets may stand in, and errors show the inside",
            "leave DEBUG unset outside of your own machine",
        )
    if settings.DEMO:
        yield warning("DEMO is on: whoever opens the page is whom they like", "leave DEMO unset")
    yield from _who_may_come(settings)
    yield from _proxies(settings.TRUSTED_PROXIES)
    yield from _static_files(settings)
    yield from _open_files()
    for message in run_checks(include_deployment_checks=not settings.DEBUG):
        if message.level >= WARNING and not message.is_silenced():
            yield warning(f"Django says: {message.msg} ({message.id})", message.hint or "")
    yield ok(f"read, by Python {sys.version.split()[0]}")


def _who_may_come(settings: Any) -> Iterator[Finding]:
    if "*" in settings.ALLOWED_HOSTS and not settings.DEBUG:
        yield warning(
            "ALLOWED_HOSTS is *: the server answers under any name",
            "set it to the names under which people reach it",
        )
    fronts = settings.ROUTE_FRONT
    if not fronts:
        yield note(
            "ROUTE_FRONT is empty: only pages of this very host may use the chat",
            "set it to the origin of your front-end, such as https://community.example.com, if it is another one",
        )
    if "*" in fronts and not settings.DEBUG:
        yield warning(
            "ROUTE_FRONT is *: any page on the web may use the chat in its visitors' browsers",
            "set it to the origins of your front-ends",
        )
    plain = [front for front in fronts if front.startswith("http://") and not is_here(urlsplit(front).hostname)]
    if plain and not settings.DEBUG:
        yield warning(
            f"ROUTE_FRONT has pages without TLS: {', '.join(plain)}", "serve them by https, and name them so"
        )


def _proxies(proxies: list[str]) -> Iterator[Finding]:
    anybody = [one for one in proxies if one == "*" or ipaddress.ip_network(one).prefixlen == 0]
    if anybody:
        yield warning(
            "TRUSTED_PROXIES trusts everybody: whoever reaches the port may claim any address and https",
            "set it to the addresses of your proxies, or see that nothing else reaches the port",
        )
    elif proxies == ["127.0.0.1"]:
        yield note(
            "TRUSTED_PROXIES is 127.0.0.1 only",
            "behind a proxy on another machine or in another container, name its address or network: else every"
            " client has the proxy's address, and the admin takes itself to be without TLS",
        )


def _static_files(settings: Any) -> Iterator[Finding]:
    root = settings.STATIC_ROOT
    if root and not Path(root).is_dir():
        yield warning(f"STATIC_ROOT is {root}, which is no folder", "run `manage.py collectstatic --no-input`")
    elif root and not any(Path(root).iterdir()):
        yield warning(f"STATIC_ROOT is {root}, which is empty", "run `manage.py collectstatic --no-input`")


def _open_files() -> Iterator[Finding]:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < OPEN_FILES_FEW:
        yield warning(
            f"a process may open {soft} files here, and each socket takes one",
            "start it with `ulimit -n 65536`, LimitNOFILE= of systemd, or ulimits: of compose"
            " (the limit of this shell need not be the server's)",
        )
